"""Results share a transaction, and one that cannot be written does not take the others along."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import chain

import pytest

from wadul.exceptions import DatabaseUnavailable
from wadul.worker.saving import GroupCommit, persistently


class Store:
    def __init__(self, *outages: Exception) -> None:
        self.outages = list(outages)
        self.batches: list[list[int]] = []

    async def write(self, items: Sequence[int]) -> None:
        await asyncio.sleep(0.01)
        if self.outages:
            raise self.outages.pop(0)
        if 13 in items:
            raise ValueError("13")
        self.batches.append(list(items))

    @property
    def written(self) -> list[int]:
        return sorted(chain.from_iterable(self.batches))


async def test_what_comes_together_is_written_together() -> None:
    store = Store()
    group = GroupCommit(store.write)
    await asyncio.gather(*(group.save(number) for number in range(5)))
    assert store.written == [0, 1, 2, 3, 4]
    assert len(store.batches) <= 2


async def test_an_outage_only_delays() -> None:
    store = Store(DatabaseUnavailable(), DatabaseUnavailable())
    group = GroupCommit(store.write)
    await asyncio.gather(group.save(1), group.save(2))
    assert store.written == [1, 2]


async def test_a_bad_one_fails_alone() -> None:
    store = Store()
    group = GroupCommit(store.write)
    results = await asyncio.gather(
        *(group.save(number) for number in (12, 13, 14)), return_exceptions=True
    )
    assert [type(result) for result in results] == [type(None), ValueError, type(None)]
    assert store.written == [12, 14]
    with pytest.raises(ValueError, match="13"):
        await group.save(13)


async def test_who_stopped_waiting_does_not_disturb() -> None:
    store = Store()
    group = GroupCommit(store.write)
    gone = asyncio.create_task(group.save(1))
    await asyncio.sleep(0)
    gone.cancel()
    await group.save(2)
    assert 2 in store.written


async def test_other_errors_are_not_repeated() -> None:
    calls = []

    async def write() -> None:
        calls.append(1)
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - any will do
        await persistently(write)
    assert len(calls) == 1
