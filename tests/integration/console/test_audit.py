"""The audit log cannot be changed, and whoever gets round that is found out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from integration.console.support import NOW, Desk
from wadul.usecases.audit import Broken, append, verify

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
    ],
)
def test_verify_names_the_first_entry_that_was_touched(
    written: Desk, statement: str, number: int, reason: str
) -> None:
    tamper(written, statement)
    with written.database.transaction() as session:
        _, broken = verify(session)
    assert broken == [Broken(OFFICE, number, reason)]


def test_the_command_says_so_and_fails(written: Desk, database_url: str) -> None:
    def run(*options: str) -> subprocess.CompletedProcess[str]:
        env = {k: v for k, v in os.environ.items() if not k.startswith("WADUL_")}
        return subprocess.run(
            [WADUL, "audit", "verify", *options],
            env=env | {"WADUL_DATABASE_URL": database_url},
            capture_output=True,
            text=True,
            timeout=60,
        )

    assert run().returncode == 0
    tamper(written, "UPDATE audit_entries SET subject = 'lain' WHERE number = 2")
    done = run("--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["broken"] == [
        {"office": OFFICE, "number": 2, "reason": "was changed"}
    ]
