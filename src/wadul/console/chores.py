"""What the console does by itself: holds that ran out, old sessions, the audit log's head."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import structlog

from wadul.bootstrap import Wadul
from wadul.clock import Clock
from wadul.usecases.audit import heads
from wadul.usecases.console_sessions import forget_old
from wadul.usecases.operators import expire_leases

log = structlog.get_logger()

EVERY_SECONDS = 15.0
NOTE_EVERY = timedelta(days=1)


class Chores:
    def __init__(self, wadul: Wadul, time: Clock, every: float = EVERY_SECONDS) -> None:
        self._wadul = wadul
        self._time = time
        self._every = every
        self._noted_at: datetime | None = None

    async def run(self) -> None:
        """Until cancelled. Several consoles may do the same chores at once."""
        while True:
            try:
                expired = await self._wadul.database.run(expire_leases, now=self._wadul.clock.now())
                if expired:
                    log.info("Holds ran out.", action="leases_expired", count=expired)
                await self._wadul.database.run(forget_old, now=self._time.now())
                await self._note_heads()
            except Exception as error:  # whatever it was: holds must go on running out
                log.warning("The chores wait.", action="chores_failed", exc_info=error)
            await asyncio.sleep(self._every)

    async def _note_heads(self) -> None:
        """Into the logs, which are kept elsewhere, for `wadul audit verify --noted`."""
        now = self._time.now()
        if self._noted_at is not None and now - self._noted_at < NOTE_EVERY:
            return
        for head in await self._wadul.database.run(heads):
            noted = f"{head.office_id}:{head.number}:{head.hash}"
            log.info("The audit log's head.", action="audit_head", noted=noted)
        self._noted_at = now
