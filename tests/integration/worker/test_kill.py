"""`kill -9` at any moment, with messages flowing: every message is answered once."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from wadul.core.states import DeliveryState, TurnState

from .conftest import REPOSITORY, Desk, until

pytestmark = pytest.mark.integration

KILLS = 2
PEOPLE = [f"whatsapp:+6281400000{number:02d}" for number in range(8)]


@contextmanager
def process(desk: Desk) -> Iterator[subprocess.Popen[bytes]]:
    settings = desk.settings
    environment = {
        "PATH": os.environ["PATH"],
        "WADUL_VAR_DIR": str(settings.var_dir),
        "WADUL_DATABASE_URL": settings.database_url,
        "WADUL_OFFICES_DIR": str(settings.offices_dir),
        "WADUL_SIMULATOR": "off",
        "WADUL_PUBLIC_URL": settings.public_url,
        "WADUL_TWILIO_ACCOUNT_SID": settings.account_sid,
        "WADUL_TWILIO_AUTH_TOKEN": settings.auth_token,
        "WADUL_TWILIO_API_URL": settings.api_url,
        "WADUL_TWILIO_CONTENT_URL": settings.api_url,
        "WADUL_RASA_PORT": str(settings.rasa_port),
        "WADUL_TWILIO_TIMEOUT_SECONDS": "2",
    }
    worker = subprocess.Popen(
        [sys.executable, "-m", "wadul.worker"],
        cwd=REPOSITORY,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield worker
    finally:
        if worker.poll() is None:
            worker.kill()
        worker.wait(10)


async def test_killed_workers_lose_nothing_and_double_nothing(desk: Desk) -> None:
    chance = random.Random(20261124)
    desk.rasa.seconds = desk.twilio.seconds = 0.05
    expected = []
    for round_number in range(KILLS):
        with process(desk) as worker:
            before = len(desk.rasa.turns)
            for number in range(6):
                text = f"pesan {round_number}-{number}"
                for address in PEOPLE:
                    desk.says(address, text)
                    expected.append((address, text))
                await asyncio.sleep(0.01)
            await until(lambda before=before: len(desk.rasa.turns) > before, 30)
            await asyncio.sleep(chance.uniform(0.0, 0.4))
            worker.send_signal(signal.SIGKILL)
    with process(desk) as worker:
        await until(lambda: _all_done(desk), 40)
        await asyncio.sleep(0.3)
        worker.send_signal(signal.SIGTERM)
        await asyncio.to_thread(worker.wait, 8)
        # everything may have been done before this one was up and listened to signals
        assert worker.returncode in (0, -signal.SIGTERM)

    answered = [
        (sent.form["To"], text)
        for sent in desk.twilio.sent
        for text in sent.body.split("Jawaban untuk: ")[1].split("\n")
    ]
    assert sorted(answered) == sorted(expected)
    for address in PEOPLE:
        said = [text for to, text in answered if to == address]
        assert said == [text for to, text in expected if to == address]
    assert len({row.external_id for row in desk.outbound}) == len(desk.twilio.sent)


def _all_done(desk: Desk) -> bool:
    """Read in the order in which things happen, so that nothing slips through in between."""
    return (
        all(message.turn_id for message in desk.inbound)
        and all(turn.state is TurnState.DONE for turn in desk.turns)
        and all(row.state is DeliveryState.ACCEPTED for row in desk.outbound)
    )
