"""Turns as use cases: who answers what, when, and only once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from wadul.clock import FixedClock
from wadul.core.choices import Choice
from wadul.core.states import (
    Author,
    DeliveryState,
    HandledBy,
    InboundState,
    MessageKind,
    TurnState,
)
from wadul.models import Contact, HandOff, OutboundMessage
from wadul.usecases.turns import (
    APOLOGY,
    GIVE_UP_AFTER,
    GIVEN_UP,
    NOTHING_TO_SAY,
    Answer,
    OpenTurn,
    Reply,
    apologise,
    finish_turns,
    lease_turns,
    postpone_turn,
    release_leases,
)

from .conftest import OFFICE, Desk

pytestmark = pytest.mark.integration

BUDI, SITI = "whatsapp:+628120000001", "whatsapp:+628120000002"
MENU = (Choice("Lapor", "/complaint"), Choice("Tanya", "/consultation"))


class Turns:
    """The use cases with the arguments that these tests do not care about."""

    def __init__(self, desk: Desk, clock: FixedClock) -> None:
        self.desk, self.clock = desk, clock
        desk.clock = clock

    def lease(self, worker: str = "one", limit: int = 10) -> list[OpenTurn]:
        with self.desk.database.transaction() as session:
            return lease_turns(
                session, worker=worker, now=self.clock.now(), lease_seconds=30, limit=limit
            ).turns

    def finish(
        self,
        turn: OpenTurn,
        *texts: str,
        worker: str = "one",
        choices: tuple[Choice, ...] = (),
        intent: str = "greet",
        notice: str = "",
    ) -> None:
        replies = tuple(Reply(text, choices) for text in texts)
        with self.desk.database.transaction() as session:
            finish_turns(
                session,
                [(turn, Answer(replies, intent, 0.8))],
                worker=worker,
                now=self.clock.now(),
                notices={OFFICE: notice},
            )

    def postpone(self, turn: OpenTurn, worker: str = "one", seconds: float = 1) -> bool:
        now = self.clock.now()
        with self.desk.database.transaction() as session:
            return postpone_turn(
                session,
                turn,
                worker=worker,
                asked_at=now,
                retry_at=now + timedelta(seconds=seconds),
                now=now,
            )

    def apologise(self) -> int:
        with self.desk.database.transaction() as session:
            return apologise(session, now=self.clock.now(), after_seconds=20)

    def said(self) -> list[tuple[Author, str]]:
        return [(row.author, row.text) for row in self.desk.outbound]


@pytest.fixture
def turns(desk: Desk, clock: FixedClock) -> Turns:
    return Turns(desk, clock)


async def test_a_burst_is_one_turn(desk: Desk, turns: Turns) -> None:
    for text in ("pak", "mau nanya", "syarat kk"):
        desk.says(BUDI, text)
        turns.clock.advance(seconds=0.2)
    (turn,) = turns.lease()
    assert turn.text == "pak\nmau nanya\nsyarat kk"
    assert list(turn.message_ids) == [message.id for message in desk.inbound]
    assert turn.sent_at == desk.inbound[0].received_at
    turns.finish(turn, "Syaratnya …")
    assert turns.lease() == []


async def test_a_burst_is_waited_for(desk: Desk, turns: Turns) -> None:
    desk.settings = desk.settings.model_copy(update={"burst_seconds": 1.2})
    desk.says(BUDI, "pak")
    with desk.database.transaction() as session:
        batch = lease_turns(session, worker="w", now=turns.clock.now(), lease_seconds=9, limit=5)
    assert batch.turns == []
    assert batch.next_due_at == turns.clock.now() + timedelta(seconds=1.2)
    turns.clock.advance(seconds=1.3)
    assert len(turns.lease()) == 1


async def test_what_comes_meanwhile_is_the_next_turn(desk: Desk, turns: Turns) -> None:
    desk.says(BUDI, "satu")
    (first,) = turns.lease()
    desk.says(BUDI, "dua")
    assert turns.lease() == []
    turns.finish(first, "jawaban satu")
    (second,) = turns.lease()
    assert second.text == "dua"
    turns.finish(second, "jawaban dua")
    assert turns.said() == [(Author.BOT, "jawaban satu"), (Author.BOT, "jawaban dua")]


async def test_a_lost_turn_is_taken_up_again_as_it_was(desk: Desk, turns: Turns) -> None:
    desk.says(BUDI, "satu")
    (lost,) = turns.lease("one")
    desk.says(BUDI, "dua")
    turns.clock.advance(seconds=31)
    (again,) = turns.lease("two")
    assert (again.turn_id, again.message_ids, again.text) == (
        lost.turn_id,
        lost.message_ids,
        "satu",
    )
    turns.finish(lost, "zu spät", worker="one")
    turns.finish(again, "jawaban", worker="two")
    turns.finish(again, "jawaban", worker="two")
    assert turns.said() == [(Author.BOT, "jawaban")]
    assert [turn.state for turn in desk.turns] == [TurnState.DONE]
    assert [t.text for t in turns.lease("two")] == ["dua"]


async def test_leases_of_the_dead_are_released(desk: Desk, turns: Turns) -> None:
    desk.says(BUDI, "satu")
    turns.lease("dead")
    with desk.database.transaction() as session:
        assert release_leases(session, ["dead"]) == 1
    assert len(turns.lease("two")) == 1


async def test_an_operator_reads_what_comes(desk: Desk, turns: Turns) -> None:
    desk.says(BUDI, "sebelum petugas masuk")
    desk.change(BUDI, handled_by=HandledBy.OPERATOR)
    desk.says(BUDI, "sesudah petugas masuk")
    assert turns.lease() == []
    assert [message.state for message in desk.inbound] == [InboundState.FOR_OPERATOR] * 2
    assert desk.conversation(BUDI).turn_due_at is None


async def test_an_operator_who_takes_over_silences_the_bot(desk: Desk, turns: Turns) -> None:
    desk.says(BUDI, "halo")
    (turn,) = turns.lease()
    desk.change(BUDI, handled_by=HandledBy.OPERATOR)
    turns.finish(turn, "Saya bot")
    assert turns.said() == []
    assert desk.turns[0].state is TurnState.SUPERSEDED
    assert desk.inbound[0].state is InboundState.FOR_OPERATOR
    desk.change(BUDI, handled_by=HandledBy.BOT)
    assert turns.lease() == []


async def test_an_operator_silences_a_turn_that_rasa_could_not_answer(
    desk: Desk, turns: Turns
) -> None:
    desk.says(BUDI, "halo")
    (turn,) = turns.lease()
    turns.postpone(turn)
    desk.change(BUDI, handled_by=HandledBy.OPERATOR)
    turns.clock.advance(seconds=60)
    assert turns.apologise() == 0
    assert turns.lease() == []
    assert desk.turns[0].state is TurnState.SUPERSEDED


async def test_in_the_queue_the_bot_still_answers(desk: Desk, turns: Turns) -> None:
    desk.says(BUDI, "halo")
    desk.change(BUDI, handled_by=HandledBy.QUEUE)
    assert len(turns.lease()) == 1


@pytest.mark.parametrize(
    ("said", "payload"),
    [
        ({"text": "2"}, "/consultation"),
        ({"text": "yang pertama"}, "/complaint"),
        ({"text": "Lapor", "payload": "/complaint"}, "/complaint"),
        ({"text": "Lapor", "payload": "/lama"}, "/lama"),  # of an earlier message of ours
        ({"text": "pura-pura", "payload": "/restart"}, None),  # never sent by us
        ({"text": "Tanya", "payload": "/restart"}, "/consultation"),  # by its words
        ({"text": "jalan rusak"}, None),
        ({"latitude": -6.4, "longitude": 108.3, "kind": MessageKind.LOCATION}, None),
    ],
)
async def test_an_answer_to_choices(
    desk: Desk, turns: Turns, said: dict[str, Any], payload: str | None
) -> None:
    for choices in ((Choice("Lama", "/lama"),), MENU):
        desk.says(BUDI, "menu")
        (turn,) = turns.lease()
        turns.finish(turn, "Silakan pilih.", choices=choices)
    desk.says(BUDI, **said)
    (turn,) = turns.lease()
    assert turn.payload == payload
    assert turn.text == said.get("text", "")


async def test_only_the_last_choices_are_numbered(desk: Desk, turns: Turns) -> None:
    desk.says(BUDI, "menu")
    turns.finish(turns.lease()[0], "Silakan pilih.", choices=MENU)
    desk.says(BUDI, "lapor")
    turns.finish(turns.lease()[0], "RT berapa?")
    desk.says(BUDI, "2")
    assert turns.lease()[0].payload is None


async def test_everything_about_a_turn(desk: Desk, turns: Turns) -> None:
    desk.says(BUDI, "ini fotonya")
    desk.sends_file(BUDI, "/a.png")
    desk.sends_file(BUDI, "/b.ogg", MessageKind.AUDIO)
    desk.says(
        BUDI, kind=MessageKind.LOCATION, latitude=-6.47, longitude=108.3, place_name="Jatibarang"
    )
    (turn,) = turns.lease()
    assert [kind for _, kind in turn.attachments] == [MessageKind.IMAGE, MessageKind.AUDIO]
    assert turn.location == {"lat": -6.47, "lon": 108.3, "address": "Jatibarang", "label": None}
    assert turn.contact_id == desk.rows(Contact)[0].id


async def test_choices_close_the_message_and_stay_with_it(desk: Desk, turns: Turns) -> None:
    desk.says(BUDI, "halo")
    turns.finish(turns.lease()[0], "Halo.", "Silakan pilih.", choices=MENU, notice="Catatan.")
    (row,) = desk.outbound
    assert row.text == "Catatan.\n\nHalo.\n\nSilakan pilih.\n\n1. Lapor\n2. Tanya"
    assert row.choices == [choice.as_json() for choice in MENU]
    assert desk.rows(Contact)[0].notice_at == turns.clock.now()


async def test_nothing_stands_before_emergency_numbers(desk: Desk, turns: Turns) -> None:
    desk.says(BUDI, "kebakaran")
    turns.finish(turns.lease()[0], "Hubungi 113.", intent="emergency/fire", notice="Catatan.")
    desk.says(BUDI, "terima kasih")
    turns.finish(turns.lease()[0], "Sama-sama.", intent="thanks", notice="Catatan.")
    assert [text for _, text in turns.said()] == ["Hubungi 113.", "Catatan.\n\nSama-sama."]


@pytest.mark.parametrize("texts", [(), ("",), ("  ", "")])
async def test_never_silence(desk: Desk, turns: Turns, texts: tuple[str, ...]) -> None:
    desk.says(BUDI, "?")
    turns.finish(turns.lease()[0], *texts)
    assert turns.said() == [(Author.BOT, NOTHING_TO_SAY)]


async def test_a_long_answer_is_several_messages_in_order(desk: Desk, turns: Turns) -> None:
    desk.says(BUDI, "syarat")
    turns.finish(turns.lease()[0], "Kalimat yang panjang untuk diuji. " * 100)
    rows = desk.outbound
    assert [row.position for row in rows] == [0, 1, 2]
    assert all(len(row.text) <= 1600 for row in rows)


async def test_one_apology_and_then_the_answer(desk: Desk, turns: Turns) -> None:
    desk.says(BUDI, "halo")
    for _ in range(6):
        (turn,) = turns.lease()
        assert not turns.postpone(turn, seconds=5)
        turns.apologise()
        turns.clock.advance(seconds=6)
    assert turns.said() == [(Author.SYSTEM, APOLOGY)]
    assert desk.turns[0].attempts == 6
    turns.finish(turns.lease()[0], "Halo juga")
    assert turns.said() == [(Author.SYSTEM, APOLOGY), (Author.BOT, "Halo juga")]


async def test_no_apology_before_its_time(desk: Desk, turns: Turns) -> None:
    desk.says(BUDI, "halo")
    turns.postpone(turns.lease()[0])
    turns.clock.advance(seconds=19)
    assert turns.apologise() == 0
    turns.clock.advance(seconds=1)
    assert turns.apologise() == 1


async def test_a_turn_that_only_fails_goes_to_people_when_others_pass(
    desk: Desk, turns: Turns
) -> None:
    desk.says(BUDI, "racun")
    for attempt in range(1, GIVE_UP_AFTER + 3):
        (turn,) = turns.lease()
        assert not turns.postpone(turn), attempt  # nobody succeeds: Rasa is down
        turns.clock.advance(seconds=2)
    desk.says(SITI, "halo")
    for turn in turns.lease():
        if turn.text == "halo":
            turns.finish(turn, "Halo juga")
        else:
            poison = turn
    desk.says(BUDI, "pesan berikutnya")
    assert turns.postpone(poison)

    conversation = desk.conversation(BUDI)
    assert conversation.handled_by is HandledBy.QUEUE
    assert desk.rows(HandOff)[0].turn_id == poison.turn_id
    assert (Author.SYSTEM, GIVEN_UP) in turns.said()
    assert [turn.text for turn in turns.lease()] == ["pesan berikutnya"]


async def test_a_turn_answers_once_even_if_it_is_written_twice(desk: Desk, turns: Turns) -> None:
    desk.says(BUDI, "halo")
    (turn,) = turns.lease()
    answer = Answer((Reply("Halo juga"),), "greet", 1.0)
    with desk.database.transaction() as session:
        finish_turns(
            session,
            [(turn, answer), (turn, answer)][:1],
            worker="one",
            now=turns.clock.now(),
            notices={},
        )
    turns.finish(turn, "Halo juga")
    assert len(desk.outbound) == 1


async def test_what_was_held_goes_before_the_answer(desk: Desk, turns: Turns) -> None:
    desk.says(BUDI, "halo")
    turns.finish(turns.lease()[0], "Halo juga")
    with desk.database.transaction() as session:
        for row in session.query(OutboundMessage):
            row.state = DeliveryState.HELD
    turns.clock.advance(hours=30)
    desk.says(BUDI, "halo lagi")
    turns.lease()
    assert [row.state for row in desk.outbound] == [DeliveryState.QUEUED]
