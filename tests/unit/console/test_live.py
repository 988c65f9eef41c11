"""Lists are told of changes at once, and of passing time when nothing changes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from wadul.console.live import Live


async def seconds_until_told(live: Live) -> float:
    """From now until shared answers are asked anew."""
    before, began = live.generation, time.monotonic()
    while live.generation == before:
        assert time.monotonic() - began < 10
        await asyncio.sleep(0.005)
    return time.monotonic() - began


@asynccontextmanager
async def beating(quiet: float) -> AsyncIterator[Live]:
    live = Live(quiet)
    beat = asyncio.create_task(live.beat())
    yield live
    beat.cancel()
    with suppress(asyncio.CancelledError):
        await beat


async def test_lists_are_told_when_it_was_quiet_for_a_while() -> None:
    async with beating(quiet=0.2) as live:
        assert 0.1 < await seconds_until_told(live) < 5
        assert live.generation == 1


async def test_they_are_told_of_a_change_without_waiting() -> None:
    async with beating(quiet=60) as live:
        await asyncio.sleep(0.3)
        assert live.generation == 0
        live.changed([])
        assert await seconds_until_told(live) < 5
