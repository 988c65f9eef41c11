"""The whole way through the worker: message, turn, Rasa, outbox, Twilio."""

from __future__ import annotations

import pytest

from wadul.core.states import DeliveryState, HandOffReason, InboundState, TurnState
from wadul.models import HandOff

from .conftest import OFFICE, Desk, until

pytestmark = pytest.mark.integration

BUDI = "whatsapp:+628120000001"


async def test_a_message_is_answered_once(desk: Desk) -> None:
    desk.says(BUDI, "halo")
    async with desk.working():
        await until(lambda: [o for o in desk.outbound if o.state is DeliveryState.ACCEPTED])

    assert len(desk.twilio.sent) == 1
    form = desk.twilio.sent[0].form
    assert form["Body"].endswith("Jawaban untuk: halo")
    assert form["Body"].startswith(desk.offices[OFFICE].notice)
    assert form["From"] == "whatsapp:+14155238886"
    assert form["StatusCallback"] == "https://wadul.example.id/webhooks/twilio/status"
    (turn,) = desk.turns
    assert (turn.state, turn.intent, turn.confidence) == (TurnState.DONE, "greet", 0.9)
    (message,) = desk.inbound
    assert (message.state, message.turn_id) == (InboundState.JOINED, turn.id)
    (sent,) = desk.outbound
    assert sent.external_id == desk.twilio.sent[0].sid
    conversation = desk.conversation(BUDI)
    assert conversation.turn_due_at is None
    assert conversation.leased_by is None


async def test_the_notice_is_said_only_once(desk: Desk) -> None:
    desk.says(BUDI, "halo")
    async with desk.working():
        await until(lambda: desk.twilio.bodies(BUDI))
        desk.says(BUDI, "syarat KK")
        await until(lambda: len(desk.twilio.bodies(BUDI)) == 2)
    assert desk.twilio.bodies(BUDI)[1] == "Jawaban untuk: syarat KK"


async def test_after_a_person_helped_the_bot_begins_anew_and_says_so(desk: Desk) -> None:
    desk.says(BUDI, "halo")
    async with desk.working():
        await until(lambda: desk.twilio.bodies(BUDI))
        conversation = desk.conversation(BUDI)
        now = desk.clock.now()
        with desk.database.transaction() as session:
            session.add(
                HandOff(
                    office_id=OFFICE,
                    conversation_id=conversation.id,
                    reason=HandOffReason.OPERATOR,
                    queued_at=now,
                    taken_at=now,
                    returned_at=now,
                    note="syarat KK hilang",
                )
            )
        desk.says(BUDI, "makasih")
        await until(lambda: len(desk.twilio.bodies(BUDI)) == 2)
        desk.says(BUDI, "kalau akta?")
        await until(lambda: len(desk.twilio.bodies(BUDI)) == 3)
    assert desk.twilio.bodies(BUDI)[1] == (
        "Tadi petugas kami sudah membantu Bapak/Ibu soal syarat KK hilang.\n\n"
        "Jawaban untuk: makasih"
    )
    assert desk.twilio.bodies(BUDI)[2] == "Jawaban untuk: kalau akta?"
    assert desk.rasa.forgotten == [str(conversation.id)]
