"""Fetches residents' files: lease, download, look at the content, store by hash."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Protocol

import structlog
from sqlalchemy.orm import Session

from wadul.channels.whatsapp.media import DownloadFailed
from wadul.clock import Clock
from wadul.core.backoff import exponential
from wadul.database import Database
from wadul.media import MediaStore, content_type_of
from wadul.usecases.attachments import (
    GONE,
    TOO_BIG,
    UNREACHABLE,
    WRONG_TYPE,
    Fetch,
    StoredFile,
    lease_attachments,
    next_fetch_at,
    record_fetch_failure,
    record_stored,
)
from wadul.worker.metrics import FILES
from wadul.worker.pump import Taken
from wadul.worker.saving import persistently

log = structlog.get_logger()

# How often a file is tried, by what went wrong; the pauses are 2, 4, 8 … seconds.
ATTEMPTS = {GONE: 3, UNREACHABLE: 6, "too_slow": 2, TOO_BIG: 1, WRONG_TYPE: 1, "foreign": 1}
_LONGEST_PAUSE = 60.0
_FIRST_PAUSE = 2.0
_LEASE_SLACK = 15.0
_TOLD_AS = {"too_slow": UNREACHABLE, "foreign": GONE}


class Downloader(Protocol):
    async def download(self, url: str, target: Path) -> tuple[str, int]:
        """(sha256, size). Raises `DownloadFailed`."""
        ...


class MediaWork:
    """`told` is called when the resident is to be told something."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        downloader: Downloader,
        store: MediaStore,
        *,
        download_seconds: float,
        limit_bytes: int,
        told: Callable[[], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._downloader = downloader
        self._store = store
        self._lease_seconds = download_seconds + _LEASE_SLACK
        self._limit_bytes = limit_bytes
        self._told = told

    async def take(self, limit: int) -> Taken[Fetch]:
        return await self._database.run(self._lease, limit)

    def _lease(self, session: Session, limit: int) -> Taken[Fetch]:
        now = self._clock.now()
        fetches = lease_attachments(
            session, now=now, lease_seconds=self._lease_seconds, limit=limit
        )
        next_at = next_fetch_at(session, now)
        return Taken.until(fetches, next_at, now)

    async def handle(self, fetch: Fetch) -> None:
        try:
            stored = await self._fetch(fetch)
        except DownloadFailed as error:
            await self._failed(fetch, error.code)
            return
        except OSError as error:
            log.error("A file could not be stored.", action="store_failed", exc_info=error)
            await self._failed(fetch, UNREACHABLE)
            return
        await persistently(lambda: self._database.run(record_stored, fetch, stored))
        FILES.labels("stored").inc()

    async def _fetch(self, fetch: Fetch) -> StoredFile:
        with tempfile.TemporaryDirectory(prefix="wadul-") as folder:
            file = Path(folder) / "file"
            sha256, size = await self._downloader.download(fetch.url, file)
            content_type = await asyncio.to_thread(content_type_of, file)
            if content_type is None:
                raise DownloadFailed(WRONG_TYPE)
            await asyncio.to_thread(self._store.save, file, sha256)
        return StoredFile(sha256, size, content_type)

    async def _failed(self, fetch: Fetch, code: str) -> None:
        now = self._clock.now()
        final = fetch.attempt >= ATTEMPTS[code]
        pause = exponential(fetch.attempt, first=_FIRST_PAUSE, cap=_LONGEST_PAUSE)
        await persistently(
            lambda: self._database.run(
                record_fetch_failure,
                fetch,
                _TOLD_AS.get(code, code),
                retry_at=None if final else now + timedelta(seconds=pause),
                now=now,
                limit_bytes=self._limit_bytes,
            )
        )
        FILES.labels(code if final else "postponed").inc()
        log.warning(
            "A file was not fetched.",
            action="file_failed" if final else "file_postponed",
            attachment=str(fetch.attachment_id),
            code=code,
            attempt=fetch.attempt,
        )
        if final:
            self._told()
