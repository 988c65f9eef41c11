"""The worker process, wired: three pumps, the timers and the doorbell."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable
from uuid import uuid4

import structlog

from wadul.bootstrap import Wadul
from wadul.channels.whatsapp.client import WhatsAppSender
from wadul.channels.whatsapp.errors import remedy_for
from wadul.channels.whatsapp.media import MediaDownloader
from wadul.core.backoff import exponential
from wadul.exceptions import DatabaseUnavailable
from wadul.media import MediaStore
from wadul.worker.content_ids import DatabaseContentIds
from wadul.worker.doorbell import MEDIA, OUTBOX, TURNS, doorbell_for
from wadul.worker.media import MediaWork
from wadul.worker.outbox import OutboxWork
from wadul.worker.pump import Pump
from wadul.worker.rasa import RasaClient
from wadul.worker.timers import Timers, instance_name
from wadul.worker.turns import TurnWork

log = structlog.get_logger()

STOP_SECONDS = 4.0  # for what is under way; the whole stop stays under five
_LEASE_SLACK = 5.0
_DOWNLOADS = 4


class Worker:
    """Make it inside a running event loop."""

    def __init__(self, wadul: Wadul, drain_spool: Callable[[], int]) -> None:
        settings, database, clock = wadul.settings, wadul.database, wadul.clock
        self._wadul = wadul
        self.instance = instance_name(socket.gethostname(), uuid4().hex)
        self._rasa = RasaClient(
            settings.rasa_url,
            min(settings.rasa_timeout_seconds, settings.lease_seconds - _LEASE_SLACK),
            settings.worker_concurrency,
        )
        self._channel = WhatsAppSender(settings, DatabaseContentIds(database, clock))
        self._downloader = MediaDownloader(settings)
        turns = TurnWork(
            database,
            clock,
            self._rasa,
            worker=self.instance,
            lease_seconds=settings.lease_seconds,
            notices=lambda: {office.id: office.notice for office in wadul.offices.values()},
            answered=lambda: self._outbox.ring(),
        )
        outbox = OutboxWork(
            database,
            clock,
            self._channel,
            # making a Content resource and sending are two requests
            lease_seconds=2 * settings.twilio_timeout_seconds + _LEASE_SLACK,
            template_id=self._template_id,
            remedy_for=remedy_for,
            sent=lambda: self._outbox.ring(),
        )
        media = MediaWork(
            database,
            clock,
            self._downloader,
            MediaStore(settings.media_store),
            download_seconds=settings.media_timeout_seconds,
            limit_bytes=settings.media_limit_bytes,
            told=lambda: self._outbox.ring(),
        )
        room = settings.worker_concurrency
        self._turns = Pump(TURNS, take=turns.take, handle=turns.handle, limit=room)
        self._outbox = Pump(OUTBOX, take=outbox.take, handle=outbox.handle, limit=room)
        self._media = Pump(MEDIA, take=media.take, handle=media.handle, limit=_DOWNLOADS)
        self._pumps = (self._turns, self._outbox, self._media)
        self._timers = Timers(
            database,
            clock,
            instance=self.instance,
            apology_seconds=settings.apology_after_seconds,
            remedy_for=remedy_for,
            drain_spool=drain_spool,
            rang=self._ring,
        )
        self._doorbell = doorbell_for(settings.sqlalchemy_url)

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set; then ends within five seconds."""
        await self._recover(stop)
        bells = {pump.name: pump.ring for pump in self._pumps}
        tasks = [asyncio.create_task(pump.run(), name=f"pump {pump.name}") for pump in self._pumps]
        others = [
            asyncio.create_task(self._timers.run(), name="timers"),
            asyncio.create_task(self._doorbell.listen(bells), name="doorbell"),
        ]
        log.info("The worker runs.", action="worker_started", instance=self.instance)
        stopped = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait([stopped, *tasks, *others], return_when=asyncio.FIRST_COMPLETED)
            for task in (*tasks, *others):
                if task.done():
                    task.result()  # what ended a loop ends the process: the supervisor restarts
        finally:
            stopped.cancel()
            await self._stop(others, tasks)

    async def _recover(self, stop: asyncio.Event) -> None:
        failures = 0
        while not stop.is_set():
            try:
                await self._timers.recover()
                return
            except DatabaseUnavailable:
                failures += 1
                log.error("The database is away.", action="database_unavailable")
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(exponential(failures, cap=5.0, first=0.2)):
                        await stop.wait()

    async def _stop(
        self, others: list[asyncio.Task[None]], pumps: list[asyncio.Task[None]]
    ) -> None:
        for task in others:
            task.cancel()
        await asyncio.gather(*(pump.stop(STOP_SECONDS) for pump in self._pumps))
        await asyncio.wait(pumps, timeout=0.5)
        for task in pumps:
            task.cancel()
        with contextlib.suppress(DatabaseUnavailable):
            await self._timers.goodbye()
        await self._rasa.close()
        await self._channel.close()
        await self._downloader.close()
        log.info("The worker has stopped.", action="worker_stopped", instance=self.instance)

    def _ring(self) -> None:
        for pump in self._pumps:
            pump.ring()

    def _template_id(self, office_id: str, name: str) -> str | None:
        """By its name or by what it is used for."""
        office = self._wadul.offices.get(office_id)
        templates = office.templates if office else ()
        found = (each for each in templates if name in (each.name, each.used_for))
        return next((each.content_sid for each in found if each.content_sid), None)


async def serve(wadul: Wadul, drain_spool: Callable[[], int]) -> None:
    """Until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await Worker(wadul, drain_spool).run(stop)
