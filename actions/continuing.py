"""A complaint minutes after a hand-off with nobody on duty: is it the matter of that one?"""

from __future__ import annotations

from actions.answer import Answer, TurnAction, say
from actions.tickets import add
from actions.turn import Turn, uuids
from actions.wiring import wadul
from wadul.core.last_ticket import Continuation, continuation
from wadul.core.moves import says_report
from wadul.core.report import Draft
from wadul.core.said import Pending
from wadul.core.states import TicketClass
from wadul.exceptions import NotFound
from wadul.usecases.tickets import own_ticket


async def continued(turn: Turn, report: Draft) -> Continuation:
    """`report`: what the turn would begin."""
    last = turn.fresh_ticket
    if last is None or turn.said.tapped:
        return Continuation.NEW
    try:
        ticket = await wadul().database.run(
            own_ticket, turn.office.id, turn.contact_id, last.number
        )
    except NotFound:
        return Continuation.NEW
    if not ticket.is_open:
        return Continuation.NEW
    return continuation(
        report,
        last,
        supervisory=ticket.class_ is TicketClass.SUPERVISORY,
        says_report=says_report(turn.said),
    )


class ActionContinueTicket(TurnAction):
    """Adds the complaint to the ticket of the hand-off, or asks whether to."""

    def name(self) -> str:
        return "action_continue_ticket"

    async def answer(self, turn: Turn) -> Answer:
        report, last = Draft.from_slot(turn.slots.get("report")), turn.fresh_ticket
        if report is None or last is None:
            raise LookupError("there is no hand-off to continue")
        if await continued(turn, report) is Continuation.ADD:
            added = await add(turn, last.number, uuids(report.message_ids))
            last = last.with_report(report)
            return added.then(last_ticket=last.to_slot(), report=None, outcome=None)
        pending = Pending.of(turn.said, last.number).to_slot()
        asked = Answer([say("utter_ask_continue", number=last.number)])
        return asked.then(offer="continue", pending=pending, report=None, outcome=None)
