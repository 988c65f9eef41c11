"""Says that something in the database changed, a moment after it did.

SQLite: a counter that changes with every commit of another connection. PostgreSQL: NOTIFY, and
once a second anyway, since not every change rings.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable

import psycopg
import structlog
from sqlalchemy import URL, make_url

from wadul.database import WORK_CHANNEL

log = structlog.get_logger()

LOOK_SECONDS = 0.2
BEAT_SECONDS = 1.0
_AGAIN_SECONDS = 1.0


async def watch(database_url: str, changed: Callable[[], Awaitable[None]]) -> None:
    """Calls `changed` until cancelled."""
    url = make_url(database_url)
    while True:
        try:
            if url.get_backend_name() == "sqlite":
                await _watch_file(url.database or ":memory:", changed)
            else:
                await _listen(url, changed)
        except Exception as error:  # whatever it was: without this no page is told of anything
            log.warning("Watching the database failed.", action="watch_failed", exc_info=error)
            await asyncio.sleep(_AGAIN_SECONDS)


async def _watch_file(file: str, changed: Callable[[], Awaitable[None]]) -> None:
    """A look takes microseconds, so that it runs on the event loop."""
    connection = sqlite3.connect(file, timeout=0, isolation_level=None)
    try:
        seen = None
        while True:
            version = connection.execute("PRAGMA data_version").fetchone()[0]
            if version != seen:
                seen = version
                await changed()
            await asyncio.sleep(LOOK_SECONDS)
    finally:
        connection.close()


async def _listen(url: URL, changed: Callable[[], Awaitable[None]]) -> None:
    conninfo = url.set(drivername="postgresql").render_as_string(hide_password=False)
    async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as connection:
        await connection.execute(f"LISTEN {WORK_CHANNEL}")
        while True:
            await changed()
            await asyncio.sleep(LOOK_SECONDS / 2)  # joins a burst of notifications
            async for _ in connection.notifies(timeout=BEAT_SECONDS, stop_after=1):
                pass
