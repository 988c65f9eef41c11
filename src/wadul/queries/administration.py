"""Lists for those who administer: people, the audit log, one's own sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from wadul.core.actors import Actor, Power
from wadul.core.states import Role
from wadul.core.ticket_number import find_numbers
from wadul.models import AuditEntry, ConsoleSession, SecondFactor, User
from wadul.queries.discretion import secret_from

AUDIT_PAGE = 100


@dataclass(frozen=True)
class Account:
    id: UUID
    name: str
    full_name: str
    role: Role
    active: bool
    on_duty: bool
    second_factor: bool
    last_seen: datetime | None
    version: int


@dataclass(frozen=True)
class AuditRow:
    number: int
    at: datetime
    actor: str
    action: str
    subject: str
    details: dict[str, Any]
    hidden: bool = False  # it is about a ticket for inspectors only


@dataclass(frozen=True)
class OwnSession:
    id: UUID
    created_at: datetime
    seen_at: datetime
    browser: str


def list_accounts(session: Session, actor: Actor) -> list[Account]:
    actor.require(Power.ADMINISTER)
    seen = (
        select(ConsoleSession.seen_at)
        .where(ConsoleSession.office_id == User.office_id, ConsoleSession.user_id == User.id)
        .order_by(ConsoleSession.seen_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = session.execute(
        select(User, SecondFactor.confirmed_at, seen.label("seen"))
        .outerjoin(
            SecondFactor,
            and_(SecondFactor.office_id == User.office_id, SecondFactor.user_id == User.id),
        )
        .where(User.office_id == actor.office_id)
        .order_by(User.active.desc(), User.full_name)
    )
    return [
        Account(
            user.id,
            user.name,
            user.full_name,
            user.role,
            user.active,
            user.on_duty,
            confirmed is not None,
            last_seen,
            user.version,
        )
        for user, confirmed, last_seen in rows
    ]


def list_audit(session: Session, actor: Actor, *, before: int | None = None) -> list[AuditRow]:
    """Newest first, a page at a time; what is about misconduct reports is told to inspectors."""
    actor.require(Power.READ_AUDIT)
    query = select(AuditEntry).where(AuditEntry.office_id == actor.office_id)
    if before is not None:
        query = query.where(AuditEntry.number < before)
    rows = session.scalars(query.order_by(AuditEntry.number.desc()).limit(AUDIT_PAGE)).all()
    named = {row.number: set(find_numbers(row.subject)) for row in rows}
    secret = secret_from(session, actor, set().union(*named.values()))
    return [
        AuditRow(row.number, row.at, row.actor, row.action, "", {}, hidden=True)
        if named[row.number] & secret
        else AuditRow(row.number, row.at, row.actor, row.action, row.subject, row.details)
        for row in rows
    ]


def list_own_sessions(session: Session, actor: Actor) -> list[OwnSession]:
    rows = session.scalars(
        select(ConsoleSession)
        .where(ConsoleSession.office_id == actor.office_id, ConsoleSession.user_id == actor.user_id)
        .order_by(ConsoleSession.seen_at.desc())
    )
    return [OwnSession(row.id, row.created_at, row.seen_at, row.browser) for row in rows]
