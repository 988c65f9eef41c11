"""Put a verified webhook where it is safe: into the database, or onto the disk without one."""

from __future__ import annotations

import asyncio
import time

import structlog

from wadul.bootstrap import Wadul
from wadul.exceptions import DatabaseUnavailable
from wadul.gateway.metrics import STORE_SECONDS, WEBHOOKS
from wadul.spool import Spool, SpooledWebhook
from wadul.usecases.webhooks import take_webhook

log = structlog.get_logger()

_TRUST_AGAIN_SECONDS = 2.0  # after a failure, so that a dead database does not slow every webhook


class Intake:
    def __init__(self, wadul: Wadul) -> None:
        self._wadul = wadul
        self._spool = Spool(wadul.settings.spool_dir)
        self._database_down_until = 0.0

    async def take(self, endpoint: str, body: bytes) -> bool:
        """True when the webhook is safe and may be acknowledged."""
        with STORE_SECONDS.time():
            if time.monotonic() >= self._database_down_until:
                try:
                    await self._store(endpoint, body)
                except DatabaseUnavailable:
                    self._database_down_until = time.monotonic() + _TRUST_AGAIN_SECONDS
                    log.error("The database is away; spooling.", action="database_unavailable")
                else:
                    return True
            return await self._spool_away(endpoint, body)

    async def _store(self, endpoint: str, body: bytes) -> None:
        outcome = await self._wadul.database.run(
            take_webhook,
            endpoint,
            body,
            offices=self._wadul.offices,
            settings=self._wadul.settings,
            now=self._wadul.clock.now(),
        )
        WEBHOOKS.labels(endpoint, outcome.value).inc()
        log.debug("Webhook taken.", action="webhook_taken", outcome=outcome.value)

    async def _spool_away(self, endpoint: str, body: bytes) -> bool:
        webhook = SpooledWebhook(endpoint, body, self._wadul.clock.now())
        try:
            await asyncio.to_thread(self._spool.append, webhook)
        except OSError:
            WEBHOOKS.labels(endpoint, "lost").inc()
            log.error("Neither database nor spool took a webhook.", action="not_stored")
            return False
        WEBHOOKS.labels(endpoint, "spooled").inc()
        return True
