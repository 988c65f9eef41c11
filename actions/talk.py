"""Greetings and small talk, and what was not understood."""

from __future__ import annotations

from datetime import date

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, FollowupAction
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions import tickets
from actions.answer import Answer, TurnAction, say, text
from actions.consultation import consultation
from actions.hand_off import hand_off
from actions.turn import Turn
from wadul.core.other_bodies import body_for
from wadul.core.said import Pending, is_angry
from wadul.core.states import HandOffReason
from wadul.core.talk import Doubt, Stray, doubt, greeting, is_small_talk, needs_a_person, stray
from wadul.office.answers import answer_faq
from wadul.office.matching import find_faq

SMALL_TALK = {
    "menu": "utter_menu",
    "thanks": "utter_thanks",
    "goodbye": "utter_goodbye",
    "bot_challenge": "utter_bot_challenge",
    "spam": "utter_spam",
}


async def greet(turn: Turn) -> Answer:
    hello = greeting(turn.said.text, turn.now.astimezone(turn.office.zone).hour)
    return Answer([say("utter_greet", greeting=hello, office=turn.office.name)])


async def small_talk(turn: Turn) -> Answer:
    if not is_small_talk(turn.said):
        return await ask_kind(turn)
    return Answer([say(SMALL_TALK[turn.said.intent], office=turn.office.name)])


async def insult(turn: Turn) -> Answer:
    if needs_a_person(turn.misses, angry=True):
        return await hand_off(turn, HandOffReason.ANGER)
    pending = Pending.of(turn.said).to_slot()
    misses = turn.misses.plus(turn.said).to_slot()
    return Answer([say("utter_insult")], {"pending": pending, "misses": misses})


async def unclear(turn: Turn) -> Answer:
    """A frequent question may still fit; otherwise a miss, and after two of them a person."""
    if turn.said.only_files:
        return await tickets.files(turn)
    entry = find_faq(turn.office, turn.said.text)
    if entry:
        return Answer([text(answer_faq(turn.office, entry, _today(turn)))])
    if waiting := await tickets.needing_facts(turn):
        return tickets.offer_to_add(turn, waiting)
    made_of_it = doubt(turn.said)
    if made_of_it is Doubt.QUESTION:
        return await consultation(turn)
    if turn.said.intent == "out_of_scope" and made_of_it is Doubt.NOTHING:
        return Answer([say("utter_out_of_scope", office=turn.office.name)])
    misses = turn.misses.plus(turn.said)
    angry = is_angry(turn.said)
    if needs_a_person(misses, angry=angry):
        reason = HandOffReason.ANGER if angry else HandOffReason.NOT_UNDERSTOOD
        return await hand_off(turn, reason)
    if (fresh := turn.fresh_ticket) and fresh.hand_off:
        return tickets.offer_to_add(turn, fresh.number).then(misses=misses.to_slot())
    if made_of_it is Doubt.KIND:
        return (await ask_kind(turn)).then(misses=misses.to_slot())
    pending = Pending.of(turn.said).to_slot()
    return Answer(
        [say("utter_unclear")],
        {"misses": misses.to_slot(), "pending": pending, "offer": "report"},
    )


async def ask_kind(turn: Turn) -> Answer:
    return Answer(
        [say("utter_ask_kind")], {"offer": "kind", "pending": Pending.of(turn.said).to_slot()}
    )


async def out_of_area(turn: Turn) -> Answer:
    pending = {"offer": "report", "pending": Pending.of(turn.said).to_slot()}
    place = turn.said.value("out_of_area_place")
    entry = None if place else find_faq(turn.office, turn.said.text)
    if entry:
        return Answer([text(answer_faq(turn.office, entry, _today(turn)))])
    if place:
        body = _neighbour(turn, str(place))
        return Answer(
            [say("utter_out_of_area", place=place, body=body, office=turn.office.name)], pending
        )
    other = body_for(turn.said.text)
    if other:
        return Answer([say("utter_other_body", body=other)], pending)
    return Answer([say("utter_maybe_elsewhere", office=turn.office.name)], pending)


async def stray_word(turn: Turn) -> Answer:
    if turn.said.intent in ("inform", "correct") and (waiting := await tickets.needing_facts(turn)):
        return await tickets.add(turn, waiting, turn.message_ids)
    fresh = turn.fresh_ticket
    match stray(turn.said, offered=turn.offer is not None, fresh_ticket=fresh is not None):
        case Stray.DECLINED:
            return Answer([say("utter_declined")])
        case Stray.READY:
            return Answer([say("utter_ready")])
        case Stray.NOTED if fresh:
            return Answer([say("utter_ticket_noted", number=fresh.number)])
        case Stray.ADD if fresh:
            return await tickets.add(turn, fresh.number, turn.message_ids)
        case Stray.WITHDRAW:
            return await tickets.withdraw(turn)
        case Stray.ASK_KIND:
            return await ask_kind(turn)
    return await unclear(turn)


def _today(turn: Turn) -> date:
    return turn.now.astimezone(turn.office.zone).date()


def _neighbour(turn: Turn, place: str) -> str:
    known = turn.office.neighbour_named(place)
    kind = known.kind.capitalize() if known else "Kecamatan"
    return f"Kantor {kind} {place}" if kind == "Kecamatan" else f"pemerintah {kind} {place}"


class ActionGreet(TurnAction):
    def name(self) -> str:
        return "action_greet"

    async def answer(self, turn: Turn) -> Answer:
        return await greet(turn)


class ActionSmallTalk(TurnAction):
    def name(self) -> str:
        return "action_small_talk"

    async def answer(self, turn: Turn) -> Answer:
        return await small_talk(turn)


class ActionInsult(TurnAction):
    def name(self) -> str:
        return "action_insult"

    async def answer(self, turn: Turn) -> Answer:
        return await insult(turn)


class ActionUnclear(TurnAction):
    def name(self) -> str:
        return "action_unclear"

    async def answer(self, turn: Turn) -> Answer:
        return await unclear(turn)


class ActionDefaultFallback(TurnAction):
    """No rule fits, e.g. a turn without any intent: never silence.

    Nor can a rule say what follows, so the action does: it would be predicted again and again.
    """

    def name(self) -> str:
        return "action_default_fallback"

    async def answer(self, turn: Turn) -> Answer:
        return await unclear(turn)

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        events = await super().run(dispatcher, tracker, domain)
        return [*events, FollowupAction("action_listen")]


class ActionAskKind(TurnAction):
    def name(self) -> str:
        return "action_ask_kind"

    async def answer(self, turn: Turn) -> Answer:
        return await ask_kind(turn)


class ActionOutOfArea(TurnAction):
    def name(self) -> str:
        return "action_out_of_area"

    async def answer(self, turn: Turn) -> Answer:
        return await out_of_area(turn)


class ActionStray(TurnAction):
    def name(self) -> str:
        return "action_stray"

    async def answer(self, turn: Turn) -> Answer:
        return await stray_word(turn)
