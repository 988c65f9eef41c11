"""By when a ticket must be verified and answered (PermenPANRB 62/2018, or the office's own)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from wadul.core.states import Category, TicketClass, TicketKind
from wadul.core.working_days import add_working_days

SUPERVISORY_CATEGORIES = frozenset({Category.STAFF_CONDUCT, Category.LEVY_GRATIFICATION})


@dataclass(frozen=True)
class Limits:
    """Working days."""

    verification: int = 3
    information: int = 5
    non_supervisory: int = 14
    supervisory: int = 60
    aspiration: int = 14  # the law names none; the office's own promise

    def of(self, class_: TicketClass) -> int:
        days: int = getattr(self, class_.value)
        return days


@dataclass(frozen=True)
class Deadlines:
    verify_by: date
    due_at: date
    limit_days: int


def class_of(kind: TicketKind, category: Category) -> TicketClass:
    """The class that sets the limit; an allegation of misconduct is always supervisory."""
    if category in SUPERVISORY_CATEGORIES:
        return TicketClass.SUPERVISORY
    if kind is TicketKind.COMPLAINT:
        return TicketClass.NON_SUPERVISORY
    if kind is TicketKind.ASPIRATION:
        return TicketClass.ASPIRATION
    return TicketClass.INFORMATION


def deadlines_from(
    filed: date, class_: TicketClass, limits: Limits, closed: Collection[date] = ()
) -> Deadlines:
    days = limits.of(class_)
    return Deadlines(
        verify_by=add_working_days(filed, limits.verification, closed),
        due_at=add_working_days(filed, days, closed),
        limit_days=days,
    )
