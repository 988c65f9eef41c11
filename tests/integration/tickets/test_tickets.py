"""Tickets through their use cases, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from wadul.clock import FixedClock
from wadul.core.states import Category, Role, TicketClass, TicketKind, TicketStatus
from wadul.database import Database
from wadul.exceptions import InvalidInput, MoveNotAllowed, NotFound
from wadul.models import OutboundMessage, Ticket
from wadul.office import Office
from wadul.queries.tickets import Viewer, list_tickets, show_ticket
from wadul.usecases.casework import answer_ticket, change_status
from wadul.usecases.tickets import (
    TicketDraft,
    TicketView,
    add_facts,
    file_ticket,
    own_ticket,
    own_tickets,
    reopen,
    withdraw,
)

from .conftest import Resident

OPERATOR = Viewer("siti", Role.OPERATOR, "jatibarang")
INSPECTOR = Viewer("dedi", Role.INSPECTOR, "jatibarang")


class Desk:
    """The use cases, each in a transaction of its own."""

    def __init__(self, database: Database, office: Office, clock: FixedClock) -> None:
        self.database, self.office, self.clock = database, office, clock

    def files(
        self, resident: Resident, *message_ids: UUID, turn_id: UUID | None = None, **more: object
    ) -> TicketView:
        category = more.pop("category", Category.ROADS_IRRIGATION_DRAINAGE)
        draft = TicketDraft(TicketKind.COMPLAINT, category, message_ids, **more)  # type: ignore[arg-type]
        with self.database.transaction() as session:
            return file_ticket(
                session,
                self.office,
                conversation_id=resident.conversation_id,
                turn_id=turn_id or uuid4(),
                draft=draft,
                now=self.clock.now(),
            )

    def resident_does(
        self, use_case: Callable[..., TicketView], resident: Resident, number: str, **more: object
    ) -> TicketView:
        with self.database.transaction() as session:
            return use_case(
                session,
                self.office,
                contact_id=resident.contact_id,
                number=number,
                now=self.clock.now(),
                **({"turn_id": uuid4()} | more),
            )

    def moves(self, number: str, status: TicketStatus, reason: str = "", **more: bool) -> None:
        with self.database.transaction() as session:
            now = self.clock.now()
            change_status(
                session, self.office, number, status, actor="siti", now=now, reason=reason, **more
            )

    def answers(self, number: str, text: str) -> None:
        with self.database.transaction() as session:
            now = self.clock.now()
            answer_ticket(session, self.office, number, text, actor="siti", now=now)

    def shows(self, number: str, viewer: Viewer = OPERATOR) -> dict[str, object]:
        with self.database.transaction() as session:
            return show_ticket(session, number, viewer)

    def told(self) -> list[str]:
        with self.database.transaction() as session:
            return list(session.scalars(select(OutboundMessage.text).order_by(OutboundMessage.id)))


@pytest.fixture
def desk(database: Database, office: Office, clock: FixedClock) -> Desk:
    return Desk(database, office, clock)


def test_a_ticket_holds_the_story_the_files_and_the_deadlines(
    desk: Desk, resident: Resident
) -> None:
    ids = [
        resident.writes("pak jalan rusak"),
        resident.writes(photo=True),
        resident.writes(latitude=-6.47, longitude=108.31),
        resident.writes("depan balai desa"),
    ]
    view = desk.files(resident, *ids, desa="Krasak")
    ticket = desk.shows(view.number)
    assert ticket["description"] == "pak jalan rusak\ndepan balai desa"
    assert ticket["location"] == {"lat": -6.47, "lon": 108.31}
    assert len(ticket["attachments"]) == 1  # type: ignore[arg-type]
    assert (ticket["verify_by"], ticket["due_at"]) == ("2026-11-27", "2026-12-14")
    assert [event["type"] for event in ticket["history"]] == ["filed"]  # type: ignore[union-attr]


def test_one_turn_never_makes_two_tickets(desk: Desk, resident: Resident) -> None:
    story, turn_id = resident.writes("lampu jalan mati"), uuid4()
    conversation = resident.conversation_id
    assert conversation
    numbers: list[str] = []

    def file() -> None:
        numbers.append(desk.files(resident, story, turn_id=turn_id).number)

    threads = [threading.Thread(target=file) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(numbers) == 6
    assert len(set(numbers)) == 1


def test_only_messages_of_the_own_conversation_count(
    desk: Desk, resident: Resident, another: Callable[[str], Resident]
) -> None:
    mine, theirs = resident.writes("punya saya"), another("whatsapp:ID.abc").writes("punya dia")
    view = desk.files(resident, mine, theirs)
    assert desk.shows(view.number)["description"] == "punya saya"


def test_other_peoples_tickets_do_not_exist(
    desk: Desk, resident: Resident, another: Callable[[str], Resident]
) -> None:
    view = desk.files(resident, resident.writes("jalan rusak"))
    stranger = another("whatsapp:+6281299999999")
    stranger.writes("halo")
    reporter_id, stranger_id = resident.contact_id, stranger.contact_id
    with desk.database.transaction() as session:
        assert own_tickets(session, "jatibarang", reporter_id)[0].number == view.number
        assert own_tickets(session, "jatibarang", stranger_id) == []
        for number in (view.number, "JTB-261124-0000"):
            with pytest.raises(NotFound):
                own_ticket(session, "jatibarang", stranger_id, number)
    for use_case in (reopen, withdraw):
        with pytest.raises(NotFound):
            desk.resident_does(use_case, stranger, view.number)


def test_facts_are_added_once_per_turn(desk: Desk, resident: Resident) -> None:
    view = desk.files(resident, resident.writes("jalan rusak"))
    more, photo, turn_id = resident.writes("di tikungan"), resident.writes(photo=True), uuid4()
    for _ in range(2):
        desk.resident_does(
            add_facts, resident, view.number, message_ids=[more, photo], turn_id=turn_id
        )
    ticket = desk.shows(view.number)
    assert [event["note"] for event in ticket["history"]] == ["", "di tikungan"]  # type: ignore[union-attr]
    assert len(ticket["attachments"]) == 1  # type: ignore[arg-type]


def test_withdrawn_and_opened_again(desk: Desk, resident: Resident, clock: FixedClock) -> None:
    view = desk.files(resident, resident.writes("jalan rusak"))
    assert desk.resident_does(withdraw, resident, view.number).status is TicketStatus.WITHDRAWN
    with pytest.raises(MoveNotAllowed):
        desk.resident_does(withdraw, resident, view.number)
    clock.advance(days=7)
    again = desk.resident_does(reopen, resident, view.number)
    assert again.status is TicketStatus.REOPENED
    assert again.due_at > view.due_at


def test_waiting_for_the_resident_stops_the_clock(
    desk: Desk, resident: Resident, clock: FixedClock
) -> None:
    view = desk.files(resident, resident.writes("kk belum jadi"))
    desk.moves(view.number, TicketStatus.NEEDS_INFO, "Nomor KK berapa?")
    clock.advance(days=7)  # five working days
    added = desk.resident_does(
        add_facts, resident, view.number, message_ids=[resident.writes("ini nomornya")]
    )
    assert added.status is TicketStatus.IN_PROGRESS
    assert added.due_at == date(2026, 12, 21)
    assert added.verify_by == view.verify_by


def test_an_answer_reaches_the_resident_and_the_history(desk: Desk, resident: Resident) -> None:
    view = desk.files(resident, resident.writes("jalan rusak"))
    desk.answers(view.number, "Sudah ditambal hari ini.")
    assert desk.shows(view.number)["status"] == "answered"
    assert any("Sudah ditambal" in text for text in desk.told())
    desk.moves(view.number, TicketStatus.CLOSED)
    assert any("Selesai" in text for text in desk.told())
    with pytest.raises(InvalidInput):
        desk.moves(view.number, TicketStatus.ANSWERED)


def test_supervisory_tickets_are_for_inspectors_only(desk: Desk, resident: Resident) -> None:
    story = resident.writes("petugas minta uang rokok")
    view = desk.files(
        resident, story, category=Category.LEVY_GRATIFICATION, anonymous=True, reported_party="X"
    )
    assert view.class_ is TicketClass.SUPERVISORY
    assert view.due_at == date(2027, 2, 23)
    with pytest.raises(NotFound):
        desk.shows(view.number)
    with pytest.raises(NotFound):
        desk.moves(view.number, TicketStatus.VERIFIED)
    desk.moves(view.number, TicketStatus.VERIFIED, may_see_supervisory=True)
    with desk.database.transaction() as session:
        assert list_tickets(session, OPERATOR) == []
        assert len(list_tickets(session, INSPECTOR)) == 1
        assert list_tickets(session, Viewer("x", Role.INSPECTOR, "lain")) == []
    assert "0000001" not in str(desk.shows(view.number, INSPECTOR)["contact"])


def test_two_who_change_one_ticket_at_once(desk: Desk, resident: Resident) -> None:
    view = desk.files(resident, resident.writes("jalan rusak"))
    refused = []

    def verify() -> None:
        try:
            desk.moves(view.number, TicketStatus.VERIFIED)
        except MoveNotAllowed:
            refused.append(1)

    threads = [threading.Thread(target=verify) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 3
    with desk.database.transaction() as session:
        assert session.scalars(select(Ticket.version)).one() == 2
