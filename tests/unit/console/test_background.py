"""What the console does by itself goes on after any error."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy.exc import ProgrammingError
from structlog.testing import capture_logs

from wadul.bootstrap import Wadul
from wadul.clock import SystemClock
from wadul.console.chores import Chores
from wadul.console.watch import watch
from wadul.usecases.audit import heads
from wadul.usecases.operators import expire_leases


class Failing:
    """The first time it raises what nobody expects."""

    def __init__(self) -> None:
        self.calls = 0
        self.again = asyncio.Event()

    def call(self) -> None:
        self.calls += 1
        if self.calls == 1:
            raise ProgrammingError("SELECT 1", {}, Exception("the server is being replaced"))
        self.again.set()


class Database(Failing):
    """As much as the chores need."""

    async def run(self, use_case: Callable[..., Any], **_: Any) -> Any:
        if use_case is expire_leases:
            self.call()
        return [] if use_case is heads else 0


async def actions_until(again: asyncio.Event, work: Coroutine[Any, Any, None]) -> list[str]:
    """What was logged until it was done again."""
    with capture_logs() as logs:
        task = asyncio.create_task(work)
        await asyncio.wait_for(again.wait(), 10)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    return [line["action"] for line in logs]


async def test_watching_the_database_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "wadul.db"
    sqlite3.connect(file).close()
    feed = Failing()

    async def changed() -> None:
        feed.call()

    assert await actions_until(feed.again, watch(f"sqlite:///{file}", changed)) == ["watch_failed"]


async def test_holds_go_on_running_out() -> None:
    database = Database()
    time = SystemClock()
    wadul = cast(Wadul, SimpleNamespace(database=database, clock=time))
    chores = Chores(wadul, time, every=0.01)
    assert await actions_until(database.again, chores.run()) == ["chores_failed"]
