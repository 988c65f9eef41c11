"""The weekly figures, from rows as the system writes them; on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from wadul.cli.main import app
from wadul.core.states import (
    Category,
    HandledBy,
    HandOffReason,
    InboundState,
    MessageKind,
    TicketClass,
    TicketEventType,
    TicketKind,
    TicketStatus,
    TurnState,
)
from wadul.database import Database
from wadul.models import (
    Contact,
    Conversation,
    HandOff,
    InboundMessage,
    Ticket,
    TicketEvent,
    Turn,
    new_id,
)
from wadul.office import Office, load_offices
from wadul.training.replay import said
from wadul.training.report import training_report

from .conftest import ROOT

pytestmark = pytest.mark.integration

OFFICE = "jatibarang"
MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
LAST_WEEK = MONDAY - timedelta(days=4)


@pytest.fixture(scope="module")
def office() -> Office:
    return load_offices(ROOT / "offices")[OFFICE]


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.close()


class Resident:
    """Somebody whose turns are written as finished ones."""

    def __init__(self, session: Session, number: int) -> None:
        self.session = session
        self.contact = Contact(
            office_id=OFFICE, id=new_id(), address=f"whatsapp:+62812{number:08}", created_at=MONDAY
        )
        session.add(self.contact)
        session.flush()
        self.conversation = Conversation(
            office_id=OFFICE,
            id=new_id(),
            contact_id=self.contact.id,
            channel="whatsapp",
            office_address="whatsapp:+14155238886",
            created_at=MONDAY,
            handled_since=MONDAY,
            handled_by=HandledBy.BOT,
        )
        session.add(self.conversation)
        session.flush()

    def says(self, text: str, intent: str | None, at: datetime) -> UUID:
        turn = Turn(
            office_id=OFFICE,
            id=new_id(),
            conversation_id=self.conversation.id,
            state=TurnState.DONE,
            created_at=at,
            done_at=at,
            intent=intent,
            confidence=0.8,
        )
        self.session.add(turn)
        self._message(text, at, InboundState.JOINED, turn.id)
        self.session.flush()
        return turn.id

    def tells_operator(self, text: str, at: datetime) -> None:
        self._message(text, at, InboundState.FOR_OPERATOR, None)

    def _message(self, text: str, at: datetime, state: InboundState, turn: UUID | None) -> None:
        self.session.add(
            InboundMessage(
                office_id=OFFICE,
                conversation_id=self.conversation.id,
                channel="whatsapp",
                external_id=str(new_id()),
                kind=MessageKind.TEXT,
                state=state,
                text=text,
                raw={},
                received_at=at,
                turn_id=turn,
            )
        )

    def is_handed_over(self, turn: UUID | None, reason: HandOffReason, at: datetime) -> None:
        self.session.add(
            HandOff(
                office_id=OFFICE,
                conversation_id=self.conversation.id,
                turn_id=turn,
                reason=reason,
                queued_at=at,
            )
        )

    def files(
        self, at: datetime, kind: TicketKind = TicketKind.COMPLAINT, *, secret: bool = False
    ) -> UUID:
        ticket = Ticket(
            office_id=OFFICE,
            id=new_id(),
            number=f"JTB-261124-{str(new_id())[-4:].upper()}",
            contact_id=self.contact.id,
            conversation_id=self.conversation.id,
            kind=kind,
            class_=TicketClass.SUPERVISORY if secret else TicketClass.NON_SUPERVISORY,
            category=Category.LEVY_GRATIFICATION if secret else Category.LAND,
            status=TicketStatus.RECEIVED,
            description="x",
            created_at=at,
            verify_by=at.date(),
            due_at=at.date(),
            limit_days=14,
        )
        self.session.add(ticket)
        self.session.flush()
        return ticket.id


def minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


def test_weeks(database: Database, office: Office) -> None:
    with database.transaction() as session:
        first, second = Resident(session, 1), Resident(session, 2)
        first.says("halo", "greet", LAST_WEEK)
        missed = first.says("qwerty", "nlu_fallback", LAST_WEEK)
        first.is_handed_over(missed, HandOffReason.NOT_UNDERSTOOD, LAST_WEEK)
        first.tells_operator("ini saya", LAST_WEEK)
        first.says("biaya kk", "consultation/cost", MONDAY)
        asked = first.says("mau petugas", "human_request", MONDAY)
        first.is_handed_over(asked, HandOffReason.ASKED, MONDAY)
        second.says("belum selesai dijawab", None, MONDAY)
        second.says("lama", "greet", MONDAY - timedelta(weeks=9))

    with database.transaction() as session:
        report = training_report(session, office, weeks=2, today=date(2026, 11, 24))

    before, now = (week.as_dict() for week in report.weeks)
    assert (before["monday"], before["turns"], before["understood"]) == ("2026-11-16", 2, 1)
    assert (before["unclear"], before["hand_offs"]) == (1, {"not_understood": 1})
    assert before["messages_to_operators"] == 1
    assert (now["monday"], now["turns"], now["share_understood"]) == ("2026-11-23", 2, 0.5)
    assert now["hand_offs"] == {"asked": 1}


def test_complaints_first_taken_for_something_else(database: Database, office: Office) -> None:
    with database.transaction() as session:
        mistaken, right, corrected, secret = (Resident(session, n) for n in range(10, 14))
        mistaken.says("halo", "greet", MONDAY)
        mistaken.says("nama saya Budi Santoso, tanah diserobot", "consultation/cost", MONDAY)
        mistaken.says("mau lapor", "complaint/general", MONDAY + minutes(2))
        mistaken.files(MONDAY + minutes(3))
        mistaken.says("jalan rusak", "complaint/land", MONDAY + minutes(5))
        mistaken.files(MONDAY + minutes(6))
        right.says("tanya dulu", "consultation/cost", MONDAY - timedelta(days=2))
        right.says("kebakaran", "emergency/fire", MONDAY)
        right.files(MONDAY + minutes(1))
        ticket = corrected.files(MONDAY)
        session.add(
            TicketEvent(
                office_id=OFFICE,
                ticket_id=ticket,
                type=TicketEventType.RECLASSIFIED,
                at=MONDAY,
                actor="siti",
                details={"from": "consultation, land, -", "to": "complaint, land, -"},
            )
        )
        corrected.files(MONDAY, TicketKind.ASPIRATION)
        secret.says("petugas minta uang", "consultation/cost", MONDAY)
        secret.files(MONDAY + minutes(1), secret=True)

    with database.transaction() as session:
        report = training_report(session, office, weeks=1, today=date(2026, 11, 24))

    (week,) = report.weeks
    assert week.complaints == 5
    assert week.mistaken == {"consultation": 3}
    told = [(each.text, each.label) for each in report.mistaken]
    assert told == [
        ("nama saya ⟨nama⟩, tanah diserobot", "consultation/cost"),
        ("", "consultation"),
        ("", "consultation/cost"),
    ]


def test_what_a_replay_reads(database: Database) -> None:
    with database.transaction() as session:
        resident = Resident(session, 20)
        turn = resident.says("jalan", "greet", MONDAY)
        resident._message("rusak", MONDAY, InboundState.JOINED, turn)
        resident.says("halo", "greet", MONDAY)
        resident.says("halo", "greet", MONDAY)
        resident.says("lama sekali", "greet", MONDAY - timedelta(days=8))
        resident.tells_operator("untuk petugas", MONDAY)

    with database.transaction() as session:
        counts = said(session, OFFICE, MONDAY - timedelta(days=7))
    assert dict(counts) == {"halo": 2, "jalan\nrusak": 1}


def test_the_command(sqlite_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in {
        "DATABASE_URL": sqlite_url,
        "VAR_DIR": tmp_path / "var",
        "OFFICES_DIR": ROOT / "offices",
    }.items():
        monkeypatch.setenv(f"WADUL_{name}", str(value))
    now = datetime.now(UTC)
    own = Database(sqlite_url)
    with own.transaction() as session:
        missed, resident = Resident(session, 1), Resident(session, 2)
        turn = missed.says("qwerty", "nlu_fallback", now)
        missed.is_handed_over(turn, HandOffReason.NOT_UNDERSTOOD, now)
        resident.says("nama saya Budi, tanah diserobot", "consultation/cost", now)
        resident.files(now)
    own.close()

    def run(*words: str) -> str:
        result = CliRunner().invoke(app, ["nlu", "report", *words], env={"COLUMNS": "200"})
        assert result.exit_code == 0, (result.output, result.exception)
        return result.stdout

    told = json.loads(run("--weeks", "2", "--json"))
    assert (told["office"], len(told["weeks"])) == (OFFICE, 2)
    assert told["weeks"][-1]["hand_offs"] == {"not_understood": 1}
    assert told["weeks"][-1]["complaints_mistaken"] == {"consultation": 1}
    assert [each["text"] for each in told["mistaken"]] == ["nama saya ⟨nama⟩, tanah diserobot"]
    shown = run()
    assert "nama saya ⟨nama⟩, tanah diserobot" in shown
    assert "Budi" not in shown
