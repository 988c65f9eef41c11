"""Taking down and filing a report: the form's one validation action and its endings."""

from __future__ import annotations

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.answer import Answer, Say, TurnAction, say, slot_events, utter
from actions.asides import aside
from actions.continuing import continued
from actions.drafts import ticket_draft
from actions.turn import Turn, read_turn
from actions.wiring import wadul
from wadul.core.dates import spell_date
from wadul.core.intake import Outcome, Step, advance, begin
from wadul.core.last_ticket import Continuation, LastTicket
from wadul.core.report import Draft, Facts, Question
from wadul.core.states import TicketKind
from wadul.core.summary import summary_lines
from wadul.office import CATEGORIES, Office
from wadul.usecases.tickets import TicketView, file_ticket

_WAITING_OFFERS = ("report", "kind", "add", "continue")


class ValidateComplaintForm(Action):  # type: ignore[misc] # rasa_sdk ships no types
    """Reads every turn while a report is taken down; the questions are asked here too.

    `requested_slot` is `report_<question>`: no `utter_ask_report_…` exists, so Rasa asks nothing.
    """

    def name(self) -> str:
        return "validate_complaint_form"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        turn = read_turn(tracker)
        draft = Draft.from_slot(turn.slots.get("report"))
        facts = facts_of(turn.office)
        if draft is None:
            pending = turn.pending if turn.offer in _WAITING_OFFERS else None
            step = begin(turn.said, pending, facts)
            if turn.offer is None and await continued(turn, step.draft) is not Continuation.NEW:
                step = Step(step.draft, outcome=Outcome.CONTINUES)
        else:
            step = advance(draft, turn.said, facts)
        says, slots = await _told(turn, step)
        for one in says:
            utter(dispatcher, one)
        return [
            *slot_events(turn, slots | {"outcome": step.outcome}),
            SlotSet("report", step.draft.to_slot()),  # always, or Rasa rejects the form's turn
            SlotSet("requested_slot", None if step.outcome else f"report_{step.draft.asked}"),
        ]


async def _told(turn: Turn, step: Step) -> tuple[list[Say], dict[str, object]]:
    """Side answer, notes, question; and what must be remembered besides the report."""
    says: list[Say] = []
    slots: dict[str, object] = {"pending": turn.slots.get("pending") if _keeps(turn) else None}
    if step.aside:
        answer = await aside(turn, step.aside, step.draft.emergency)
        says += answer.says
        slots |= answer.slots
    says += [_note(turn, name, step.draft) for name in step.notes]
    if step.pending:
        slots["pending"] = step.pending.to_slot()
    if not step.outcome:
        says.append(question(step))
    return says, slots


def _keeps(turn: Turn) -> bool:
    """An emergency that came in between waits for the end of the report."""
    return turn.slots.get("report") is not None


def _note(turn: Turn, name: str, draft: Draft) -> Say:
    return say(name, office=turn.office.name, outside=draft.outside or "Tempat itu")


def question(step: Step) -> Say:
    """The response that asks `draft.asked`, in the words that fit how often it was asked."""
    draft = step.draft
    again = draft.misses > 0
    match draft.asked:
        case Question.STORY:
            kind = "" if draft.kind is TicketKind.COMPLAINT else f"_{draft.kind}"
            return say(f"utter_ask_story{kind}")
        case Question.LOCATION if draft.desa_unsure:
            return say("utter_ask_desa_sure", desa=draft.desa)
        case Question.LOCATION | Question.PHOTO if again:
            return say(f"utter_ask_{draft.asked}_again")
        case Question.CONFIRMED if again or step.aside:
            return say("utter_summary_short")
        case Question.CONFIRMED:
            lines = "\n".join(f"• {line}" for line in summary_lines(draft, CATEGORIES))
            return say(f"utter_summary{_privacy(draft)}", summary=lines)
    return say(f"utter_ask_{draft.asked}")


def _privacy(draft: Draft) -> str:
    if draft.supervisory and draft.anonymous:
        return "_supervisory"
    return "_private" if draft.anonymous or draft.confidential else ""


def facts_of(office: Office) -> Facts:
    return Facts(
        ambiguous_desa=frozenset(v.name for v in office.villages if v.ambiguous),
        spellings={word.lower(): v.name for v in office.villages for word in v.spellings},
        service_categories={service.code: service.category for service in office.services},
    )


class ActionSubmitReport(TurnAction):
    """Files the report; the same turn always files the same ticket."""

    def name(self) -> str:
        return "action_submit_report"

    async def answer(self, turn: Turn) -> Answer:
        draft = Draft.from_slot(turn.slots.get("report"))
        if draft is None:
            raise LookupError("there is no report to file")
        view = await wadul().database.run(
            file_ticket,
            turn.office,
            conversation_id=turn.conversation_id,
            turn_id=turn.turn_id,
            draft=ticket_draft(draft),
            now=turn.now,
        )
        last = LastTicket(view.number, turn.at).to_slot()
        filed = Answer([_receipt(view, draft)], {"last_ticket": last, **_CLOSED})
        return _with_emergency(turn, filed)


class ActionCloseReport(TurnAction):
    """Nothing is filed."""

    def name(self) -> str:
        return "action_close_report"

    async def answer(self, turn: Turn) -> Answer:
        closed = Answer([say(f"utter_{turn.slots.get('outcome')}")], _CLOSED)
        return _with_emergency(turn, closed)


_CLOSED = {"report": None, "outcome": None}


def _with_emergency(turn: Turn, answer: Answer) -> Answer:
    """The emergency that was told in between is offered as a report of its own."""
    pending = turn.pending
    if pending is None or not pending.label.startswith("emergency"):
        return answer
    return answer.then(
        say("utter_offer_emergency_report"), offer="report", pending=pending.to_slot()
    )


def _receipt(view: TicketView, draft: Draft) -> Say:
    kind = "supervisory" if draft.supervisory else str(view.kind)
    return say(
        f"utter_filed_{kind}",
        number=view.number,
        verify=spell_date(view.verify_by),
        due=spell_date(view.due_at),
    )
