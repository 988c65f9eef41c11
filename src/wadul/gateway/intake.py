"""Put a verified webhook where it is safe: into the database, or onto the disk without one.

SQLite has one writer and forces every commit to the disk, so that there all webhooks that wait go
into one transaction: the more come at once, the cheaper each is. PostgreSQL takes them side by
side.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

import structlog

from wadul.bootstrap import Wadul
from wadul.exceptions import DatabaseUnavailable
from wadul.gateway.metrics import STORE_SECONDS, WEBHOOKS
from wadul.spool import Spool, SpooledWebhook
from wadul.usecases.webhooks import Outcome, keep_raw, take_webhooks

log = structlog.get_logger()

_TRUST_AGAIN_SECONDS = 2.0  # after a failure, so that a dead database does not slow every webhook
_TOGETHER = 64


@dataclass
class _Waiting:
    webhook: SpooledWebhook
    outcome: asyncio.Future[Outcome] = field(default_factory=asyncio.Future)


class Intake:
    """Make it anywhere; use it inside one event loop."""

    def __init__(self, wadul: Wadul) -> None:
        self._wadul = wadul
        self._spool = Spool(wadul.settings.spool_dir)
        self._database_down_until = 0.0
        self._waiting: list[_Waiting] = []
        self._writer: asyncio.Task[None] | None = None

    async def take(self, endpoint: str, body: bytes) -> bool:
        """True when the webhook is safe and may be acknowledged."""
        webhook = SpooledWebhook(endpoint, body, self._wadul.clock.now())
        with STORE_SECONDS.time():
            if time.monotonic() >= self._database_down_until:
                try:
                    outcome = await self._store(webhook)
                except DatabaseUnavailable:
                    self._database_down_until = time.monotonic() + _TRUST_AGAIN_SECONDS
                    log.error("The database is away; spooling.", action="database_unavailable")
                else:
                    WEBHOOKS.labels(endpoint, outcome.value).inc()
                    return True
            return await self._spool_away(webhook)

    async def _store(self, webhook: SpooledWebhook) -> Outcome:
        if not self._wadul.database.is_sqlite:
            return (await self._write([webhook]))[0]
        waiting = _Waiting(webhook)
        self._waiting.append(waiting)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_all())
        return await waiting.outcome

    async def _write_all(self) -> None:
        while self._waiting:
            batch = self._waiting[:_TOGETHER]
            del self._waiting[:_TOGETHER]
            try:
                outcomes = await self._write([each.webhook for each in batch])
            except DatabaseUnavailable as error:
                for each in batch:
                    _tell(each, error)
            else:
                for each, outcome in zip(batch, outcomes, strict=True):
                    _tell(each, outcome)

    async def _write(self, webhooks: list[SpooledWebhook]) -> list[Outcome]:
        """In one transaction; if one of them cannot be stored, each in its own, and that one raw.

        Raises `DatabaseUnavailable`.
        """
        run, wadul = self._wadul.database.run, self._wadul
        try:
            return await run(
                take_webhooks, webhooks, offices=wadul.offices, settings=wadul.settings
            )
        except DatabaseUnavailable:
            raise
        except Exception as error:
            log.error("A webhook cannot be stored.", action="not_understood", exc_info=error)
            if len(webhooks) > 1:
                return [(await self._write([webhook]))[0] for webhook in webhooks]
            return [await run(keep_raw, webhooks[0], "failed")]

    async def _spool_away(self, webhook: SpooledWebhook) -> bool:
        try:
            await asyncio.to_thread(self._spool.append, webhook)
        except OSError:
            WEBHOOKS.labels(webhook.endpoint, "lost").inc()
            log.error("Neither database nor spool took a webhook.", action="not_stored")
            return False
        WEBHOOKS.labels(webhook.endpoint, "spooled").inc()
        return True


def _tell(waiting: _Waiting, result: Outcome | DatabaseUnavailable) -> None:
    """Unless whoever asked has hung up."""
    if waiting.outcome.done():
        return
    if isinstance(result, DatabaseUnavailable):
        waiting.outcome.set_exception(result)
    else:
        waiting.outcome.set_result(result)
