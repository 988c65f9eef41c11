"""Reads for screens, beside the writers: on SQLite without taking the one write lock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.orm import Session, sessionmaker

from wadul.database import Database

P = ParamSpec("P")
T = TypeVar("T")
_THREADS = 4  # more would only wait for each other
_QUICK_THREADS = 2


class Reader:
    """Runs one query function in one read-only transaction, off the event loop."""

    def __init__(self, database: Database) -> None:
        self._engine = database.engine
        if database.is_sqlite:
            self._engine = create_engine(database.engine.url, connect_args={"timeout": 5.0})
            event.listen(self._engine, "connect", _prepare)
            event.listen(self._engine, "begin", _begin)
        self._sessions = sessionmaker(self._engine, expire_on_commit=False)
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="reader")
        self._quick = ThreadPoolExecutor(_QUICK_THREADS, thread_name_prefix="quick-reader")

    async def run(
        self, query: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        return await self._run(self._threads, query, *args, **kwargs)

    async def run_quick(
        self, query: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """What many wait for, and takes milliseconds: never behind one person's long question."""
        return await self._run(self._quick, query, *args, **kwargs)

    async def _run(
        self,
        threads: ThreadPoolExecutor,
        query: Callable[Concatenate[Session, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        def work() -> T:
            with self._sessions() as session:
                return query(session, *args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(threads, work)

    def close(self) -> None:
        self._threads.shutdown(wait=True)
        self._quick.shutdown(wait=True)
        self._engine.dispose()


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA query_only=ON")
    cursor.execute("PRAGMA cache_size=-32000")
    cursor.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
