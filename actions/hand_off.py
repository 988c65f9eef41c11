"""From the bot to people."""

from __future__ import annotations

from collections.abc import Sequence

from actions.answer import Answer, TurnAction, say
from actions.turn import Turn, uuids
from actions.wiring import wadul
from wadul.core.dates import spell_date
from wadul.core.report import Draft
from wadul.core.states import HandOffReason
from wadul.usecases.hand_offs import request_hand_off


async def hand_off(turn: Turn, reason: HandOffReason, earlier: Sequence[str] = ()) -> Answer:
    """Queue, or a ticket with a promised date. `earlier`: messages that belong to the matter."""
    waiting = turn.pending.message_ids if turn.pending else ()
    ids = (*earlier, *waiting, *turn.misses.message_ids, *turn.said.message_ids)
    result = await wadul().database.run(
        request_hand_off,
        turn.office,
        conversation_id=turn.conversation_id,
        turn_id=turn.turn_id,
        reason=reason,
        message_ids=uuids(ids),
        now=turn.now,
    )
    sorry = [] if reason is HandOffReason.ASKED else [say("utter_sorry_hand_off")]
    if result.ticket:
        due = spell_date(result.ticket.due_at)
        told = say("utter_nobody_on_duty", number=result.ticket.number, due=due)
        last = {"number": result.ticket.number, "at": turn.now.isoformat()}
        return Answer([*sorry, told], {"last_ticket": last})
    return Answer([*sorry, say("utter_queued", position=result.position)])


class ActionHandOff(TurnAction):
    """After "mau bicara sama orang", and after a report that a person takes over."""

    def name(self) -> str:
        return "action_hand_off"

    async def answer(self, turn: Turn) -> Answer:
        draft = Draft.from_slot(turn.slots.get("report")) or Draft()
        reason = draft.reason or HandOffReason.ASKED
        answer = await hand_off(turn, reason, draft.message_ids)
        return answer.then(report=None, outcome=None)
