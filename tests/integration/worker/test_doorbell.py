"""Work wakes the worker; what is only to be shown does not."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from wadul.core.states import HandledBy
from wadul.worker.doorbell import MEDIA, OUTBOX, TURNS, doorbell_for

from .conftest import Desk, until

pytestmark = pytest.mark.integration

RESIDENT, HELD = "whatsapp:+628150000001", "whatsapp:+628150000002"


async def test_only_work_rings(desk: Desk) -> None:
    desk.says(HELD, "halo")
    desk.change(HELD, handled_by=HandledBy.OPERATOR, turn_due_at=None)
    rung: list[str] = []
    bells = {name: lambda name=name: rung.append(name) for name in (TURNS, OUTBOX, MEDIA)}
    listening = asyncio.create_task(doorbell_for(desk.settings.sqlalchemy_url).listen(bells))
    try:
        await asyncio.sleep(0.3)  # it rings when it begins
        rung.clear()
        desk.says(HELD, "untuk petugas")
        await asyncio.sleep(0.3)
        assert rung == []

        desk.says(RESIDENT, "untuk bot")
        await until(lambda: TURNS in rung)
        rung.clear()
        desk.change(RESIDENT, turn_due_at=None)
        desk.sends_file(HELD, "/foto")
        await until(lambda: MEDIA in rung)
    finally:
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening
