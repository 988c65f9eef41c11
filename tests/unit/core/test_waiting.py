"""How long somebody in the queue will wait: claimed only where it is known, and coarsely."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wadul.core.waiting import FEWEST, Taking, expected_wait, pace, wait_words

NINE = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def taking(queued: float, taken: float) -> Taking:
    """Minutes after nine."""
    return Taking(NINE + minutes(queued), NINE + minutes(taken))


@pytest.mark.parametrize(
    ("what", "takings", "usual"),
    [
        ("nobody yet", [], None),
        ("too few", [(0, 4), (0, 8)], None),
        ("all waited, one every four minutes", [(0, 4), (0, 8), (0, 12), (1, 16)], 4),
        ("each alone: as long as it took", [(0, 3), (20, 22), (60, 65)], 3),
        ("out of turn", [(2, 5), (0, 10), (1, 15)], 5),
        ("one long conversation between", [(0, 2), (0, 4), (0, 44), (0, 46), (0, 48)], 2),
        ("a night between", [(0, 4), (0, 8), (400, 1300), (400, 1304)], 4),
        ("two people answer", [(0, 4), (0, 4), (0, 8), (0, 8)], 2),
    ],
)
def test_the_pace_is_the_usual_time_between_two_takings(
    what: str, takings: list[tuple[float, float]], usual: float | None
) -> None:
    expected = None if usual is None else minutes(usual)
    assert pace([taking(*each) for each in takings]) == expected, what


def test_the_order_in_which_they_are_given_does_not_matter() -> None:
    takings = [taking(0, 4), taking(3, 9), taking(5, 11), taking(30, 31)]
    assert pace(takings) == pace(reversed(takings))


@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 300)), max_size=20))
def test_a_pace_is_never_negative_nor_longer_than_a_morning(pairs: list[tuple[int, int]]) -> None:
    usual = pace([taking(queued, queued + waited) for queued, waited in pairs])
    if usual is None:
        return
    assert len(pairs) >= FEWEST
    assert minutes(0) <= usual <= timedelta(hours=4)


def test_the_further_back_the_longer() -> None:
    assert [expected_wait(minutes(4), place) for place in (1, 2, 5)] == [
        minutes(4),
        minutes(8),
        minutes(20),
    ]
    assert expected_wait(None, 1) is None
    assert expected_wait(minutes(4), 0) is None


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        (None, ""),
        (0, "sebentar lagi"),
        (1.4, "sebentar lagi"),
        (1.5, "kira-kira 2 menit lagi"),
        (9.4, "kira-kira 9 menit lagi"),
        (12, "kira-kira 10 menit lagi"),
        (13, "kira-kira 15 menit lagi"),
        (57, "kira-kira 55 menit lagi"),
        (58, "kira-kira 1 jam lagi"),
        (95, "kira-kira 2 jam lagi"),
        (239, "kira-kira 4 jam lagi"),
        (2000, "lebih dari 4 jam lagi"),
    ],
)
def test_words_are_as_coarse_as_the_guess(wait: float | None, words: str) -> None:
    assert wait_words(None if wait is None else minutes(wait)) == words
