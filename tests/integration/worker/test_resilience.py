"""Rasa, Twilio and the database fail in every way: nothing is lost, nothing is said twice."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import Any

import pytest

from wadul.core.states import DeliveryState, HandledBy
from wadul.usecases.turns import APOLOGY, GIVEN_UP

from .conftest import OFFICE, Desk, accepted, until

pytestmark = pytest.mark.integration

BUDI, SITI = "whatsapp:+628120000001", "whatsapp:+628120000002"


async def test_while_rasa_is_down_one_apology_and_afterwards_the_answer(
    desk: Desk, quick: None
) -> None:
    desk.rasa.status = 503
    desk.says(BUDI, "halo")
    async with desk.working(apology_after_seconds=0.5):
        await until(lambda: APOLOGY in desk.twilio.bodies(BUDI))
        await until(lambda: len(desk.rasa.turns) > 5)
        desk.rasa.status = 200
        await until(lambda: len(desk.twilio.bodies(BUDI)) == 2)
        await asyncio.sleep(0.3)
    apology, answer = desk.twilio.bodies(BUDI)
    assert apology == APOLOGY
    assert answer.endswith("Jawaban untuk: halo")
    assert len({turn["turn_id"] for turn in desk.rasa.turns}) == 1


async def test_rasa_that_hangs_is_down_too(desk: Desk, quick: None) -> None:
    desk.rasa.seconds = 5
    desk.says(BUDI, "halo")
    async with desk.working(apology_after_seconds=0.6, rasa_timeout_seconds=0.3):
        await until(lambda: desk.twilio.bodies(BUDI) == [APOLOGY])
        desk.rasa.seconds = 0
        await until(lambda: len(desk.twilio.bodies(BUDI)) == 2)


async def test_a_poisonous_turn_stops_only_itself_and_not_for_ever(desk: Desk, quick: None) -> None:
    desk.rasa.poison = "racun"
    desk.says(BUDI, "racun")
    async with desk.working():
        await until(lambda: len(desk.rasa.turns) > 2)
        desk.says(BUDI, "pesan kedua")
        desk.says(SITI, "halo")
        await until(lambda: len(desk.twilio.bodies(BUDI)) == 2)
    assert len(desk.twilio.bodies(SITI)) == 1
    first, second = desk.twilio.bodies(BUDI)
    assert first == GIVEN_UP
    assert second.endswith("Jawaban untuk: pesan kedua")
    assert desk.conversation(BUDI).handled_by is HandledBy.QUEUE


async def test_an_unreadable_answer_is_a_failure(desk: Desk, quick: None) -> None:
    replies: list[Any] = [None, [{"text": "Halo"}]]
    desk.rasa.reply = lambda turn: replies[min(len(desk.rasa.turns) - 1, 1)]
    desk.rasa.answers = NoMemory()
    desk.says(BUDI, "halo")
    async with desk.working():
        await until(lambda: desk.twilio.bodies(BUDI))
    assert desk.twilio.bodies(BUDI)[0].endswith("Halo")


class NoMemory(dict[str, Any]):
    def setdefault(self, key: str, default: Any = None) -> Any:
        return default


async def test_an_operator_is_never_talked_over(desk: Desk) -> None:
    desk.rasa.seconds = 0.5
    desk.says(BUDI, "halo")
    async with desk.working():
        await until(lambda: desk.rasa.turns)
        desk.change(BUDI, handled_by=HandledBy.OPERATOR)
        desk.says(BUDI, "masih di sana?")
        await asyncio.sleep(1.0)
        assert len(desk.rasa.turns) == 1
        desk.says(BUDI, "halo?")
        await asyncio.sleep(0.3)
    assert desk.twilio.attempts == []
    assert len(desk.rasa.turns) == 1


async def test_two_workers_share_the_work(desk: Desk) -> None:
    texts = ["pesan-1", "pesan-2", "pesan-3"]
    people = [f"whatsapp:+6281300000{number:02d}" for number in range(12)]
    desk.rasa.seconds = 0.02
    async with desk.working(), desk.working():
        for text in texts:
            for address in people:
                desk.says(address, text)
        await until(lambda: all("pesan-3" in "".join(desk.twilio.bodies(a)) for a in people), 20)
        await until(lambda: all(row.state is DeliveryState.ACCEPTED for row in desk.outbound))
    asked = [text for turn in desk.rasa.turns for text in turn["text"].split("\n")]
    assert sorted(asked) == sorted(texts * len(people))
    assert set(desk.twilio.counts().values()) == {1}
    for address in people:
        said = " ".join(desk.twilio.bodies(address))
        assert said.index(texts[0]) < said.index(texts[1]) < said.index(texts[2])


async def test_a_worker_that_stops_in_order_leaves_nothing_leased(desk: Desk) -> None:
    desk.rasa.seconds = 30
    desk.says(BUDI, "halo")
    worker = desk.worker()
    stop = asyncio.Event()
    task = asyncio.create_task(worker.run(stop))
    await until(lambda: desk.rasa.turns)
    started = asyncio.get_running_loop().time()
    stop.set()
    await task
    assert asyncio.get_running_loop().time() - started < 6
    assert desk.conversation(BUDI).leased_by is None
    desk.rasa.seconds = 0
    async with desk.working():
        await until(lambda: accepted(desk, 1))


async def test_the_spool_is_drained(desk: Desk) -> None:
    drained: list[int] = []

    def drain() -> int:
        if drained:
            return 0
        drained.append(1)
        desk.says(BUDI, "dari cakram")
        return 1

    worker = desk.worker(drain)
    stop = asyncio.Event()
    task = asyncio.create_task(worker.run(stop))
    await until(lambda: desk.twilio.bodies(BUDI))
    stop.set()
    await task
    assert desk.offices[OFFICE].notice in desk.twilio.bodies(BUDI)[0]


async def test_a_locked_database_only_delays(
    desk: Desk, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not database_url.startswith("sqlite"):
        pytest.skip("a lock of the whole database is SQLite's")
    desk.database.engine.dispose()
    monkeypatch.setattr("wadul.database._BUSY_SECONDS", 0.2)
    desk.database = type(desk.database)(database_url)
    desk.rasa.seconds = 0.3
    desk.says(BUDI, "halo")
    async with desk.working():
        await until(lambda: desk.rasa.turns)
        locker = sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None)
        locker.execute("BEGIN IMMEDIATE")
        await asyncio.sleep(1.0)
        locker.execute("COMMIT")
        locker.close()
        await until(lambda: accepted(desk, 1))
    desk.database.close()
    assert len(desk.twilio.sent) == 1


async def test_an_answer_that_cannot_be_stored_counts_as_none(
    desk: Desk, quick: None, database_url: str
) -> None:
    if database_url.startswith("sqlite"):
        pytest.skip("SQLite stores a NUL")
    desk.rasa.intent = {"label": "greet\x00", "confidence": 1.0}
    desk.says(BUDI, "halo")
    desk.says(SITI, "halo")
    async with desk.working():
        await until(lambda: [turn.attempts > 1 for turn in desk.turns] == [True, True])
        assert desk.twilio.sent == []
        desk.rasa.answers.clear()
        desk.rasa.intent = {"label": "greet", "confidence": 1.0}
        await until(lambda: accepted(desk, 2))
