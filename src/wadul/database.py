"""The database as one object: short transactions, the same on SQLite and PostgreSQL.

SQLite runs in WAL mode and every transaction begins IMMEDIATE, so that a transaction that reads
and then writes never fails half-way for a lock. `run` moves a transaction off the event loop: one
thread for SQLite (it has one writer anyway), several for PostgreSQL.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from wadul.exceptions import DatabaseUnavailable
from wadul.right_of_way import RightOfWay

WORK_CHANNEL = "wadul_work"  # PostgreSQL NOTIFY channel that wakes workers and pages
ONLY_TO_SHOW = "show"  # said on it: no work for the workers
_NOTIFY = text("SELECT pg_notify(:channel, :word)")
_LOCK = text("SELECT pg_advisory_xact_lock(hashtext(:name))")
_BUSY_SECONDS = 5.0
_LOOK_AGAIN_SECONDS = 0.001

P = ParamSpec("P")
T = TypeVar("T")


def create_database_engine(url: str) -> Engine:
    """An engine for a SQLAlchemy URL; a SQLite file's folder is made if it is missing."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_size=10, pool_pre_ping=True, pool_timeout=5)
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, connect_args={"timeout": _BUSY_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def _prepare_sqlite(connection: Any, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # SQLAlchemy's begin event says BEGIN itself
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")  # an acknowledged message survives a power cut
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA busy_timeout=0")  # whoever begins waits, see `_begin_immediate`
    cursor.close()


def _leave_checkpoints_to_others(connection: Any, _record: ConnectionPoolEntry) -> None:
    connection.execute("PRAGMA wal_autocheckpoint=0")  # one takes tens of milliseconds


def _begin_immediate(connection: Connection) -> None:
    """Looks again every millisecond while another writes: SQLite's own wait sleeps ever longer, up
    to 100 ms, past the moment when the other has ended."""
    end = time.monotonic() + _BUSY_SECONDS
    while time.monotonic() < end:
        try:
            connection.connection.cursor().execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                break
            time.sleep(_LOOK_AGAIN_SECONDS)
        else:
            return
    connection.exec_driver_sql("BEGIN IMMEDIATE")  # fails, with SQLAlchemy's own error


class Database:
    """Owns the engine. Errors of the server or the file become `DatabaseUnavailable`.

    `first`: the others give way to this one where there can be only one writer.
    """

    def __init__(self, url: str, *, first: bool = False) -> None:
        self.engine = create_database_engine(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        if self.is_sqlite and first:
            event.listen(self.engine, "connect", _leave_checkpoints_to_others)
        file = self.engine.url.database if self.is_sqlite else None
        self._right_of_way = RightOfWay(Path(f"{file}-first"), first=first) if file else None
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)
        self._threads = ThreadPoolExecutor(
            1 if self.is_sqlite else 8, thread_name_prefix="database"
        )

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Commits at the end, rolls back on an exception."""
        passage = self._right_of_way.passage() if self._right_of_way else nullcontext()
        try:
            with passage, self._sessions() as session, session.begin():
                yield session
        except DBAPIError as error:
            if _is_outage(error):
                raise DatabaseUnavailable from error
            raise

    async def run(
        self, use_case: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run one use case in one transaction, off the event loop."""

        def work() -> T:
            with self.transaction() as session:
                return use_case(session, *args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def ping(self) -> None:
        """Raises `DatabaseUnavailable` if the database does not answer."""
        with self.transaction() as session:
            session.execute(text("SELECT 1"))

    def close(self) -> None:
        self._threads.shutdown(wait=True)
        if self._right_of_way:
            self._right_of_way.close()
        self.engine.dispose()


def take_turns(session: Session, what: str) -> None:
    """One at a time until this transaction ends; SQLite has only one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_LOCK, {"name": what})


def _is_outage(error: DBAPIError) -> bool:
    """A lost connection, a locked or unreachable database; not a mistake of ours."""
    if error.connection_invalidated:
        return True
    return type(error.orig).__name__ in {"OperationalError", "InterfaceError", "AdminShutdown"}


def ring(session: Session, *, for_workers: bool = True) -> None:
    """Tell of a change when this transaction commits; on SQLite the file itself is watched.

    `for_workers` False: nothing to do, only something new to show.
    """
    if session.get_bind().dialect.name == "postgresql":
        word = "" if for_workers else ONLY_TO_SHOW
        session.execute(_NOTIFY, {"channel": WORK_CHANNEL, "word": word})
