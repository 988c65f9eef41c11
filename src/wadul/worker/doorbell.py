"""Wakes the worker when there is work, without a queue server.

SQLite: a counter that changes when any other connection commits is read every few milliseconds,
and only then a cheap look is taken. PostgreSQL: NOTIFY. Either may miss something: the pumps look
by themselves every second.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Mapping
from typing import Protocol

import psycopg
import structlog
from sqlalchemy import URL, make_url

from wadul.core.backoff import exponential
from wadul.database import ONLY_TO_SHOW, WORK_CHANNEL

log = structlog.get_logger()

TURNS, OUTBOX, MEDIA = "turns", "outbox", "media"
_LOOK_SECONDS = 0.02
_LONGEST_PAUSE = 5.0
_LOOKS = {
    TURNS: "SELECT 1 FROM conversations WHERE turn_due_at > '' AND leased_by IS NULL LIMIT 1",
    OUTBOX: "SELECT 1 FROM outbound_messages WHERE state = 'queued' LIMIT 1",
    MEDIA: "SELECT 1 FROM attachments WHERE state = 'to_fetch' LIMIT 1",
}

Bells = Mapping[str, Callable[[], None]]  # by TURNS, OUTBOX, MEDIA


class Doorbell(Protocol):
    async def listen(self, bells: Bells) -> None:
        """Ring until cancelled."""
        ...


class SqliteDoorbell:
    """The looks take microseconds, so that they run on the event loop."""

    def __init__(self, file: str) -> None:
        self._file = file

    async def listen(self, bells: Bells) -> None:
        failures = 0
        while True:
            try:
                await self._watch(bells)
            except sqlite3.Error:
                failures += 1
                log.error("Watching the database failed.", action="doorbell_failed")
                await asyncio.sleep(exponential(failures, cap=_LONGEST_PAUSE, first=0.1))

    async def _watch(self, bells: Bells) -> None:
        connection = sqlite3.connect(self._file, timeout=0, isolation_level=None)
        try:
            seen = None
            while True:
                version = connection.execute("PRAGMA data_version").fetchone()[0]
                if version != seen:
                    seen = version
                    _look(connection, bells)
                await asyncio.sleep(_LOOK_SECONDS)
        finally:
            connection.close()


def _look(connection: sqlite3.Connection, bells: Bells) -> None:
    for name, query in _LOOKS.items():
        if connection.execute(query).fetchone():
            bells[name]()


class PostgresDoorbell:
    def __init__(self, url: URL) -> None:
        self._conninfo = url.set(drivername="postgresql").render_as_string(hide_password=False)

    async def listen(self, bells: Bells) -> None:
        failures = 0
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    self._conninfo, autocommit=True
                ) as connection:
                    await connection.execute(f"LISTEN {WORK_CHANNEL}")
                    failures = 0
                    _ring_all(bells)
                    async for said in connection.notifies():
                        if said.payload != ONLY_TO_SHOW:
                            _ring_all(bells)
            except psycopg.Error:
                failures += 1
                log.error("Listening to the database failed.", action="doorbell_failed")
                await asyncio.sleep(exponential(failures, cap=_LONGEST_PAUSE, first=0.1))


def _ring_all(bells: Bells) -> None:
    for ring in bells.values():
        ring()


def doorbell_for(database_url: str) -> Doorbell:
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        return SqliteDoorbell(url.database or ":memory:")
    return PostgresDoorbell(url)
