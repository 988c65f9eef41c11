"""More facts for a ticket: the addition form's one validation action."""

from __future__ import annotations

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.answer import Answer, Say, say, slot_events, utter
from actions.asides import aside, elsewhere
from actions.tickets import add, mine
from actions.turn import Turn, read_turn, uuids
from wadul.core.addition import (
    Adding,
    Addition,
    Ask,
    Ending,
    advance_addition,
    begin_addition,
)

CHOICES = 3
_OFFERS = ("add", "continue")


class ValidateAdditionForm(Action):  # type: ignore[misc] # rasa_sdk ships no types
    def name(self) -> str:
        return "validate_addition_form"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        turn = read_turn(tracker)
        addition = Addition.from_slot(turn.slots.get("addition"))
        numbers = [view.number for view in await mine(turn) if view.is_open]
        if addition is None:
            offered = turn.pending if turn.offer in _OFFERS else None
            fresh = turn.fresh_ticket
            step = begin_addition(turn.said, offered, numbers, fresh.number if fresh else None)
        else:
            step = advance_addition(addition, turn.said, numbers)
        answer = await _answer(turn, step, numbers)
        for one in answer.says:
            utter(dispatcher, one)
        kept = None if step.ending else step.addition.to_slot()
        return [
            *slot_events(turn, answer.slots),
            SlotSet("addition", kept),
            SlotSet("requested_slot", None if step.ending else f"addition_{step.addition.asked}"),
        ]


async def _answer(turn: Turn, step: Adding, numbers: list[str]) -> Answer:
    number = step.addition.number or ""
    match step.ending:
        case None:
            return Answer([_question(step.addition, numbers)])
        case Ending.ADD:
            added = await add(turn, number, uuids(step.addition.message_ids))
            if not turn.said.clearly("emergency"):
                return added
            emergency = await aside(turn, "emergency")
            return Answer([*emergency.says, *added.says], added.slots)
        case Ending.UNKNOWN_NUMBER:
            return Answer([say("utter_ticket_not_found", number=number)])
        case Ending.NO_TICKET:
            return Answer([say("utter_no_open_ticket")], {"offer": "report"})
        case Ending.LEFT:
            return await elsewhere(turn)
    return Answer([say("utter_addition_cancelled")])


def _question(addition: Addition, numbers: list[str]) -> Say:
    if addition.asked is Ask.FACTS:
        return say("utter_ask_facts", number=addition.number)
    buttons = [
        {"title": number, "payload": f'/ticket_add{{"ticket_number": "{number}"}}'}
        for number in numbers[:CHOICES]
    ]
    return Say("utter_ask_which_ticket", buttons=buttons)
