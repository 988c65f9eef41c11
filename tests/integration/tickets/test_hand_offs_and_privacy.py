from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from wadul.clock import FixedClock
from wadul.core.states import HandledBy, HandOffReason, PrivacyRequestKind, Role
from wadul.database import Database
from wadul.exceptions import Conflict, InvalidInput, NotFound
from wadul.models import Contact, Conversation, InboundMessage
from wadul.office import Office
from wadul.usecases.hand_offs import HandOffResult, request_hand_off, unknown_matter
from wadul.usecases.privacy import ERASED, describe, erase, request
from wadul.usecases.tickets import withdraw
from wadul.usecases.users import add_user, find_user, password_fits, set_duty

from .conftest import Resident


def add_operator(database: Database, clock: FixedClock, on_duty: bool = True) -> None:
    with database.transaction() as session:
        user = add_user(
            session,
            "jatibarang",
            name="siti",
            full_name="Siti",
            role=Role.OPERATOR,
            password="rahasia-sekali",
            now=clock.now(),
        )
        session.flush()
        set_duty(session, "jatibarang", user.id, on_duty)


def asks(
    database: Database,
    office: Office,
    resident: Resident,
    clock: FixedClock,
    turn: UUID | None = None,
    last_number: str | None = None,
) -> HandOffResult:
    message_id = resident.writes("mau bicara sama orang")
    conversation_id = resident.conversation_id
    with database.transaction() as session:
        return request_hand_off(
            session,
            office,
            conversation_id=conversation_id,
            turn_id=turn or uuid4(),
            reason=HandOffReason.ASKED,
            draft=unknown_matter([message_id]),
            now=clock.now(),
            last_number=last_number,
        )


def test_nobody_on_duty_means_a_ticket(
    database: Database, office: Office, resident: Resident, clock: FixedClock
) -> None:
    add_operator(database, clock, on_duty=False)
    turn = uuid4()
    first = asks(database, office, resident, clock, turn)
    assert not first.queued
    assert first.ticket is not None
    again = asks(database, office, resident, clock, turn)
    assert again.ticket is not None
    assert again.ticket.number == first.ticket.number


def test_asking_again_files_no_second_ticket_while_the_first_is_open(
    database: Database, office: Office, resident: Resident, clock: FixedClock
) -> None:
    first = asks(database, office, resident, clock).ticket
    assert first
    again = asks(database, office, resident, clock, last_number=first.number)
    assert again.ticket
    assert again.ticket.number == first.number
    with database.transaction() as session:
        withdraw(
            session,
            office,
            contact_id=resident.contact_id,
            number=first.number,
            turn_id=uuid4(),
            now=clock.now(),
        )
    third = asks(database, office, resident, clock, last_number=first.number).ticket
    assert third
    assert third.number != first.number


def test_somebody_on_duty_means_the_queue(
    database: Database, office: Office, resident: Resident, clock: FixedClock
) -> None:
    add_operator(database, clock)
    assert asks(database, office, resident, clock) == HandOffResult(queued=True, position=1)
    clock.advance(seconds=5)
    later = Resident(database, clock, "whatsapp:+6281200000002")
    assert asks(database, office, later, clock).position == 2
    assert asks(database, office, resident, clock).position == 1
    with database.transaction() as session:
        assert set(session.scalars(select(Conversation.handled_by))) == {HandledBy.QUEUE}


def test_during_the_break_residents_are_queued_and_told_until_when(
    database: Database, office: Office, resident: Resident, clock: FixedClock
) -> None:
    add_operator(database, clock)
    clock.at = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)  # half past twelve
    result = asks(database, office, resident, clock)
    assert result.queued
    assert result.break_ends == datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def test_at_night_nobody_is_on_duty(
    database: Database, office: Office, resident: Resident, clock: FixedClock
) -> None:
    add_operator(database, clock)
    clock.at = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
    assert not asks(database, office, resident, clock).queued


def test_stop_start_and_what_is_held(
    database: Database, resident: Resident, clock: FixedClock
) -> None:
    resident.writes("halo")
    resident.writes(photo=True)
    contact_id = resident.contact_id
    for kind, stopped in ((PrivacyRequestKind.STOP, True), (PrivacyRequestKind.START, False)):
        with database.transaction() as session:
            turn_id = uuid4()
            for _ in range(2):
                request(
                    session,
                    "jatibarang",
                    contact_id=contact_id,
                    turn_id=turn_id,
                    kind=kind,
                    now=clock.now(),
                )
            contact = session.get_one(Contact, ("jatibarang", contact_id))
            assert (contact.stopped_at is not None) is stopped
    with database.transaction() as session:
        summary = describe(session, "jatibarang", contact_id)
    assert (summary.messages, summary.attachments, summary.tickets) == (2, 1, [])


def test_erasure_leaves_no_words(database: Database, resident: Resident, clock: FixedClock) -> None:
    resident.writes("nama saya Budi", latitude=-6.4, longitude=108.3)
    resident.writes(photo=True)
    contact_id = resident.contact_id
    with database.transaction() as session:
        request(
            session,
            "jatibarang",
            contact_id=contact_id,
            turn_id=uuid4(),
            kind=PrivacyRequestKind.ERASURE,
            now=clock.now(),
        )
    with database.transaction() as session:
        erase(session, "jatibarang", contact_id, now=clock.now())
    with database.transaction() as session:
        messages = session.scalars(select(InboundMessage)).all()
        assert {message.text for message in messages} <= {"", ERASED}
        assert all(message.raw == {} and message.latitude is None for message in messages)
        assert describe(session, "jatibarang", contact_id).attachments == 0


def test_users(database: Database, clock: FixedClock) -> None:
    add_operator(database, clock)
    with database.transaction() as session:
        user = find_user(session, "jatibarang", "siti")
        assert password_fits(user, "rahasia-sekali")
        assert not password_fits(user, "rahasia-sekalI")
        with pytest.raises(NotFound):
            find_user(session, "kantor-lain", "siti")
    with pytest.raises(Conflict):
        add_operator(database, clock)
    for name, password in (("Siti Nur", "rahasia-sekali"), ("budi", "pendek")):
        with pytest.raises(InvalidInput), database.transaction() as session:
            add_user(
                session,
                "jatibarang",
                name=name,
                full_name="",
                role=Role.OPERATOR,
                password=password,
                now=clock.now(),
            )
