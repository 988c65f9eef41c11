"""Another model takes over while residents write: nobody is lost, nobody waits long."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from integration.conftest import free_port
from integration.worker.conftest import Desk, served, until
from integration.worker.fakes import ACCOUNT_SID, AUTH_TOKEN, FakeRasa, FakeTwilio
from wadul.core.states import DeliveryState, TurnState
from wadul.database import Database
from wadul.office import load_offices
from wadul.settings import Settings
from wadul.supervisor.processes import rasa_process
from wadul.supervisor.run import Supervisor
from wadul.training import promotion
from wadul.training.project import Project
from wadul.training.serving import FAILED, SERVING, choose, what_is_served

from .conftest import DOMAIN, KEYWORDS, ROOT

pytestmark = pytest.mark.integration

PEOPLE = [f"whatsapp:+6281500000{number:02d}" for number in range(10)]
SLOWEST = 15.0  # seconds
NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
OLD, NEW = "Halo.", "Halo, saya model baru."


@pytest.fixture
def small(folder: Path) -> Path:
    """Keywords only, so that training takes seconds."""
    (folder / "config.yml").write_text(KEYWORDS)
    (folder / "data" / "nlu" / "all.yml").write_text(
        'version: "3.1"\nnlu:\n- intent: greet\n  examples: |\n    - halo\n    - hai\n'
        "- intent: complaint\n  examples: |\n    - lapor\n    - aduan\n"
    )
    return folder


@pytest.fixture
def settings(small: Path, sqlite_url: str) -> Settings:
    return Settings(
        _env_file=None,
        var_dir=small / "var",
        model_dir=small / "models",
        database_url=sqlite_url,
        offices_dir=ROOT / "offices",
        simulator="off",
        public_url="https://wadul.example.id",
        twilio_account_sid=ACCOUNT_SID,
        twilio_auth_token=AUTH_TOKEN,
        rasa_port=free_port(),
        burst_seconds=0,
        flood_messages=100_000,  # on a slow machine they write for minutes
    )


@pytest.fixture
def candidate(settings: Settings, small: Path) -> Callable[[str], str]:
    """Trains a model that greets with these words."""
    (small / "var").mkdir()

    def train(greeting: str) -> str:
        (small / "domain.yml").write_text(DOMAIN.replace(OLD, greeting, 1))
        return promotion.make_candidate(settings, who="siti", now=NOW).name

    return train


@pytest.fixture
async def desk(settings: Settings) -> AsyncIterator[Desk]:
    twilio = FakeTwilio()
    async with served(twilio.application()) as port:
        url = f"http://127.0.0.1:{port}"
        known = settings.model_copy(update={"twilio_api_url": url, "twilio_content_url": url})
        database = Database(known.sqlalchemy_url)
        offices = load_offices(known.offices_dir)
        yield Desk(known, database, offices, FakeRasa(), twilio)
        database.close()


class Running:
    """A supervisor with only Rasa in its table."""

    def __init__(self, settings: Settings, name: str) -> None:
        model = settings.model_dir / f"{name}.tar.gz"
        self.supervisor = Supervisor(settings, [rasa_process(settings, model)], model)
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Running:
        self._task = asyncio.create_task(self.supervisor.run())
        return self

    async def __aexit__(self, *_: object) -> None:
        self.supervisor.stopping.set()
        assert self._task is not None
        await asyncio.wait_for(self._task, 30)


async def _writing(desk: Desk, stop: asyncio.Event) -> None:
    """Ten residents, one message every 0.1 s."""
    for number in count():
        if stop.is_set():
            return
        desk.says(PEOPLE[number % len(PEOPLE)], f"halo {number}")
        await asyncio.sleep(0.1)


def _settled(desk: Desk) -> bool:
    return (
        all(message.turn_id for message in desk.inbound)
        and all(turn.state is TurnState.DONE for turn in desk.turns)
        and all(row.state is DeliveryState.ACCEPTED for row in desk.outbound)
    )


def _served(settings: Settings, state: str, name: str) -> bool:
    said = what_is_served(Project.of(settings))
    return said is not None and (said.state, said.wanted) == (state, name)


async def _rasa_answers(settings: Settings) -> None:
    """Only what is written from now on counts: nobody was promised an answer before."""
    url = f"{settings.rasa_url}/webhooks/wadul/"
    async with asyncio.timeout(90), httpx.AsyncClient(trust_env=False) as client:
        while True:
            with suppress(httpx.HTTPError):
                if (await client.get(url)).status_code == 200:
                    return
            await asyncio.sleep(0.2)


async def test_a_swap_under_load(
    desk: Desk, settings: Settings, candidate: Callable[[str], str], capsys: Any
) -> None:
    old, new = candidate(OLD), candidate(NEW)
    stop = asyncio.Event()
    async with Running(settings, old), desk.working():
        await _rasa_answers(settings)
        async with asyncio.TaskGroup() as residents:
            residents.create_task(_writing(desk, stop))
            await until(lambda: len(desk.twilio.sent) > 20, 60)

            reason = "uji pergantian"
            await asyncio.to_thread(
                promotion.promote, settings, new, who="siti", now=NOW, reason=reason
            )
            await until(lambda: _served(settings, SERVING, new), 120)
            at_swap = len(desk.twilio.sent)
            await until(lambda: len(desk.twilio.sent) > at_swap + 20, 60)
            stop.set()
        await until(lambda: _settled(desk), 60)

    turns = {turn.id: turn for turn in desk.turns}
    waits = [
        (turns[message.turn_id].done_at - message.received_at).total_seconds()
        for message in desk.inbound
    ]
    bodies = [sent.body for sent in desk.twilio.sent]
    with capsys.disabled():
        print(f"\n{len(waits)} messages, {len(turns)} turns, slowest {max(waits):.1f} s")
    assert max(waits) < SLOWEST
    assert len(bodies) == len(turns) == len(desk.outbound)  # each turn answered, and once
    answered = [NEW if NEW in body else OLD for body in bodies if "Halo" in body]
    assert len(answered) == len(turns)
    assert answered[0] == OLD
    assert answered[-1] == NEW


async def test_a_model_that_cannot_be_read_changes_nothing(
    desk: Desk, settings: Settings, candidate: Callable[[str], str]
) -> None:
    old = candidate(OLD)
    (settings.model_dir / "wadul-broken.tar.gz").write_bytes(b"not a model")
    async with Running(settings, old), desk.working():
        desk.says(PEOPLE[0], "halo")
        await until(lambda: len(desk.twilio.sent) == 1, 90)

        choose(Project.of(settings), "wadul-broken")  # past all the checks of `promote`
        await until(lambda: _served(settings, FAILED, "wadul-broken"), 90)
        desk.says(PEOPLE[0], "hai lagi")
        await until(lambda: len(desk.twilio.sent) == 2, 20)

    said = what_is_served(Project.of(settings))
    assert said is not None
    assert said.model == old
