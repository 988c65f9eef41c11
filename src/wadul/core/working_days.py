"""Working days of an Indonesian office: no Saturdays, Sundays, national holidays, *cuti bersama*
(both from the library `holidays`) or days that the office adds itself."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from functools import lru_cache

import holidays

_ONE_DAY = timedelta(days=1)


@lru_cache(maxsize=16)
def _public_holidays(year: int) -> frozenset[date]:
    return frozenset(
        holidays.country_holidays("ID", years=year, categories=("public", "government"))
    )


def is_working_day(day: date, closed: Collection[date] = ()) -> bool:
    return day.weekday() < 5 and day not in _public_holidays(day.year) and day not in closed


def add_working_days(start: date, count: int, closed: Collection[date] = ()) -> date:
    """The `count`-th working day after `start` (the start itself does not count); count >= 0."""
    if count < 0:
        raise ValueError("the number of working days cannot be negative")
    day = start
    while count:
        day += _ONE_DAY
        count -= is_working_day(day, closed)
    return day


def working_days_between(start: date, end: date, closed: Collection[date] = ()) -> int:
    """How many working days lie after `start` up to and including `end`; 0 if end <= start."""
    return sum(
        is_working_day(start + timedelta(days=offset), closed)
        for offset in range(1, (end - start).days + 1)
    )
