"""The pump takes what there is room for, and survives what its parts throw."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from wadul.exceptions import DatabaseUnavailable
from wadul.worker.pump import Pump, Taken


class Source:
    """`batches`: what each look finds; an exception is raised."""

    def __init__(self, *batches: Any) -> None:
        self.batches = list(batches)
        self.limits: list[int] = []
        self.handled: list[Any] = []
        self.seconds = 0.0
        self.running = self.most = 0

    async def take(self, limit: int) -> Taken[Any]:
        self.limits.append(limit)
        batch = self.batches.pop(0) if self.batches else []
        if isinstance(batch, Exception):
            raise batch
        return batch if isinstance(batch, Taken) else Taken(batch)

    async def handle(self, item: Any) -> None:
        self.running += 1
        self.most = max(self.most, self.running)
        await asyncio.sleep(self.seconds)
        self.running -= 1
        if isinstance(item, Exception):
            raise item
        self.handled.append(item)


@asynccontextmanager
async def pumping(source: Source, limit: int = 4, sweep: float = 60.0) -> AsyncIterator[Pump[Any]]:
    pump = Pump("test", take=source.take, handle=source.handle, limit=limit, sweep_seconds=sweep)
    task = asyncio.create_task(pump.run())
    yield pump
    await pump.stop(0.2)
    await asyncio.wait_for(task, 1)


async def eventually(source: Source, handled: list[Any]) -> None:
    async with asyncio.timeout(2):
        while source.handled != handled:
            await asyncio.sleep(0.005)


async def test_the_bell_makes_it_look() -> None:
    source = Source([], [1])
    async with pumping(source) as pump:
        await asyncio.sleep(0.05)
        assert source.handled == []
        pump.ring()
        await eventually(source, [1])


async def test_it_looks_again_by_itself_when_more_is_known_to_come() -> None:
    source = Source(Taken([], next_in=0.05), [1])
    async with pumping(source):
        await eventually(source, [1])


async def test_never_more_than_the_limit_and_at_once_when_there_is_room() -> None:
    source = Source([1, 2], [3, 4])
    source.seconds = 0.02
    async with pumping(source, limit=2):
        await eventually(source, [1, 2, 3, 4])
    assert source.most <= 2
    assert max(source.limits) == 2


async def test_failures_are_survived() -> None:
    source = Source(DatabaseUnavailable(), ValueError("bug"), [ValueError("bug"), 2])
    async with pumping(source):
        await eventually(source, [2])


async def test_stopping_lets_the_quick_end_and_cuts_off_the_slow() -> None:
    source = Source([1])
    source.seconds = 0.1
    async with pumping(source):
        await asyncio.sleep(0.02)
    assert source.handled == [1]
    slow = Source([1])
    slow.seconds = 30
    async with pumping(slow):
        await asyncio.sleep(0.02)
    assert slow.handled == []


def test_until() -> None:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    assert Taken.until([], None, now).next_in is None
    assert Taken.until([], now + timedelta(seconds=3), now).next_in == 3
