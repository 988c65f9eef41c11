"""Side questions in the middle of a form: the same answers as outside, without their offers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from actions.answer import Answer, Say, say, text
from actions.consultation import consultation, document_status
from actions.hand_off import hand_off
from actions.privacy import ask_erase, my_data, stop
from actions.talk import greet, small_talk
from actions.tickets import open_again, status, withdraw
from actions.turn import Turn
from wadul.core.moves import says_check
from wadul.core.states import HandOffReason
from wadul.office.answers import answer_emergency

_SAME_AS_OUTSIDE: dict[str, Callable[[Turn], Awaitable[Answer]]] = {
    "consultation": consultation,
    "greet": greet,
    "thanks": small_talk,
    "goodbye": small_talk,
    "bot_challenge": small_talk,
    "spam": small_talk,
    "ticket_status": status,
    "privacy_data": my_data,
}
_LEAVING = _SAME_AS_OUTSIDE | {
    "document_status": document_status,
    "ticket_reopen": open_again,
    "ticket_withdraw": withdraw,
    "privacy_erase": ask_erase,
    "privacy_stop": stop,
}
_SHORT = {
    "insult": "utter_insult_here",
    "menu": "utter_report_kept",
    "document_status": "utter_document_status_here",
    "out_of_scope": "utter_not_understood_here",
}


async def aside(turn: Turn, intent: str, emergency: str = "") -> Answer:
    """`emergency` is the kind (fire, flood, …) when the turn itself does not tell it."""
    if intent == "emergency":
        kind = turn.said.aspect if turn.said.intent == "emergency" else emergency
        return Answer([text(answer_emergency(turn.office, kind or "other"))])
    if intent in _SHORT:
        return Answer([say(_SHORT[intent])])
    answer = await _SAME_AS_OUTSIDE[intent](turn)
    kept = {name: value for name, value in answer.slots.items() if name == "consulted"}
    return Answer([_without_menu(one) for one in answer.says], kept)


async def elsewhere(turn: Turn) -> Answer:
    """The full answer to a turn that leaves a form for another matter."""
    if says_check(turn.said):
        return await status(turn)
    match turn.said.intent:
        case "human_request":
            return await hand_off(turn, HandOffReason.ASKED)
        case "menu":
            return await small_talk(turn)
    return await _LEAVING[turn.said.intent](turn)


def _without_menu(one: Say) -> Say:
    """The form's own question follows, so the greeting comes without choices."""
    if one.response in ("utter_greet", "utter_no_tickets", "utter_no_answer"):
        return Say(f"{one.response}_here", one.values)
    return one
