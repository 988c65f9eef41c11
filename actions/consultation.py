"""Answers about services and the office itself."""

from __future__ import annotations

from dataclasses import replace

from actions.answer import Answer, TurnAction, say, text
from actions.turn import Turn
from wadul.core.consultation import GENERAL, Consulted, Wanted, remembered, what_is_wanted
from wadul.core.said import Pending, Said
from wadul.office.answers import (
    answer_contact,
    answer_faq,
    answer_hours,
    answer_place,
    answer_service,
)
from wadul.office.matching import find_faq

_OFFICE_ENTRIES = ("opening_hours", "location")


async def consultation(turn: Turn) -> Answer:
    """The service's aspect, the office's hours, place or contact, a frequent question, or which?"""
    said, pending = turn.said, turn.pending
    if pending and turn.offer == "kind":
        said = pending.as_said(pending.best("consultation"))
        if not said.aspect and "document_status" in pending.alternatives:
            return _document_status(pending)
    memory = Consulted.from_slot(turn.slots.get("consulted"))
    wanted = what_is_wanted(said, memory)
    after = remembered(memory, wanted)
    slots = {"consulted": after.to_slot()}
    service = turn.office.service(wanted.service) if wanted.service else None
    today = turn.now.astimezone(turn.office.zone).date()
    if service and said.value("service"):
        return Answer([text(answer_service(service, wanted.aspect, today, turn.office))], slots)
    entry = find_faq(turn.office, said.text)
    if entry and entry.id not in _OFFICE_ENTRIES and not (service and len(said.words) <= 3):
        return Answer([text(answer_faq(turn.office, entry, today))])
    if service:
        return Answer([text(answer_service(service, wanted.aspect, today, turn.office))], slots)
    if wanted.office:
        return Answer([text(_of_office(turn, wanted))], slots)
    return _which_service(said, memory, after)


def _which_service(said: Said, memory: Consulted, after: Consulted) -> Answer:
    """Asked once; then it is time for a person or a written question."""
    if memory.waiting:
        pending = Pending.of(said).to_slot()
        return Answer(
            [say("utter_no_answer")],
            {"consulted": None, "pending": pending, "offer": "report"},
        )
    waiting = replace(after, waiting=after.waiting or GENERAL)
    return Answer([say("utter_ask_service")], {"consulted": waiting.to_slot()})


def _of_office(turn: Turn, wanted: Wanted) -> str:
    today = turn.now.astimezone(turn.office.zone).date()
    match wanted.aspect:
        case "contact":
            return answer_contact(turn.office, today)
        case "place":
            return answer_place(turn.office, today)
    return answer_hours(turn.office, turn.now)


async def document_status(turn: Turn) -> Answer:
    """The bot sees no registers; it says so and offers two ways."""
    return _document_status(Pending.of(turn.said))


def _document_status(pending: Pending) -> Answer:
    asked = replace(pending, label="document_status").to_slot()
    return Answer([say("utter_document_status")], {"pending": asked, "offer": "report"})


class ActionConsultation(TurnAction):
    def name(self) -> str:
        return "action_consultation"

    async def answer(self, turn: Turn) -> Answer:
        return await consultation(turn)


class ActionDocumentStatus(TurnAction):
    def name(self) -> str:
        return "action_document_status"

    async def answer(self, turn: Turn) -> Answer:
        return await document_status(turn)
