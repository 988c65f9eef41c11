"""The ticket that this talk led to last, and whether the next complaint belongs to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from wadul.core.report import Draft
from wadul.core.states import Category, TicketKind

FRESH = timedelta(minutes=30)
"""So long after filing, files and corrections plainly belong to the new ticket."""


@dataclass(frozen=True)
class LastTicket:
    number: str
    at: datetime
    hand_off: bool = False  # filed because nobody was on duty
    category: Category | None = None  # of what was told; None after only "a person, please"
    desa: str | None = None

    def is_fresh(self, now: datetime) -> bool:
        return now - self.at <= FRESH

    def to_slot(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "at": self.at.isoformat(),
            "hand_off": self.hand_off,
            "category": self.category,
            "desa": self.desa,
        }

    @classmethod
    def from_slot(cls, slot: Mapping[str, Any] | None) -> LastTicket | None:
        if not slot:
            return None
        category = Category(slot["category"]) if slot.get("category") else None
        at = datetime.fromisoformat(slot["at"])
        return cls(**{**slot, "at": at, "category": category})

    def with_report(self, report: Draft) -> LastTicket:
        """What the talk is about once this was added."""
        known = self.category if self.category not in (None, Category.OTHER) else report.category
        return replace(self, category=known, desa=self.desa or report.desa)


class Continuation(StrEnum):
    """What a complaint is to the ticket of a hand-off minutes ago."""

    NEW = "new"  # a report of its own
    ASK = "ask"
    ADD = "add"


def continuation(
    report: Draft, last: LastTicket, *, supervisory: bool, says_report: bool
) -> Continuation:
    """`supervisory` is the ticket; `says_report`: they spoke of reporting.

    Misconduct and whoever asks not to be named never go to a ticket that everybody may read.
    """
    is_complaint = report.kind is TicketKind.COMPLAINT and report.category is not Category.EMERGENCY
    if not (last.hand_off and is_complaint and report.has_story):
        return Continuation.NEW
    if not supervisory and (report.supervisory or report.anonymous or report.confidential):
        return Continuation.NEW
    same_place = None in (last.desa, report.desa) or last.desa == report.desa
    same_topic = last.category is not Category.OTHER and (
        report.category in (last.category, Category.OTHER) and same_place
    )
    plain = last.category is None or same_topic
    return Continuation.ADD if plain and not says_report else Continuation.ASK
