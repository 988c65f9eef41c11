from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wadul.core.working_days import add_working_days, is_working_day, working_days_between

TUESDAY = date(2026, 11, 24)
days = st.dates(date(2024, 1, 1), date(2027, 6, 1))


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, TUESDAY),
        (3, date(2026, 11, 27)),
        (5, date(2026, 12, 1)),
        (14, date(2026, 12, 14)),
        (60, date(2027, 2, 23)),
    ],
)
def test_limits_of_the_law(count: int, expected: date) -> None:
    assert add_working_days(TUESDAY, count) == expected


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 28), False),  # Saturday
        (date(2026, 12, 24), False),  # cuti bersama
        (date(2026, 12, 25), False),  # Christmas
        (date(2026, 12, 28), True),
    ],
)
def test_days(day: date, works: bool) -> None:
    assert is_working_day(day) is works


def test_the_offices_own_day_is_skipped() -> None:
    assert add_working_days(TUESDAY, 1, {date(2026, 11, 25)}) == date(2026, 11, 26)


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        add_working_days(TUESDAY, -1)


@given(days, st.integers(0, 70))
def test_between_undoes_add(start: date, count: int) -> None:
    end = add_working_days(start, count)
    assert working_days_between(start, end) == count
    assert count == 0 or is_working_day(end)


@given(days, st.integers(1, 30))
def test_later_counts_end_later(start: date, count: int) -> None:
    one_more = add_working_days(start, count + 1)
    assert one_more > add_working_days(start, count) > start
    assert one_more - start >= timedelta(days=count + 1)
