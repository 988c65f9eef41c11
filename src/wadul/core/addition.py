"""More facts for a ticket that exists: which ticket, and which messages are the facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from wadul.core.moves import is_cancel, says_check, says_no, says_yes
from wadul.core.said import Pending, Said, is_noise, tells_something

ASK_LIMIT = 2

_ELSEWHERE = (
    "consultation",
    "ticket_status",
    "ticket_withdraw",
    "ticket_reopen",
    "human_request",
    "privacy_data",
    "privacy_erase",
    "privacy_stop",
    "greet",
    "menu",
    "bot_challenge",
    "document_status",
    "thanks",
    "goodbye",
)


class Ask(StrEnum):
    WHICH = "which"
    FACTS = "facts"


class Ending(StrEnum):
    ADD = "add"
    NO_TICKET = "no_ticket"
    UNKNOWN_NUMBER = "unknown_number"
    CANCELLED = "cancelled"
    LEFT = "left"  # they speak of something else; the rules take it from here


@dataclass(frozen=True)
class Addition:
    """The messages that wait until the ticket is known, or the ticket that waits for messages."""

    number: str | None = None
    message_ids: tuple[str, ...] = ()
    asked: Ask | None = None
    misses: int = 0

    def to_slot(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "message_ids": list(self.message_ids),
            "asked": self.asked,
            "misses": self.misses,
        }

    @classmethod
    def from_slot(cls, slot: Mapping[str, Any] | None) -> Addition | None:
        if not slot:
            return None
        asked = Ask(slot["asked"]) if slot["asked"] else None
        return cls(slot["number"], tuple(slot["message_ids"]), asked, slot["misses"])


@dataclass(frozen=True)
class Adding:
    """A step: either a question (`addition.asked`) or an ending."""

    addition: Addition
    ending: Ending | None = None


def begin_addition(
    said: Said, offered: Pending | None, open_numbers: Sequence[str], fresh: str | None = None
) -> Adding:
    """`offered`: what the bot asked about whether to add it. `open_numbers`: the contact's open
    tickets, newest first; `fresh`: the one just filed."""
    ids = tuple(offered.message_ids) if offered else ()
    fresh = (offered and offered.number) or fresh
    if _has_facts(said):
        ids = (*ids, *said.message_ids)
    addition = Addition(message_ids=tuple(dict.fromkeys(ids)))
    named = said.value("ticket_number")
    if named:
        if named not in open_numbers:
            return Adding(replace(addition, number=str(named)), Ending.UNKNOWN_NUMBER)
        return _with_number(addition, str(named))
    if not open_numbers:
        return Adding(addition, Ending.NO_TICKET)
    if fresh in open_numbers or len(open_numbers) == 1:
        return _with_number(addition, fresh if fresh and fresh in open_numbers else open_numbers[0])
    return Adding(replace(addition, asked=Ask.WHICH))


def advance_addition(addition: Addition, said: Said, open_numbers: Sequence[str]) -> Adding:
    if is_cancel(said) or says_no(said):
        return Adding(addition, Ending.CANCELLED)
    if says_check(said) or (said.clearly(*_ELSEWHERE) and not said.attachments):
        return Adding(addition, Ending.LEFT)
    named = said.value("ticket_number")
    if addition.asked is Ask.WHICH:
        ids = addition.message_ids
        if not said.tapped and _has_facts(said):
            ids = (*ids, *said.message_ids)
        addition = replace(addition, message_ids=tuple(dict.fromkeys(ids)))
        if not open_numbers:
            return Adding(addition, Ending.NO_TICKET)
        if named in open_numbers:
            return _with_number(addition, str(named))
        if addition.misses + 1 >= ASK_LIMIT:
            return _with_number(addition, open_numbers[0])
        return Adding(replace(addition, misses=addition.misses + 1))
    if (is_noise(said) or says_yes(said)) and not said.attachments and not said.pin:
        if addition.misses + 1 >= ASK_LIMIT:
            return Adding(addition, Ending.CANCELLED)
        return Adding(replace(addition, misses=addition.misses + 1))
    ids = tuple(dict.fromkeys((*addition.message_ids, *said.message_ids)))
    return Adding(replace(addition, message_ids=ids), Ending.ADD)


def _with_number(addition: Addition, number: str) -> Adding:
    addition = replace(addition, number=number, asked=Ask.FACTS, misses=0)
    return Adding(addition, Ending.ADD if addition.message_ids else None)


def _has_facts(said: Said) -> bool:
    return bool(said.attachments or said.pin) or tells_something(said)
