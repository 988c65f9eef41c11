"""Lists are told of changes at once, and of passing time when nothing changes; open conversations
are read anew after a while, but never all together."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext, suppress
from typing import Any, cast
from uuid import uuid4

import pytest
from nicegui import Client, core
from structlog.testing import capture_logs

from wadul.console.live import AGAIN, BEAT, Live, OpenPage
from wadul.core.actors import Actor
from wadul.core.states import Role
from wadul.usecases.console_sessions import LoginRequired


async def seconds_until_told(live: Live) -> float:
    """From now until shared answers are asked anew."""
    before, began = live.generation, time.monotonic()
    while live.generation == before:
        assert time.monotonic() - began < 10
        await asyncio.sleep(0.005)
    return time.monotonic() - began


@asynccontextmanager
async def beating(quiet: float) -> AsyncIterator[Live]:
    live = Live(quiet)
    beat = asyncio.create_task(live.beat())
    yield live
    beat.cancel()
    with suppress(asyncio.CancelledError):
        await beat


async def test_lists_are_told_when_it_was_quiet_for_a_while() -> None:
    async with beating(quiet=0.2) as live:
        assert 0.1 < await seconds_until_told(live) < 5
        assert live.generation == 1


async def test_they_are_told_of_a_change_without_waiting() -> None:
    async with beating(quiet=60) as live:
        await asyncio.sleep(0.3)
        assert live.generation == 0
        live.changed([])
        assert await seconds_until_told(live) < 5


class Tab(nullcontext[None]):
    """As much of a NiceGUI client as `Live` looks at."""

    has_socket_connection = True

    def on_connect(self, _: Any) -> None: ...

    def on_delete(self, _: Any) -> None: ...


async def test_conversations_that_stood_still_are_read_anew_a_few_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(core, "loop", asyncio.get_running_loop())
    live, read = Live(), []
    actor = Actor(uuid4(), "jatibarang", "sari", "Sari", Role.OPERATOR, True)
    for number in range(20):

        async def refresh(number: int = number) -> None:
            read.append(number)

        page = OpenPage(actor, refresh, pause=0, watching=True, conversation_id=uuid4())
        page.told_at -= AGAIN + number  # the last one has waited longest
        live.join(page, cast(Client, Tab()))
    for round_of in (range(16, 20), range(12, 16)):
        read.clear()
        live.changed([])
        await asyncio.sleep(0.05)
        assert sorted(read) == list(round_of)


async def test_who_is_no_longer_logged_in_is_led_away_and_no_error_is_logged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(core, "loop", asyncio.get_running_loop())
    left = asyncio.Event()

    async def refresh() -> None:
        raise LoginRequired

    actor = Actor(uuid4(), "jatibarang", "sari", "Sari", Role.OPERATOR, True)
    page = OpenPage(actor, refresh, leave=left.set)
    Live().join(page, cast(Client, Tab()))
    with capture_logs() as logs:
        page.touch()
        await asyncio.wait_for(left.wait(), 5)
    assert logs == []


async def test_lists_wait_longer_on_a_machine_that_is_late() -> None:
    async with beating(quiet=60) as live:
        live.changed([])
        await seconds_until_told(live)
        time.sleep(BEAT + 0.2)  # noqa: ASYNC251 - as a busy machine does
        live.changed([])
        await seconds_until_told(live)
        live.changed([])
        assert await seconds_until_told(live) > 2 * BEAT
        live.changed([])
        assert await seconds_until_told(live) < 2 * BEAT, "and then no longer"
