"""What the console does by itself: holds that ran out, sessions that ended."""

from __future__ import annotations

import asyncio

import structlog

from wadul.bootstrap import Wadul
from wadul.clock import Clock
from wadul.exceptions import WadulError
from wadul.usecases.console_sessions import forget_old
from wadul.usecases.operators import expire_leases

log = structlog.get_logger()

EVERY_SECONDS = 15.0


class Chores:
    def __init__(self, wadul: Wadul, time: Clock) -> None:
        self._wadul = wadul
        self._time = time

    async def run(self) -> None:
        """Until cancelled. Several consoles may do the same chores at once."""
        while True:
            try:
                expired = await self._wadul.database.run(expire_leases, now=self._wadul.clock.now())
                if expired:
                    log.info("Holds ran out.", action="leases_expired", count=expired)
                await self._wadul.database.run(forget_old, now=self._time.now())
            except WadulError as error:
                log.warning("The chores wait.", action="chores_failed", exc_info=error)
            await asyncio.sleep(EVERY_SECONDS)
