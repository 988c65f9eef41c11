"""What an action says and remembers, and the one base class that hands it to Rasa."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.turn import Turn, read_turn

FORGOTTEN_EACH_TURN = ("offer", "pending", "misses")
"""Slots that only live until the next turn, unless it sets them again."""


@dataclass(frozen=True)
class Say:
    """A response of the domain with its variables, or a ready text."""

    response: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""
    buttons: Sequence[Mapping[str, str]] = ()


def say(response: str, **values: Any) -> Say:
    return Say(response, values)


def text(words: str) -> Say:
    return Say(text=words)


@dataclass(frozen=True)
class Answer:
    says: Sequence[Say]
    slots: Mapping[str, Any] = field(default_factory=dict)

    def then(self, *more: Say, **slots: Any) -> Answer:
        return Answer((*self.says, *more), {**self.slots, **slots})


class TurnAction(Action, ABC):  # type: ignore[misc] # rasa_sdk ships no types
    """Subclasses answer a turn; a raised exception fails the whole turn, which then runs again."""

    @abstractmethod
    async def answer(self, turn: Turn) -> Answer: ...

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        turn = read_turn(tracker)
        answer = await self.answer(turn)
        for one in answer.says:
            utter(dispatcher, one)
        return slot_events(turn, answer.slots)


def utter(dispatcher: CollectingDispatcher, one: Say) -> None:
    buttons = [dict(button) for button in one.buttons]
    if one.response:
        dispatcher.utter_message(response=one.response, buttons=buttons, **one.values)
    elif one.text:
        dispatcher.utter_message(text=one.text, buttons=buttons)


def slot_events(turn: Turn, slots: Mapping[str, Any]) -> list[EventType]:
    """Only what changes; what lives for one turn is cleared."""
    wanted = {**dict.fromkeys(FORGOTTEN_EACH_TURN), **slots}
    return [SlotSet(name, value) for name, value in wanted.items() if value != turn.slots.get(name)]
