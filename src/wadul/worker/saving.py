"""Writes results: many in one transaction when they come together, and not given up easily.

What was achieved outside (an answer, an accepted message) must not be forgotten because the
database is away for a moment, so that writing is repeated until it succeeds or the worker ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Generic, TypeVar

import structlog

from wadul.core.backoff import exponential
from wadul.exceptions import DatabaseUnavailable

log = structlog.get_logger()

T = TypeVar("T")

_LONGEST_PAUSE = 5.0
_LARGEST_BATCH = 50


async def persistently(write: Callable[[], Awaitable[T]]) -> T:
    """Repeat while the database is away."""
    failures = 0
    while True:
        try:
            return await write()
        except DatabaseUnavailable:
            failures += 1
            log.error("A result waits for the database.", action="database_unavailable")
            await asyncio.sleep(exponential(failures, cap=_LONGEST_PAUSE, first=0.1))


class GroupCommit(Generic[T]):
    """While one transaction is under way the next results gather, and share the one after it."""

    def __init__(self, write: Callable[[Sequence[T]], Awaitable[None]]) -> None:
        self._write = write
        self._waiting: list[tuple[T, asyncio.Future[None]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def save(self, item: T) -> None:
        """Returns when the item is committed. An item that cannot be written raises, alone."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_all())
        await future

    async def _write_all(self) -> None:
        while self._waiting:
            batch = self._waiting[:_LARGEST_BATCH]
            del self._waiting[:_LARGEST_BATCH]
            try:
                await persistently(partial(self._write, [item for item, _ in batch]))
            except Exception as error:
                await self._write_one_by_one(batch, error)
            else:
                for _, future in batch:
                    _settle(future)

    async def _write_one_by_one(
        self, batch: list[tuple[T, asyncio.Future[None]]], error: Exception
    ) -> None:
        if len(batch) == 1:
            _settle(batch[0][1], error)
            return
        for item, future in batch:
            try:
                await persistently(partial(self._write, [item]))
            except Exception as own_error:
                _settle(future, own_error)
            else:
                _settle(future)


def _settle(future: asyncio.Future[None], error: Exception | None = None) -> None:
    if future.done():  # whoever waited is gone
        return
    if error is None:
        future.set_result(None)
    else:
        future.set_exception(error)
