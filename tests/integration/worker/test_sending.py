"""Twilio fails in every way: a message arrives once, in order, or waits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from wadul.core.states import Author, DeliveryState, HandledBy
from wadul.models import OutboundMessage, ProviderContent

from .conftest import OFFICE, Desk, accepted, until

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("quick")]

BUDI = "whatsapp:+628120000001"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What Twilio does is no matter of the database; `test_outbox` runs on both."""
    return sqlite_url


@pytest.mark.parametrize(
    ("faults", "sends", "lookups"),
    [
        ([429, 503, 429], 4, False),
        ([(400, 63018)], 2, False),
        ([500], 2, True),
        (["lose_answer"], 1, True),
        (["lose_request"], 2, True),
        (["lose_request", "lose_answer"], 2, True),
    ],
)
async def test_a_message_arrives_once_whatever_twilio_does(
    desk: Desk, faults: list[Any], sends: int, lookups: bool
) -> None:
    desk.twilio.faults = list(faults)
    desk.says(BUDI, "halo")
    async with desk.working():
        await until(lambda: accepted(desk, 1))
    assert len(desk.twilio.sent) == 1
    assert len(desk.twilio.attempts) == sends
    assert bool(desk.twilio.lookups) is lookups
    assert desk.outbound[0].external_id == desk.twilio.sent[0].sid


@pytest.mark.parametrize(
    ("author", "arrived", "state", "sends"),
    [
        (Author.BOT, True, DeliveryState.ACCEPTED, 1),
        (Author.BOT, False, DeliveryState.CANCELLED, 1),
        (Author.OPERATOR, False, DeliveryState.ACCEPTED, 2),
    ],
)
async def test_what_was_on_its_way_at_a_take_over_is_looked_up_and_the_bots_not_sent_again(
    desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
    author: Author,
    arrived: bool,
    state: DeliveryState,
    sends: int,
) -> None:
    monkeypatch.setattr("wadul.worker.outbox._BEFORE_LOOKING", 3600.0)
    desk.twilio.faults = ["lose_answer" if arrived else "lose_request"]
    desk.says(BUDI, "halo")
    async with desk.working():
        await until(lambda: desk.outbound and desk.outbound[0].error_code == "no_answer")
    desk.change(BUDI, handled_by=HandledBy.OPERATOR)
    (message,) = desk.outbound
    with desk.database.transaction() as session:
        row = session.get_one(OutboundMessage, (OFFICE, message.id))
        row.author = author
        row.leased_until = desk.clock.now() - timedelta(seconds=1)
    async with desk.working():
        await until(lambda: desk.outbound[0].state is not DeliveryState.SENDING)
        await until(lambda: desk.outbound[0].state is state)
    assert len(desk.twilio.attempts) == sends
    assert desk.twilio.lookups == 1


async def test_the_same_words_sent_before_are_not_taken_for_the_lost_ones(desk: Desk) -> None:
    desk.rasa.reply = lambda turn: [{"text": "Baik."}]
    async with desk.working():
        for number in (1, 2, 3):
            desk.says(BUDI, f"pesan {number}")
            if number == 3:
                desk.twilio.faults = ["lose_request"]
            await until(lambda number=number: accepted(desk, number))
    assert len(desk.twilio.bodies(BUDI)) == 3
    assert len({row.external_id for row in desk.outbound}) == 3


async def test_order_is_kept_when_one_is_late(desk: Desk) -> None:
    desk.rasa.reply = lambda turn: [{"text": "Kalimat yang panjang untuk diuji. " * 120}]
    desk.twilio.faults = [503, "lose_answer", 429, 201, "lose_request"]
    desk.says(BUDI, "halo")
    async with desk.working():
        await until(lambda: desk.outbound and accepted(desk, len(desk.outbound)))
    assert len(desk.outbound) == 3
    assert desk.twilio.bodies(BUDI) == [row.text for row in desk.outbound]


async def test_a_permanent_error_does_not_stop_the_next_message(desk: Desk) -> None:
    desk.twilio.faults = [(400, 63024)]
    desk.says(BUDI, "satu")
    async with desk.working():
        await until(lambda: desk.outbound and desk.outbound[0].state is DeliveryState.FAILED)
        desk.says(BUDI, "dua")
        await until(lambda: accepted(desk, 1))
    assert desk.outbound[0].error_code == "63024"


async def test_the_window_closes_and_the_resident_opens_it_again(desk: Desk) -> None:
    desk.twilio.faults = [(400, 63016)]
    desk.says(BUDI, "satu")
    async with desk.working():
        await until(lambda: desk.outbound and desk.outbound[0].state is DeliveryState.HELD)
        assert desk.twilio.sent == []
        desk.says(BUDI, "dua")
        await until(lambda: accepted(desk, 2))
    held, answer = desk.twilio.bodies(BUDI)
    assert held.endswith("Jawaban untuk: satu")
    assert answer == "Jawaban untuk: dua"


async def test_native_choices_are_sent_with_the_list(desk: Desk) -> None:
    desk.rasa.reply = lambda turn: [
        {"text": "Benar?", "choices": [{"title": "Ya", "payload": "/affirm"}]}
    ]
    async with desk.working(native_choices=True):
        desk.says(BUDI, "halo")
        await until(lambda: accepted(desk, 1))
        desk.says(BUDI, "ya")
        await until(lambda: accepted(desk, 2))
    assert len(desk.twilio.contents) == 1
    assert len(desk.rows(ProviderContent)) == 1
    assert "1. Ya" in desk.twilio.sent[1].form["ContentVariables"]
    assert desk.rasa.turns[1]["payload"] == "/affirm"
    assert desk.rasa.turns[1]["text"] == "ya"
