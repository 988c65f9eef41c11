"""Takes leased work from the database and handles it, so much at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

import structlog

from wadul.core.backoff import exponential
from wadul.exceptions import DatabaseUnavailable

log = structlog.get_logger()

T = TypeVar("T")

_AT_ONCE = 4  # short transactions: on SQLite the gateway waits for their end
SWEEP_SECONDS = 1.0  # looks at least so often, bell or no bell
_LONGEST_PAUSE = 5.0


@dataclass(frozen=True)
class Taken(Generic[T]):
    """Work to do now, and in how many seconds there will be more (None: not known)."""

    items: Sequence[T]
    next_in: float | None = None

    @classmethod
    def until(cls, items: Sequence[T], next_at: datetime | None, now: datetime) -> Taken[T]:
        return cls(items, None if next_at is None else (next_at - now).total_seconds())


class Pump(Generic[T]):
    """`take(limit)` leases; `handle` does one item and never raises for what it can deal with."""

    def __init__(
        self,
        name: str,
        *,
        take: Callable[[int], Awaitable[Taken[T]]],
        handle: Callable[[T], Awaitable[None]],
        limit: int,
        sweep_seconds: float = SWEEP_SECONDS,
    ) -> None:
        self.name = name
        self._take = take
        self._handle = handle
        self._limit = limit
        self._sweep_seconds = sweep_seconds
        self._bell = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = False
        self._failures = 0

    def ring(self) -> None:
        """There may be work."""
        self._bell.set()

    async def run(self) -> None:
        """Until `stop`."""
        while not self._stopping:
            self._bell.clear()
            wait = self._sweep_seconds
            room = self._limit - len(self._tasks)
            if room > 0:
                wait = await self._fill(room)
            await self._pause(wait)

    async def stop(self, seconds: float) -> None:
        """Take nothing more; let what is under way end, then cut it off."""
        self._stopping = True
        self._bell.set()
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=seconds)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=1.0)

    async def _fill(self, room: int) -> float:
        """Seconds until the next look."""
        try:
            at_once = min(room, _AT_ONCE)
            taken = await self._take(at_once)
        except Exception as error:
            return self._after_failure(error)
        self._failures = 0
        for item in taken.items:
            task = asyncio.create_task(self._guarded(item))
            self._tasks.add(task)
            task.add_done_callback(self._done)
        if len(taken.items) >= at_once:
            return 0.0 if room > at_once else self._sweep_seconds  # `_done` rings
        if taken.next_in is None:
            return self._sweep_seconds
        return min(max(taken.next_in, 0.0), self._sweep_seconds)

    def _after_failure(self, error: Exception) -> float:
        self._failures += 1
        if isinstance(error, DatabaseUnavailable):
            log.error("The database is away.", action="database_unavailable", pump=self.name)
        else:
            log.error("Taking work failed.", action="take_failed", pump=self.name, exc_info=error)
        return exponential(self._failures, cap=_LONGEST_PAUSE, first=0.1)

    async def _guarded(self, item: T) -> None:
        try:
            await self._handle(item)
        except Exception as error:  # the lease runs out, and it is tried again
            log.error("Work failed.", action="handle_failed", pump=self.name, exc_info=error)

    def _done(self, task: asyncio.Task[None]) -> None:
        full = len(self._tasks) >= self._limit
        self._tasks.discard(task)
        if full:
            self._bell.set()

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._bell.wait()
        except TimeoutError:
            pass
