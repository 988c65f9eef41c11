"""The command `wadul` as a program, on both databases."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from wadul.clock import FixedClock
from wadul.core.states import Category, Role, TicketKind
from wadul.database import Database
from wadul.models import AuditEntry, SecondFactor
from wadul.office import Office
from wadul.queries.report import summary
from wadul.usecases.casework import answer_ticket
from wadul.usecases.tickets import TicketDraft, file_ticket
from wadul.usecases.users import add_user, find_user

from .conftest import JATIBARANG, RESIDENT, Resident

WADUL = Path(sys.executable).parent / "wadul"
TICKET_KEYS = {
    "number", "kind", "category", "class", "status", "office", "desa", "description", "contact",
    "created_at", "verify_by", "due_at", "assignee", "anonymous", "confidential", "attachments",
    "history",
}  # fmt: skip
MESSAGE_KEYS = {"direction", "external_id", "text", "status", "at", "turn_id"}


@pytest.fixture
def numbers(
    database: Database, office: Office, resident: Resident, clock: FixedClock
) -> dict[str, str]:
    """An ordinary ticket and a supervisory one, which is anonymous."""
    made = {}
    for category in (Category.LAND, Category.LEVY_GRATIFICATION):
        story = resident.writes(f"[bold]cerita[/bold] {category}")
        conversation_id = resident.conversation_id
        secret = category is Category.LEVY_GRATIFICATION
        draft = TicketDraft(TicketKind.COMPLAINT, category, [story], anonymous=secret)
        with database.transaction() as session:
            made[category.value] = file_ticket(
                session,
                office,
                conversation_id=conversation_id,
                turn_id=uuid4(),
                draft=draft,
                now=clock.now(),
            ).number
    with database.transaction() as session:
        for name, role in (("siti", Role.OPERATOR), ("dedi", Role.INSPECTOR)):
            add_user(
                session,
                "jatibarang",
                name=name,
                full_name="",
                role=role,
                password="rahasia-sekali",
                now=clock.now(),
            )
    return made


@pytest.fixture
def wadul(database_url: str, tmp_path: Path) -> Any:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {
            "WADUL_DATABASE_URL": database_url,
            "WADUL_VAR_DIR": str(tmp_path),
            "WADUL_OFFICES_DIR": str(JATIBARANG),
            "COLUMNS": "200",
        }
        return subprocess.run(
            [WADUL, *arguments], env=environment, cwd=tmp_path, capture_output=True, text=True
        )

    return run


def test_lists_and_shows(wadul: Any, numbers: dict[str, str]) -> None:
    listed = json.loads(wadul("tickets", "list", "--json").stdout)
    assert {ticket["number"] for ticket in listed} == set(numbers.values())
    assert set(listed[0]) >= TICKET_KEYS
    shown = json.loads(wadul("tickets", "show", numbers["land"], "--json").stdout)
    assert (shown["contact"], shown["class"]) == (RESIDENT, "non_supervisory")
    assert "[bold]cerita[/bold]" in wadul("tickets", "list").stdout
    conversation = json.loads(wadul("conversations", "show", RESIDENT, "--json").stdout)
    assert set(conversation) >= {"address", "office", "handled_by", "messages"}
    assert set(conversation["messages"][0]) >= MESSAGE_KEYS


def test_roles(wadul: Any, numbers: dict[str, str]) -> None:
    secret = numbers["levy_gratification"]
    assert secret not in wadul("tickets", "list", "--json", "--as", "siti").stdout
    refused = wadul("tickets", "show", secret, "--as", "jatibarang/siti")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "there is no ticket" in refused.stderr
    shown = json.loads(wadul("tickets", "show", secret, "--json", "--as", "dedi").stdout)
    assert shown["contact"] != RESIDENT
    opened = wadul("tickets", "show", secret, "--json", "--as", "dedi", "--open-identity")
    assert json.loads(opened.stdout)["contact"] == RESIDENT
    again = json.loads(wadul("tickets", "show", secret, "--json").stdout)
    assert [(e["type"], e["actor"]) for e in again["history"]][-1] == ("opened_identity", "dedi")


def test_exports_the_same_file_as_the_console(
    wadul: Any, numbers: dict[str, str], database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "laporan.csv"

    def exported(*arguments: str) -> list[str]:
        done = wadul("tickets", "export", "--file", str(file), *arguments)
        assert done.returncode == 0, done.stderr
        with file.open(encoding="utf-8-sig", newline="") as lines:
            return [line["Nomor"] for line in csv.DictReader(lines, delimiter=";")]

    ordinary, secret = numbers["land"], numbers["levy_gratification"]
    assert exported() == [secret, ordinary]
    assert RESIDENT.removeprefix("whatsapp:") not in file.read_text()
    assert exported("--as", "siti") == [ordinary]
    assert exported("--as", "dedi", "--status", "closed") == []
    elsewhere = str(tmp_path / "tidak" / "ada.csv")
    refused = wadul("tickets", "export", "--file", elsewhere)
    assert (refused.returncode, "cannot write the file" in refused.stderr) == (1, True)
    with database.transaction() as session:
        noted = session.scalars(
            select(AuditEntry)
            .where(AuditEntry.action == "tickets_exported")
            .order_by(AuditEntry.number)
        ).all()
    who = [(entry.actor, entry.details["count"]) for entry in noted]
    assert who[:3] == [("administrator", 2), ("siti", 1), ("dedi", 0)]


def test_moves_and_answers(wadul: Any, numbers: dict[str, str]) -> None:
    number = numbers["land"]
    assert wadul("tickets", "move", number, "verified", "--as", "siti").returncode == 0
    wrong = wadul("tickets", "move", number, "received")
    assert (wrong.returncode, "cannot become" in wrong.stderr) == (1, True)
    assert wadul("tickets", "answer", number, "Sudah diukur.").returncode == 0
    conversation = json.loads(wadul("conversations", "show", RESIDENT, "--json").stdout)
    assert "Sudah diukur." in conversation["messages"][-1]["text"]


def test_accounts_are_linked_and_parted(
    wadul: Any, numbers: dict[str, str], database: Database, clock: FixedClock
) -> None:
    """The other one also of an office whose files are not there."""
    with database.transaction() as session:
        add_user(
            session,
            "sukamaju",
            name="siti",
            full_name="",
            role=Role.SUPERVISOR,
            password="rahasia-sekali",
            now=clock.now(),
        )

    def linked() -> dict[str, list[str]]:
        rows = json.loads(wadul("users", "list", "--json").stdout)
        return {f"{row['office']}/{row['name']}": row["linked"] for row in rows}

    both = ("jatibarang/siti", "sukamaju/siti")
    assert wadul("users", "link", *both).returncode == 0
    assert linked() == {both[0]: [both[1]], both[1]: [both[0]], "jatibarang/dedi": []}
    for arguments, why in (
        (("link", *both), "linked already"),
        (("link", "jatibarang/dedi", "sukamaju/siti"), "one account of each office"),
        (("link", "jatibarang/dedi", "siti"), "say OFFICE/NAME"),
        (("unlink", "jatibarang/dedi"), "is not linked"),
    ):
        done = wadul("users", *arguments)
        assert (done.returncode, why in done.stderr) == (1, True), done.stderr
    assert wadul("users", "unlink", both[1]).returncode == 0
    assert set(map(tuple, linked().values())) == {()}
    with database.transaction() as session:
        logged = session.scalars(select(AuditEntry).order_by(AuditEntry.number)).all()
    assert {(row.office_id, row.actor, row.action, row.subject) for row in logged} == {
        ("jatibarang", "administrator", "account_linked", "siti: sukamaju/siti"),
        ("sukamaju", "administrator", "account_linked", "siti: jatibarang/siti"),
        ("jatibarang", "administrator", "account_unlinked", "siti: sukamaju/siti"),
        ("sukamaju", "administrator", "account_unlinked", "siti: jatibarang/siti"),
    }


def test_a_second_factor_is_reset_from_the_machine(
    wadul: Any, numbers: dict[str, str], database: Database, clock: FixedClock
) -> None:
    with database.transaction() as session:
        dedi = find_user(session, "jatibarang", "dedi")
        session.add(
            SecondFactor(
                office_id=dedi.office_id, user_id=dedi.id, secret="x", created_at=clock.now()
            )
        )
    assert wadul("users", "reset-factor", "jatibarang/siapa").returncode == 1
    assert wadul("users", "reset-factor", "jatibarang/dedi").returncode == 0
    with database.transaction() as session:
        assert session.scalars(select(SecondFactor)).all() == []
        (entry,) = session.scalars(select(AuditEntry)).all()
    assert (entry.actor, entry.action) == ("administrator", "second_factor_reset")


def test_mistakes_are_one_sentence(wadul: Any, numbers: dict[str, str]) -> None:
    for arguments in (
        ("tickets", "show", "JTB-000000-0000"),
        ("conversations", "show", "whatsapp:+62"),
        ("users", "duty", "siapa", "on"),
        ("report", "summary", "--from", "2027-01-01", "--to", "2026-01-01"),
    ):
        done = wadul(*arguments)
        assert done.returncode == 1
        assert done.stderr.startswith("wadul: ")
        assert "Traceback" not in done.stderr


def test_report(
    database: Database, office: Office, numbers: dict[str, str], clock: FixedClock
) -> None:
    clock.advance(days=2)
    with database.transaction() as session:
        answer_ticket(session, office, numbers["land"], "ok", actor="siti", now=clock.now())
    day = clock.now().date().replace(day=24)
    with database.transaction() as session:
        numbers_of_day = summary(session, office, day, day)
        before = summary(session, office, day.replace(day=1), day.replace(day=23))
    assert (numbers_of_day["to_do"], numbers_of_day["done"], numbers_of_day["in_work"]) == (2, 1, 1)
    assert numbers_of_day["median_days_to_answer"] == 2
    assert numbers_of_day["by_class"] == {"supervisory": 1, "non_supervisory": 1}
    assert before["to_do"] == 0
