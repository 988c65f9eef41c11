"""Whether a complaint belongs to the ticket of a hand-off minutes ago."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from unit.dialogue.sayings import NOW

from wadul.core.last_ticket import FRESH, Continuation, LastTicket, continuation
from wadul.core.report import Draft
from wadul.core.states import Category, TicketKind

NUMBER = "JTB-261124-7K3F"
ROADS, OTHER, LEVY = (
    Category.ROADS_IRRIGATION_DRAINAGE,
    Category.OTHER,
    Category.LEVY_GRATIFICATION,
)
FILED = LastTicket(NUMBER, NOW)
BARE = LastTicket(NUMBER, NOW, hand_off=True)
TOLD = replace(BARE, category=ROADS)
KRASAK = replace(TOLD, desa="Krasak")
UNCLEAR = replace(BARE, category=OTHER)
ROAD = Draft(category=ROADS, has_story=True)
PUNGLI = replace(ROAD, category=LEVY, anonymous=True, confidential=True)
NEW, ASK, ADD = Continuation.NEW, Continuation.ASK, Continuation.ADD


@pytest.mark.parametrize(
    ("report", "last", "answer"),
    [
        (ROAD, FILED, NEW),  # after a report of its own two reports are two
        (ROAD, BARE, ADD),  # this is what the person was wanted for
        (ROAD, TOLD, ADD),
        (replace(ROAD, desa="Krasak"), TOLD, ADD),
        (replace(ROAD, desa="Krasak"), KRASAK, ADD),
        (replace(ROAD, category=OTHER), KRASAK, ADD),
        (replace(ROAD, desa="Bulak"), KRASAK, ASK),
        (replace(ROAD, category=Category.LAND), TOLD, ASK),
        (ROAD, UNCLEAR, ASK),
        (replace(ROAD, category=OTHER), UNCLEAR, ASK),
        (replace(ROAD, has_story=False), BARE, NEW),
        (replace(ROAD, kind=TicketKind.ASPIRATION), BARE, NEW),
        (replace(ROAD, category=Category.EMERGENCY), BARE, NEW),
        (replace(ROAD, anonymous=True), BARE, NEW),
        (PUNGLI, BARE, NEW),
        (PUNGLI, replace(BARE, category=LEVY), ADD),
    ],
)
def test_a_complaint_after_a_hand_off(
    report: Draft, last: LastTicket, answer: Continuation
) -> None:
    supervisory = last.category is LEVY
    for says_report in (False, True):
        found = continuation(report, last, supervisory=supervisory, says_report=says_report)
        assert found is (ASK if says_report and answer is ADD else answer)


def test_what_was_added_is_the_matter_from_then_on() -> None:
    there = replace(ROAD, desa="Krasak")
    assert BARE.with_report(there) == UNCLEAR.with_report(there) == KRASAK
    assert KRASAK.with_report(replace(ROAD, category=OTHER)) == KRASAK


def test_it_is_kept_in_a_slot_and_fresh_for_minutes() -> None:
    assert LastTicket.from_slot(KRASAK.to_slot()) == KRASAK
    assert LastTicket.from_slot(BARE.to_slot()) == BARE
    assert LastTicket.from_slot({"number": NUMBER, "at": NOW.isoformat()}) == FILED
    assert LastTicket.from_slot(None) is None
    assert BARE.is_fresh(NOW + FRESH)
    assert not BARE.is_fresh(NOW + FRESH + timedelta(seconds=1))
