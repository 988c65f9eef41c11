"""The audit log: who did what at the console, as a chain of hashes that nobody can change unseen.

Each entry's hash covers the entry and the hash before it. The database refuses updates and
deletes; whoever gets round that breaks the chain, and `verify` says where. A chain cannot tell
that its newest entries were cut off, nor that it was written anew: against that its head is noted
elsewhere (`heads`, once a day in the logs), and `verify` looks for what was noted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from wadul.database import take_turns
from wadul.models import AuditEntry

GENESIS = "0" * 64


@dataclass(frozen=True)
class Head:
    """An entry as somebody noted it: office, number, hash."""

    office_id: str
    number: int
    hash: str


@dataclass(frozen=True)
class Broken:
    """The first entry of an office that does not fit."""

    office_id: str
    number: int
    reason: str


def append(
    session: Session,
    office_id: str,
    *,
    actor: str,
    action: str,
    subject: str,
    now: datetime,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Add an entry in the caller's transaction. `details` holds no words of residents.

    Whoever adds to the logs of several offices does so in the order of their ids.
    """
    session.flush()  # everybody waits for rows first, and for the log last
    take_turns(session, f"audit:{office_id}")
    latest = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.office_id == office_id)
        .order_by(AuditEntry.number.desc())
        .limit(1)
    ).one_or_none()
    entry = AuditEntry(
        office_id=office_id,
        number=latest.number + 1 if latest else 1,
        at=now.replace(microsecond=now.microsecond // 1000 * 1000),
        actor=actor,
        action=action,
        subject=subject[:120],
        details=dict(details or {}),
        previous_hash=latest.hash if latest else GENESIS,
    )
    entry.hash = hash_of(entry)
    session.add(entry)
    session.flush()


def verify(session: Session, noted: Collection[Head] = ()) -> tuple[int, list[Broken]]:
    """How many entries there are, and for each office the first one that does not fit."""
    count = 0
    broken: dict[str, Broken] = {}
    hashes = {(head.office_id, head.number): head.hash for head in noted}
    number, previous, office_id = 0, GENESIS, None
    for entry in session.scalars(
        select(AuditEntry)
        .order_by(AuditEntry.office_id, AuditEntry.number)
        .execution_options(yield_per=1000)
    ):
        count += 1
        if entry.office_id != office_id:
            office_id, number, previous = entry.office_id, 0, GENESIS
        reason = _misfit(entry, number, previous)
        was = hashes.pop((entry.office_id, entry.number), entry.hash)
        if not reason and was != entry.hash:
            reason = "is not the one that was noted"
        if reason:
            broken.setdefault(entry.office_id, Broken(entry.office_id, entry.number, reason))
        number, previous = entry.number, entry.hash
        session.expunge(entry)
    for lost_in, lost in sorted(hashes):
        broken.setdefault(lost_in, Broken(lost_in, lost, "is missing at the end"))
    return count, list(broken.values())


def heads(session: Session) -> list[Head]:
    """The newest entry of each office: to be noted where whoever changes the log cannot reach."""
    newest = select(AuditEntry.office_id, func.max(AuditEntry.number)).group_by(
        AuditEntry.office_id
    )
    rows = session.execute(
        select(AuditEntry.office_id, AuditEntry.number, AuditEntry.hash)
        .where(tuple_(AuditEntry.office_id, AuditEntry.number).in_(newest))
        .order_by(AuditEntry.office_id)
    )
    return [Head(*row) for row in rows]


def hash_of(entry: AuditEntry) -> str:
    """SHA-256 over the entry as canonical JSON."""
    covered = [
        entry.office_id,
        entry.number,
        entry.at.isoformat(timespec="milliseconds"),
        entry.actor,
        entry.action,
        entry.subject,
        entry.details,
        entry.previous_hash,
    ]
    canonical = json.dumps(covered, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _misfit(entry: AuditEntry, before: int, previous_hash: str) -> str:
    if entry.number != before + 1:
        return f"entry {before + 1} is missing"
    if entry.previous_hash != previous_hash:
        return "does not follow the entry before it"
    return "" if entry.hash == hash_of(entry) else "was changed"
