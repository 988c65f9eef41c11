"""From the bot to people."""

from __future__ import annotations

from dataclasses import replace

from actions.answer import Answer, TurnAction, say, text
from actions.drafts import ticket_draft
from actions.turn import Turn, uuids
from actions.wiring import wadul
from wadul.core.dates import spell_date
from wadul.core.report import Draft
from wadul.core.states import HandOffReason
from wadul.usecases.hand_offs import request_hand_off, unknown_matter


async def hand_off(turn: Turn, reason: HandOffReason, report: Draft | None = None) -> Answer:
    """Queue, or a ticket with a promised date and all that the unfinished `report` knew."""
    earlier = report.message_ids if report else ()
    waiting = turn.pending.message_ids if turn.pending else ()
    ids = (*earlier, *waiting, *turn.misses.message_ids, *turn.said.message_ids)
    message_ids = uuids(ids)
    draft = replace(ticket_draft(report), message_ids=message_ids) if report else None
    result = await wadul().database.run(
        request_hand_off,
        turn.office,
        conversation_id=turn.conversation_id,
        turn_id=turn.turn_id,
        reason=reason,
        draft=draft or unknown_matter(message_ids),
        now=turn.now,
    )
    sorry = [] if reason is HandOffReason.ASKED else [say("utter_sorry_hand_off")]
    if result.ticket:
        due = spell_date(result.ticket.due_at)
        told = say("utter_nobody_on_duty", number=result.ticket.number, due=due)
        last = {"number": result.ticket.number, "at": turn.now.isoformat()}
        return Answer([*sorry, told], {"last_ticket": last})
    queued = [say("utter_queued", position=result.position)]
    if result.break_ends:
        ends = f"{result.break_ends.astimezone(turn.office.zone):%H.%M}"
        queued.append(text(f"Saat ini jam istirahat; petugas menjawab setelah pukul {ends}."))
    return Answer([*sorry, *queued])


class ActionHandOff(TurnAction):
    """After "mau bicara sama orang", and after a report that a person takes over."""

    def name(self) -> str:
        return "action_hand_off"

    async def answer(self, turn: Turn) -> Answer:
        report = Draft.from_slot(turn.slots.get("report"))
        reason = (report and report.reason) or HandOffReason.ASKED
        answer = await hand_off(turn, reason, report)
        return answer.then(report=None, outcome=None)
