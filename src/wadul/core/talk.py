"""Small decisions outside reports: how to greet, when to fetch a person, stray words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from wadul.core.said import CLEAR, Said, tells_something

MISSES_UNTIL_HAND_OFF = 2

_SALAM = re.compile(
    r"\b(a?s+al+a\w*u?\s?'?alai?k\w*|as+alam\w*|as+lm\w*|aslmkm|as+wr\w*|asw|ass|sam?lek\w*|"
    r"salam\s?alaik\w*|mikum)\b",
    re.IGNORECASE,
)
_REGIONAL = {
    re.compile(r"\bsampura?sun\b", re.IGNORECASE): "Rampes",
    re.compile(r"\bpunten\b", re.IGNORECASE): "Mangga",
    re.compile(r"\bkula\s?n[uw]+un\b", re.IGNORECASE): "Mangga",
}


def greeting(text: str, hour: int) -> str:
    """A salam is answered by a salam; otherwise the time of day. `hour` is the office's."""
    if _SALAM.search(text):
        return "Wa'alaikumsalam"
    time_of_day = _time_of_day(hour)
    for pattern, answer in _REGIONAL.items():
        if pattern.search(text):
            return f"{answer}, selamat {time_of_day}"
    return f"Selamat {time_of_day}"


def _time_of_day(hour: int) -> str:
    if 3 <= hour < 11:
        return "pagi"
    if 11 <= hour < 15:
        return "siang"
    return "sore" if 15 <= hour < 18 else "malam"


@dataclass(frozen=True)
class Misses:
    """How often in a row the bot did not understand, and which messages those were."""

    count: int = 0
    message_ids: tuple[str, ...] = ()

    def plus(self, said: Said) -> Misses:
        """A turn without one word is no reason to call a person."""
        if not said.words:
            return self
        ids = tuple(dict.fromkeys((*self.message_ids, *said.message_ids)))
        return Misses(self.count + 1, ids)

    def to_slot(self) -> dict[str, Any]:
        return {"count": self.count, "message_ids": list(self.message_ids)}

    @classmethod
    def from_slot(cls, slot: Mapping[str, Any] | None) -> Misses:
        return cls(slot["count"], tuple(slot["message_ids"])) if slot else cls()


def needs_a_person(misses: Misses, *, angry: bool) -> bool:
    """Two misses in a row, or one to somebody who is angry already."""
    return misses.count >= MISSES_UNTIL_HAND_OFF or (angry and misses.count >= 1)


class Doubt(StrEnum):
    """What may still be made of a turn that was not understood."""

    QUESTION = "question"  # it names a service, and only a question is likely
    KIND = "kind"  # a story or a service: complaint or question?
    NOTHING = "nothing"


def doubt(said: Said) -> Doubt:
    """`said.alternatives` are the classifier's likeliest labels, best first."""
    intents = [label.partition("/")[0] for label in said.alternatives]
    about_service = said.value("service") is not None
    if about_service and "consultation" in intents and "complaint" not in intents:
        return Doubt.QUESTION
    if about_service or ("complaint" in intents and tells_something(said, 3)):
        return Doubt.KIND
    return Doubt.NOTHING


def is_small_talk(said: Said) -> bool:
    """Not if it may be a complaint in disguise: "terima kasih, jalan kami jadi kolam ikan"."""
    return said.tapped or said.confidence >= CLEAR or not tells_something(said, 4)


class Stray(StrEnum):
    """What a word means that answers nothing the bot asked."""

    DECLINED = "declined"
    READY = "ready"
    NOTED = "noted"  # "iya betul" just after filing
    ADD = "add"  # a fact for the ticket just filed
    WITHDRAW = "withdraw"  # "batal" just after filing
    ASK_KIND = "ask_kind"
    UNCLEAR = "unclear"


def stray(said: Said, *, offered: bool, fresh_ticket: bool) -> Stray:
    """`offered`: the bot had just offered something; `fresh_ticket`: it filed one minutes ago."""
    match said.intent:
        case "affirm":
            return Stray.NOTED if fresh_ticket and not offered else Stray.READY
        case "cancel" if fresh_ticket and not offered:
            return Stray.WITHDRAW
        case "deny" | "skip" | "cancel":
            return Stray.DECLINED
    if fresh_ticket:
        return Stray.ADD
    return Stray.ASK_KIND if tells_something(said) or said.entities else Stray.UNCLEAR
