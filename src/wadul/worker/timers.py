"""What happens by the clock: signs of life, apologies, held messages, the spool."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from wadul.clock import Clock
from wadul.core.delivery import RemedyTable
from wadul.database import Database
from wadul.exceptions import DatabaseUnavailable
from wadul.usecases.outbox import apply_kept_reports, release_held
from wadul.usecases.timers import WORKER, beat, free_leases_of_the_dead, recover, say_goodbye
from wadul.usecases.turns import apologise

log = structlog.get_logger()

BEAT_SECONDS = 2.0
_SWEEP_SECONDS = 1.0
_SLOW_SECONDS = 5.0


class Timers:
    """`drain_spool` blocks and returns how many webhooks it took in; `rang` wakes the pumps."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        instance: str,
        apology_seconds: float,
        remedy_for: RemedyTable,
        drain_spool: Callable[[], int],
        rang: Callable[[], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._instance = instance
        self._apology_seconds = apology_seconds
        self._remedy_for = remedy_for
        self._drain_spool = drain_spool
        self._rang = rang

    async def recover(self) -> None:
        """Before anything else: what killed predecessors on this machine held is free at once."""
        freed = await self._database.run(
            recover,
            instance=self._instance,
            now=self._clock.now(),
            known_dead=lambda other: is_dead_neighbour(other, self._instance),
        )
        if freed:
            log.warning("Took over from a dead worker.", action="recovered", conversations=freed)

    async def run(self) -> None:
        """Until cancelled."""
        await asyncio.gather(
            self._every(BEAT_SECONDS, self._beat),
            self._every(_SWEEP_SECONDS, self._sweep),
            self._every(_SWEEP_SECONDS, self._spool),
            self._every(_SLOW_SECONDS, self._look_around),
        )

    async def goodbye(self) -> None:
        await self._database.run(say_goodbye, instance=self._instance)

    async def _every(self, seconds: float, job: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await job()
            except DatabaseUnavailable:
                log.error("The database is away.", action="database_unavailable")
            except Exception as error:
                log.error("A timer failed.", action="timer_failed", exc_info=error)
            await asyncio.sleep(seconds)

    async def _beat(self) -> None:
        await self._database.run(
            beat, instance=self._instance, process=WORKER, now=self._clock.now()
        )

    async def _sweep(self) -> None:
        if await self._database.run(
            sweep, now=self._clock.now(), apology_seconds=self._apology_seconds
        ):
            self._rang()

    async def _spool(self) -> None:
        try:
            taken = await asyncio.to_thread(self._drain_spool)
        except OSError as error:
            log.error("The spool cannot be read.", action="spool_failed", exc_info=error)
            return
        if taken:
            log.info("Took in spooled webhooks.", action="spool_drained", webhooks=taken)
            self._rang()

    async def _look_around(self) -> None:
        now = self._clock.now()
        await self._database.run(apply_kept_reports, now=now, remedy_for=self._remedy_for)
        freed = await self._database.run(free_leases_of_the_dead, now=now)
        if freed:
            log.warning("Freed a dead worker's turns.", action="leases_freed", conversations=freed)
            self._rang()


def sweep(session: Session, *, now: datetime, apology_seconds: float) -> int:
    """How many messages there are to send now."""
    return apologise(session, now=now, after_seconds=apology_seconds) + release_held(
        session, now=now
    )


def instance_name(host: str, token: str) -> str:
    """host:pid:token; the token tells two processes apart that had the same pid."""
    return f"{host[:30]}:{os.getpid()}:{token[:8]}"


def is_dead_neighbour(other: str, own: str) -> bool:
    """Whether another worker's process is known to be gone; only this machine can be asked."""
    host, _, rest = other.rpartition(":")[0].rpartition(":")
    own_host = own.rpartition(":")[0].rpartition(":")[0]
    if host != own_host or not rest.isdigit():
        return False
    if other == own:
        return False
    if int(rest) == os.getpid():
        return True  # it had our pid before us
    try:
        os.kill(int(rest), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
