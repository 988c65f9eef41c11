"""What comes of asking for a person, before, within and after a report, with nobody on duty."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from integration.dialogue.phone import Phone
from integration.dialogue.words import STORY, tell
from wadul.core.states import Category, HandledBy, TicketClass, TicketKind

pytestmark = pytest.mark.integration


def test_a_hand_off_reaches_people(phone: Callable[[], Phone]) -> None:
    resident = phone()
    answer = resident.say("saya mau bicara langsung sama petugas")
    queued = resident.conversation().handled_by is HandledBy.QUEUE
    assert queued or (resident.tickets() and resident.tickets()[0].number in answer)


def test_a_person_in_the_middle_of_a_report_gets_all_that_is_known(
    phone: Callable[[], Phone],
) -> None:
    resident = phone()
    tell(resident, STORY, "rahasiakan nama saya ya pak", "mau ngomong sama petugas aja")
    [ticket] = resident.tickets()
    assert ticket.kind is TicketKind.COMPLAINT
    assert ticket.category is Category.ROADS_IRRIGATION_DRAINAGE
    assert (ticket.desa, ticket.place) == ("Krasak", "RT 3")
    assert ticket.occurred == "kemarin"
    assert ticket.anonymous
    assert ticket.description.startswith(STORY)
    assert ticket.description.endswith("mau ngomong sama petugas aja")


def test_what_follows_a_hand_off_goes_to_its_ticket(phone: Callable[[], Phone]) -> None:
    resident = phone()
    more = "jalan rusaknya makin lebar, ada yg jatuh lagi"
    tell(resident, STORY, "mau ngomong sama petugas aja", more, "mana petugasnya, saya mau bicara")
    [ticket] = resident.tickets()
    assert [added.note for added in resident.additions(ticket)] == [
        more,
        "mana petugasnya, saya mau bicara",
    ]


def test_a_story_that_was_asked_about_is_in_the_new_report(phone: Callable[[], Phone]) -> None:
    resident = phone()
    about, more = "ktp anak saya sudah 3 bulan ga jadi jadi", "petugasnya bilang blangko ktp habis"
    tell(resident, STORY, "mau ngomong sama petugas aja", about, more)
    tell(resident, "ya")
    assert [ticket.description for ticket in resident.tickets()][1:] == [f"{about}\n{more}"]


def test_misconduct_after_a_hand_off_is_a_report_of_its_own(phone: Callable[[], Phone]) -> None:
    resident = phone()
    tell(resident, "saya mau bicara langsung sama petugas")
    tell(resident, "petugas loket minta uang rokok 200rb biar ktp saya cepet jadi", "lewati", "ya")
    first, second = resident.tickets()
    assert first.class_ is TicketClass.INFORMATION
    assert second.class_ is TicketClass.SUPERVISORY


def test_a_person_for_misconduct_is_the_inspector(phone: Callable[[], Phone]) -> None:
    resident = phone()
    tell(resident, "petugas loket minta uang rokok 200rb biar ktp saya cepet jadi")
    tell(resident, "mau ngomong sama petugas aja")
    [ticket] = resident.tickets()
    assert ticket.class_ is TicketClass.SUPERVISORY
    assert (ticket.anonymous, ticket.confidential) == (True, True)
