from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wadul.core.deadlines import Limits, class_of, deadlines_from
from wadul.core.states import Category, TicketClass, TicketKind
from wadul.core.states import TicketStatus as S
from wadul.core.ticket_status import ENDED, LABELS, MOVES, check_move, is_open
from wadul.exceptions import InvalidInput, MoveNotAllowed

statuses = st.sampled_from(list(S))


@given(statuses, statuses)
def test_the_table_decides_every_move(current: S, wanted: S) -> None:
    if wanted in MOVES[current]:
        check_move(current, wanted, "a reason")
    else:
        with pytest.raises(MoveNotAllowed):
            check_move(current, wanted, "a reason")


@given(st.lists(statuses, max_size=12))
def test_no_way_leads_to_a_dead_end(wishes: list[S]) -> None:
    """Whatever happened, a ticket that ended can be opened again, and an open one can end."""
    status = S.RECEIVED
    for wish in wishes:
        if wish in MOVES[status]:
            status = wish
    assert MOVES[status]
    assert S.REOPENED in MOVES[status] or is_open(status)


@pytest.mark.parametrize("wanted", [S.REJECTED, S.OUT_OF_SCOPE, S.DUPLICATE])
def test_these_want_a_reason(wanted: S) -> None:
    with pytest.raises(InvalidInput):
        check_move(S.VERIFIED, wanted, " ")


def test_every_status_has_moves_and_words() -> None:
    assert set(MOVES) == set(LABELS) == set(S)
    assert all(S.REOPENED in MOVES[status] for status in ENDED)


@pytest.mark.parametrize(
    ("kind", "category", "expected", "limit"),
    [
        (TicketKind.COMPLAINT, Category.LAND, TicketClass.NON_SUPERVISORY, 14),
        (TicketKind.COMPLAINT, Category.LEVY_GRATIFICATION, TicketClass.SUPERVISORY, 60),
        (TicketKind.CONSULTATION, Category.STAFF_CONDUCT, TicketClass.SUPERVISORY, 60),
        (TicketKind.CONSULTATION, Category.OTHER, TicketClass.INFORMATION, 5),
        (TicketKind.INFORMATION, Category.PBB_TAX, TicketClass.INFORMATION, 5),
        (TicketKind.ASPIRATION, Category.OTHER, TicketClass.ASPIRATION, 14),
    ],
)
def test_classes(kind: TicketKind, category: Category, expected: TicketClass, limit: int) -> None:
    class_ = class_of(kind, category)
    assert class_ is expected
    assert deadlines_from(date(2026, 11, 24), class_, Limits()).limit_days == limit
