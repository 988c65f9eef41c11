"""The audit log cannot be changed, and whoever gets round that is found out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from integration.console.support import NOW, Desk
from wadul.models import AuditEntry
from wadul.usecases.audit import GENESIS, Broken, append, hash_of, heads, verify

pytestmark = pytest.mark.integration

WADUL = Path(sys.executable).parent / "wadul"
OFFICE = "jatibarang"


@pytest.fixture
def written(desk: Desk) -> Desk:
    """Five entries."""
    for number in range(5):
        with desk.database.transaction() as session:
            append(
                session,
                OFFICE,
                actor="sari",
                action="take_over",
                subject=f"percakapan {number}",
                now=NOW,
                details={"why": "uji", "count": number},
            )
    return desk


def tamper(desk: Desk, statement: str) -> None:
    """As somebody with the database's own password does it."""
    with desk.database.transaction() as session:
        if desk.database.is_sqlite:
            for change in ("update", "delete"):
                session.execute(text(f"DROP TRIGGER IF EXISTS audit_entries_no_{change}"))
        else:
            session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_entries SET actor = 'dedi' WHERE number = 3", "DELETE FROM audit_entries"],
)
def test_the_database_refuses_changes(written: Desk, statement: str) -> None:
    with (
        pytest.raises(DBAPIError, match="append-only"),
        written.database.transaction() as session,
    ):
        session.execute(text(statement))
    with written.database.transaction() as session:
        assert verify(session) == (5, [])


def test_an_entry_is_not_replaced_by_a_new_one(written: Desk) -> None:
    for statement in replacing(written):
        with (
            pytest.raises(DBAPIError, match="append-only"),
            written.database.transaction() as session,
        ):
            session.execute(text(statement))
    with written.database.transaction() as session:
        assert verify(session) == (5, [])


def replacing(desk: Desk) -> list[str]:
    """Another entry in the third one's place."""
    rest = "office_id, at, action, subject, details, previous_hash, hash"
    third = f"'dedi', {rest} FROM audit_entries WHERE number = 3"
    by_number = f"INTO audit_entries (number, actor, {rest}) SELECT number, {third}"
    by_row = f"INTO audit_entries (rowid, number, actor, {rest}) SELECT rowid, 90, {third}"
    if desk.database.is_sqlite:
        return [f"REPLACE {by_number}", f"REPLACE {by_row}"]
    conflict = "ON CONFLICT (office_id, number) DO UPDATE SET actor = 'dedi'"
    return [f"INSERT {by_number} {conflict}"]


@pytest.mark.parametrize(
    ("statement", "number", "reason"),
    [
        ("UPDATE audit_entries SET actor = 'dedi' WHERE number = 3", 3, "was changed"),
        ("UPDATE audit_entries SET details = '{}' WHERE number = 2", 2, "was changed"),
        ("DELETE FROM audit_entries WHERE number = 4", 5, "entry 4 is missing"),
        ("DELETE FROM audit_entries WHERE number = 1", 2, "entry 1 is missing"),
        (
            f"UPDATE audit_entries SET previous_hash = '{'f' * 64}' WHERE number = 2",
            2,
            "does not follow the entry before it",
        ),
        (
            "UPDATE audit_entries SET number = CASE number WHEN 2 THEN 30 WHEN 3 THEN 2 ELSE number"
            " END WHERE number IN (2, 3)",
            2,
            "does not follow the entry before it",
        ),
        (
            "UPDATE audit_entries SET number = number + 1 WHERE number = 5",
            6,
            "entry 5 is missing",
        ),
    ],
)
def test_verify_names_the_first_entry_that_was_touched(
    written: Desk, statement: str, number: int, reason: str
) -> None:
    tamper(written, statement)
    with written.database.transaction() as session:
        _, broken = verify(session)
    assert broken == [Broken(OFFICE, number, reason)]


def test_two_entries_cannot_change_places(written: Desk) -> None:
    """Not even with the numbers and links of their new places."""
    for statement in (
        "UPDATE audit_entries SET number = 99 WHERE number = 2",
        "UPDATE audit_entries SET number = 2 WHERE number = 3",
        "UPDATE audit_entries SET number = 3 WHERE number = 99",
        "UPDATE audit_entries SET previous_hash = (SELECT e.hash FROM audit_entries e"
        " WHERE e.number = 1) WHERE number = 2",
    ):
        tamper(written, statement)
    with written.database.transaction() as session:
        assert verify(session) == (5, [Broken(OFFICE, 2, "was changed")])


def test_the_newest_entries_cannot_be_cut_off_once_the_head_was_noted(written: Desk) -> None:
    with written.database.transaction() as session:
        noted = heads(session)
        assert [(head.office_id, head.number) for head in noted] == [(OFFICE, 5)]
        assert verify(session, noted) == (5, [])
    tamper(written, "DELETE FROM audit_entries WHERE number >= 4")
    with written.database.transaction() as session:
        assert verify(session) == (3, []), "the chain alone cannot know"
        assert verify(session, noted) == (3, [Broken(OFFICE, 5, "is missing at the end")])


def test_a_log_that_was_written_anew_is_not_the_one_that_was_noted(written: Desk) -> None:
    with written.database.transaction() as session:
        noted = heads(session)
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.number)).all()
        session.expunge_all()
    previous = GENESIS
    for entry in entries:  # every hash fits again
        entry.actor, entry.previous_hash = "dedi", previous
        previous = hash_of(entry)
        tamper(
            written,
            f"UPDATE audit_entries SET actor = 'dedi', previous_hash = '{entry.previous_hash}',"
            f" hash = '{previous}' WHERE number = {entry.number}",
        )
    with written.database.transaction() as session:
        assert verify(session) == (5, [])
        broken = verify(session, noted)[1]
    assert broken == [Broken(OFFICE, 5, "is not the one that was noted")]


def test_the_command_says_so_and_fails(written: Desk, database_url: str) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        env = {k: v for k, v in os.environ.items() if not k.startswith("WADUL_")}
        return subprocess.run(
            [WADUL, "audit", *arguments],
            env=env | {"WADUL_DATABASE_URL": database_url},
            capture_output=True,
            text=True,
            timeout=60,
        )

    noted = run("head").stdout.strip()
    assert run("verify", "--noted", noted).returncode == 0
    assert run("verify", "--noted", "jatibarang:5").returncode != 0
    tamper(written, "DELETE FROM audit_entries WHERE number = 5")
    cut = run("verify", "--noted", noted)
    assert (cut.returncode, "entry 5 is missing at the end" in cut.stdout) == (1, True)
    tamper(written, "UPDATE audit_entries SET subject = 'lain' WHERE number = 2")
    done = run("verify", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["broken"] == [
        {"office": OFFICE, "number": 2, "reason": "was changed"}
    ]
