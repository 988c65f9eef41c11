"""DATA SAYA, HAPUS DATA, BERHENTI, MULAI."""

from __future__ import annotations

from actions.answer import Answer, TurnAction, say
from actions.turn import Turn
from actions.wiring import wadul
from wadul.core.dates import local_date, spell_date
from wadul.core.said import Pending
from wadul.core.states import PrivacyRequestKind
from wadul.models import PrivacyRequest
from wadul.usecases import privacy


async def my_data(turn: Turn) -> Answer:
    await _note(turn, PrivacyRequestKind.ACCESS)
    held = await wadul().database.run(privacy.describe, turn.office.id, turn.contact_id)
    numbers = ", ".join(held.tickets)
    return Answer(
        [
            say(
                "utter_privacy_data",
                office=turn.office.name,
                since=spell_date(local_date(held.since, turn.office.timezone)),
                messages=held.messages,
                attachments=held.attachments,
                tickets=f"laporan {numbers}" if numbers else "belum ada laporan",
            )
        ]
    )


async def ask_erase(turn: Turn) -> Answer:
    pending = Pending.of(turn.said).to_slot()
    return Answer([say("utter_ask_erase")], {"offer": "erase", "pending": pending})


async def erase(turn: Turn) -> Answer:
    noted = await _note(turn, PrivacyRequestKind.ERASURE)
    due = spell_date(local_date(noted.due_at, turn.office.timezone))
    return Answer([say("utter_erase_noted", due=due)])


async def stop(turn: Turn) -> Answer:
    await _note(turn, PrivacyRequestKind.STOP)
    return Answer([say("utter_privacy_stop")])


async def _note(turn: Turn, kind: PrivacyRequestKind) -> PrivacyRequest:
    return await wadul().database.run(
        privacy.request,
        turn.office.id,
        contact_id=turn.contact_id,
        turn_id=turn.turn_id,
        kind=kind,
        now=turn.now,
    )


class ActionPrivacyData(TurnAction):
    def name(self) -> str:
        return "action_privacy_data"

    async def answer(self, turn: Turn) -> Answer:
        return await my_data(turn)


class ActionPrivacyErase(TurnAction):
    """Asks first; also reached from a report that this ends."""

    def name(self) -> str:
        return "action_privacy_erase"

    async def answer(self, turn: Turn) -> Answer:
        return (await ask_erase(turn)).then(report=None, outcome=None)


class ActionEraseData(TurnAction):
    """Yes: note the request."""

    def name(self) -> str:
        return "action_erase_data"

    async def answer(self, turn: Turn) -> Answer:
        return await erase(turn)


class ActionPrivacyStop(TurnAction):
    def name(self) -> str:
        return "action_privacy_stop"

    async def answer(self, turn: Turn) -> Answer:
        return (await stop(turn)).then(report=None, outcome=None)


class ActionPrivacyStart(TurnAction):
    def name(self) -> str:
        return "action_privacy_start"

    async def answer(self, turn: Turn) -> Answer:
        await _note(turn, PrivacyRequestKind.START)
        return Answer([say("utter_privacy_start")])
