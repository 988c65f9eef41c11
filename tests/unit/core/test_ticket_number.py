from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wadul.core.ticket_number import ALPHABET, check_character, find_number, new_number

DAY = date(2026, 11, 24)
numbers = st.builds(new_number, st.from_regex(r"[A-Z]{2,5}", fullmatch=True), st.dates(DAY))


def test_shape() -> None:
    number = new_number("JTB", DAY)
    assert number.startswith("JTB-261124-")
    assert len(number) == 15
    assert set(number[-4:]) <= set(ALPHABET)


@given(numbers)
def test_a_number_is_found_as_it_was_made(number: str) -> None:
    assert find_number(f"pak laporan {number} gmn") == number


@given(numbers, st.integers(0, 2), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(number: str, position: int, wrong: str) -> None:
    at = len(number) - 4 + position
    changed = number[:at] + wrong + number[at + 1 :]
    assert find_number(changed) == (number if wrong == number[at] else None)


@given(numbers)
def test_residents_type_numbers_their_way(number: str) -> None:
    code, day, tail = number.split("-")
    sloppy = tail.lower().replace("0", "o").replace("1", "l")
    assert find_number(f"{code.lower()} {day} {sloppy}") == number
    assert find_number(f"{code}{day}{tail}") == number


@pytest.mark.parametrize("text", ["", "JTB", "JTB-261124", "081234567890", "JTB-2611-7K3F"])
def test_other_texts_hold_no_number(text: str) -> None:
    assert find_number(text) is None


def test_a_day_of_numbers_is_not_a_sequence() -> None:
    drawn = {new_number("JTB", DAY) for _ in range(200)}
    assert len(drawn) > 190
    assert all(check_character(number[:-1]) == number[-1] for number in drawn)
