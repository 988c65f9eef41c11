"""What pages need besides their subject: colleagues, prepared texts, notices, saved filters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from wadul.core.actors import Actor, Power
from wadul.core.states import NoticeKind, Role
from wadul.models import CannedReply, Notice, SavedFilter, User
from wadul.queries.discretion import Hidden, hidden_moments


@dataclass(frozen=True)
class Person:
    id: UUID
    name: str
    full_name: str
    role: Role
    on_duty: bool


@dataclass(frozen=True)
class Prepared:
    id: UUID
    shortcut: str
    title: str
    text: str
    version: int


@dataclass(frozen=True)
class NoticeRow:
    id: UUID
    kind: str
    conversation_id: UUID | None
    ticket_number: str | None
    text: str
    created_at: datetime
    fresh: bool


def list_people(session: Session, actor: Actor) -> list[Person]:
    return people_of(session, actor.office_id)


def people_of(session: Session, office_id: str) -> list[Person]:
    """Everybody of the office who works with conversations or tickets."""
    rows = session.scalars(
        select(User)
        .where(User.office_id == office_id, User.active, User.role != Role.TRAINER)
        .order_by(User.full_name)
    )
    return [Person(row.id, row.name, row.full_name, row.role, row.on_duty) for row in rows]


def list_prepared(session: Session, actor: Actor) -> list[Prepared]:
    actor.require(Power.ANSWER)
    return prepared_of(session, actor.office_id)


def prepared_of(session: Session, office_id: str) -> list[Prepared]:
    rows = session.scalars(
        select(CannedReply)
        .where(CannedReply.office_id == office_id, CannedReply.deleted_at.is_(None))
        .order_by(CannedReply.shortcut)
    )
    return [Prepared(row.id, row.shortcut, row.title, row.text, row.version) for row in rows]


def list_notices(session: Session, actor: Actor, *, limit: int = 20) -> list[NoticeRow]:
    """Newest first, without mentions in what is for inspectors only."""
    rows = session.scalars(
        select(Notice)
        .where(Notice.office_id == actor.office_id, Notice.user_id == actor.user_id)
        .order_by(Notice.id.desc())
        .limit(limit)
    ).all()
    hidden = Hidden()
    if rows and not actor.sees_supervisory:
        concerned = {row.conversation_id for row in rows if row.conversation_id}
        hidden = hidden_moments(session, actor.office_id, concerned)
    return [
        NoticeRow(
            row.id,
            row.kind,
            row.conversation_id,
            row.ticket_number,
            row.text,
            row.created_at,
            row.seen_at is None,
        )
        for row in rows
        if not _is_secret(row, hidden)
    ]


def _is_secret(row: Notice, hidden: Hidden) -> bool:
    if row.kind != NoticeKind.MENTION or row.conversation_id is None:
        return False
    return hidden.at(row.conversation_id, row.created_at)


def list_filters(session: Session, actor: Actor) -> list[tuple[UUID, str, dict[str, Any]]]:
    rows = session.scalars(
        select(SavedFilter)
        .where(SavedFilter.office_id == actor.office_id, SavedFilter.user_id == actor.user_id)
        .order_by(SavedFilter.name)
    )
    return [(row.id, row.name, row.query) for row in rows]
