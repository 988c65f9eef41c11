"""When an office's counter is open, in its own time zone and with Indonesian holidays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wadul.office.models import Hours, Office

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Index = `date.weekday()`."""

LOOK_AHEAD_DAYS = 60


@lru_cache(maxsize=16)
def _holidays_of(year: int) -> Mapping[date, str]:
    # Takes 0.25 s to import: only those who ask for opening hours pay for it.
    import holidays

    return dict(
        holidays.country_holidays(
            "ID", years=year, categories=("public", "government"), language="id"
        )
    )


def holiday_name(office: Office, day: date) -> str | None:
    for extra in office.holidays_extra:
        if extra.day == day:
            return extra.name
    return _holidays_of(day.year).get(day)


def hours_on(office: Office, day: date) -> Hours | None:
    if holiday_name(office, day) is not None:
        return None
    tables = [s.hours for s in office.special_hours if s.first <= day <= s.last]
    for hours in tables[0] if tables else office.hours:
        if DAYS[day.weekday()] in hours.days:
            return hours
    return None


def _sessions(office: Office, day: date) -> list[tuple[datetime, datetime]]:
    """The stretches of that day in which the counter is open."""
    hours = hours_on(office, day)
    if hours is None:
        return []
    edges = [hours.opens, *(hours.pause or ()), hours.closes]
    moments = [datetime.combine(day, edge, office.zone) for edge in edges]
    return list(zip(moments[::2], moments[1::2], strict=True))


def is_open(office: Office, at: datetime) -> bool:
    return next_closing(office, at) is not None


def next_closing(office: Office, at: datetime) -> datetime | None:
    local = at.astimezone(office.zone)
    for start, end in _sessions(office, local.date()):
        if start <= local < end:
            return end
    return None


def break_ends(office: Office, at: datetime) -> datetime | None:
    """During the day's break: when it ends; else None."""
    local = at.astimezone(office.zone)
    hours = hours_on(office, local.date())
    if hours is None or hours.pause is None:
        return None
    start, end = (datetime.combine(local.date(), edge, office.zone) for edge in hours.pause)
    return end if start <= local < end else None


def next_opening(office: Office, at: datetime) -> datetime | None:
    local = at.astimezone(office.zone)
    for ahead in range(LOOK_AHEAD_DAYS + 1):
        for start, end in _sessions(office, local.date() + timedelta(days=ahead)):
            if local < end:
                return max(start, local)
    return None
