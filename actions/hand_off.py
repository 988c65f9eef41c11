"""From the bot to people."""

from __future__ import annotations

from dataclasses import replace

from actions.answer import Answer, TurnAction, say, text
from actions.drafts import ticket_draft
from actions.turn import Turn, uuids
from actions.wiring import wadul
from wadul.core.dates import spell_date
from wadul.core.last_ticket import LastTicket
from wadul.core.report import Draft
from wadul.core.said import Said, tells_something
from wadul.core.states import HandOffReason
from wadul.usecases.hand_offs import request_hand_off, unknown_matter
from wadul.usecases.tickets import TicketView

_WORDS_WITH_A_MATTER = 7
"""Whoever says more than "mau bicara langsung sama petugas kecamatan" tells what it is about."""


async def hand_off(turn: Turn, reason: HandOffReason, report: Draft | None = None) -> Answer:
    """Queue, or a ticket with a promised date and all that the unfinished `report` knew."""
    earlier = report.message_ids if report else ()
    waiting = turn.pending.message_ids if turn.pending else ()
    ids = (*earlier, *waiting, *turn.misses.message_ids, *turn.said.message_ids)
    message_ids = uuids(ids)
    draft = replace(ticket_draft(report), message_ids=message_ids) if report else None
    last = turn.fresh_ticket
    result = await wadul().database.run(
        request_hand_off,
        turn.office,
        conversation_id=turn.conversation_id,
        turn_id=turn.turn_id,
        reason=reason,
        draft=draft or unknown_matter(message_ids),
        now=turn.now,
        last_number=last.number if last and last.hand_off and not report else None,
    )
    sorry = [] if reason is HandOffReason.ASKED else [say("utter_sorry_hand_off")]
    if result.ticket:
        due = spell_date(result.ticket.due_at)
        told = say("utter_nobody_on_duty", number=result.ticket.number, due=due)
        if last is None or last.number != result.ticket.number:
            told_before = len(message_ids) > len(turn.message_ids)
            last = _filed(turn, result.ticket, with_matter=told_before or _has_matter(turn.said))
        return Answer([*sorry, told], {"last_ticket": last.to_slot()})
    queued = [say("utter_queued", position=result.position)]
    if result.break_ends:
        ends = f"{result.break_ends.astimezone(turn.office.zone):%H.%M}"
        queued.append(text(f"Saat ini jam istirahat; petugas menjawab setelah pukul {ends}."))
    return Answer([*sorry, *queued])


def _filed(turn: Turn, ticket: TicketView, *, with_matter: bool) -> LastTicket:
    category = ticket.category if with_matter else None
    return LastTicket(ticket.number, turn.at, hand_off=True, category=category, desa=ticket.desa)


def _has_matter(said: Said) -> bool:
    return bool(said.entities) or tells_something(said, _WORDS_WITH_A_MATTER)


class ActionHandOff(TurnAction):
    """After "mau bicara sama orang", and after a report that a person takes over."""

    def name(self) -> str:
        return "action_hand_off"

    async def answer(self, turn: Turn) -> Answer:
        report = Draft.from_slot(turn.slots.get("report"))
        reason = (report and report.reason) or HandOffReason.ASKED
        answer = await hand_off(turn, reason, report)
        return answer.then(report=None, outcome=None)
