from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from wadul.core.backoff import exponential, jittered
from wadul.core.delivery import PENDING, RANKS, goes_forward
from wadul.core.states import DeliveryState as D
from wadul.core.window import is_open

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def test_every_state_has_a_rank() -> None:
    assert set(RANKS) == set(D)


@pytest.mark.parametrize(
    ("current", "reported", "forward"),
    [
        (D.ACCEPTED, D.SENT, True),
        (D.SENT, D.READ, True),
        (D.READ, D.DELIVERED, False),
        (D.DELIVERED, D.SENT, False),
        (D.DELIVERED, D.DELIVERED, False),
        (D.SENT, D.FAILED, True),
        (D.FAILED, D.SENT, False),
        (D.FAILED, D.DELIVERED, True),
        (D.READ, D.FAILED, False),
        (D.SENDING, D.DELIVERED, True),
        (D.CANCELLED, D.READ, False),
    ],
)
def test_reports(current: D, reported: D, forward: bool) -> None:
    assert goes_forward(current, reported) is forward


@pytest.mark.parametrize("order", list(permutations([D.ACCEPTED, D.SENT, D.DELIVERED, D.READ])))
def test_any_order_ends_at_the_furthest(order: tuple[D, ...]) -> None:
    state = D.SENDING
    for reported in order:
        if goes_forward(state, reported):
            state = reported
    assert state is D.READ


def test_only_what_may_still_be_sent_holds_up_the_others() -> None:
    assert {D.HELD, D.FAILED, D.CANCELLED, D.ACCEPTED}.isdisjoint(PENDING)


@pytest.mark.parametrize(
    ("last", "open_"),
    [
        (NOW, True),
        (NOW - timedelta(hours=23, minutes=59), True),
        (NOW - timedelta(hours=24), False),
        (None, False),
    ],
)
def test_window(last: datetime | None, open_: bool) -> None:
    assert is_open(last, NOW) is open_


def test_back_off() -> None:
    assert [exponential(n, cap=10) for n in range(1, 7)] == [1, 2, 4, 8, 10, 10]
    assert exponential(0, cap=10) == 1
    assert exponential(10_000, cap=60) == 60


@pytest.mark.parametrize(("chance", "seconds"), [(0.0, 6.0), (0.5, 8.0), (0.999, 9.996)])
def test_jitter(chance: float, seconds: float) -> None:
    assert jittered(8, lambda: chance) == pytest.approx(seconds)
