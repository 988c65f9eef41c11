"""Counts and times for the office's reports (the lines of a Zona Integritas assessment).

Terms: *to do* = every ticket filed in the period that the office must follow up (all but withdrawn
ones); *in work* = of these, not answered or ended; *done* = answered or ended. Times are working
days from filing to the first answer.
"""

from __future__ import annotations

import statistics
from collections import Counter
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from wadul.core.dates import local_date
from wadul.core.states import TicketStatus
from wadul.core.ticket_status import is_open
from wadul.core.working_days import working_days_between
from wadul.models import Ticket
from wadul.office import Office


def summary(session: Session, office: Office, first: date, last: date) -> dict[str, Any]:
    """Of the tickets filed from `first` to `last`, both included, on the office's calendar."""
    zone = ZoneInfo(office.timezone)
    start = datetime.combine(first, time.min, zone)
    end = datetime.combine(last, time.max, zone)
    tickets = session.scalars(
        select(Ticket).where(
            Ticket.office_id == office.id, Ticket.created_at >= start, Ticket.created_at <= end
        )
    ).all()
    to_do = [ticket for ticket in tickets if ticket.status is not TicketStatus.WITHDRAWN]
    done = [ticket for ticket in to_do if _is_done(ticket)]
    answered = [
        (ticket, local_date(ticket.answered_at, office.timezone))
        for ticket in to_do
        if ticket.answered_at is not None
    ]
    days = [
        working_days_between(
            local_date(ticket.created_at, office.timezone), on, office.extra_holiday_dates
        )
        for ticket, on in answered
    ]
    in_time = sum(on <= ticket.due_at for ticket, on in answered)
    return {
        "office": office.id,
        "first": first.isoformat(),
        "last": last.isoformat(),
        "to_do": len(to_do),
        "in_work": len(to_do) - len(done),
        "done": len(done),
        "withdrawn": len(tickets) - len(to_do),
        "answered": len(answered),
        "answered_in_time": in_time,
        "median_days_to_answer": statistics.median(days) if days else None,
        "p90_days_to_answer": _p90(days),
        "by_kind": _counts(ticket.kind.value for ticket in to_do),
        "by_class": _counts(ticket.class_.value for ticket in to_do),
        "by_category": _counts(ticket.category.value for ticket in to_do),
        "by_desa": _counts(ticket.desa or "-" for ticket in to_do),
    }


def _is_done(ticket: Ticket) -> bool:
    return ticket.status is TicketStatus.ANSWERED or not is_open(ticket.status)


def _p90(days: list[int]) -> int | None:
    ordered = sorted(days)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.9))] if ordered else None


def _counts(values: Any) -> dict[str, int]:
    """Most frequent first."""
    return dict(Counter(values).most_common())
