"""A person's own selections of the ticket table."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from wadul.core.actors import Actor, Power
from wadul.exceptions import InvalidInput
from wadul.models import SavedFilter

MOST = 20


def save_filter(session: Session, actor: Actor, name: str, query: dict[str, Any]) -> None:
    """One of the same name is replaced."""
    actor.require(Power.WORK_TICKETS)
    name = " ".join(name.split())
    if not name or len(name) > 60:
        raise InvalidInput("a filter has a name of at most 60 characters")
    mine = select(SavedFilter).where(
        SavedFilter.office_id == actor.office_id, SavedFilter.user_id == actor.user_id
    )
    rows = session.scalars(mine).all()
    known = next((row for row in rows if row.name == name), None)
    if known is not None:
        known.query = query
        return
    if len(rows) >= MOST:
        raise InvalidInput(f"at most {MOST} filters")
    session.add(
        SavedFilter(office_id=actor.office_id, user_id=actor.user_id, name=name, query=query)
    )


def forget_filter(session: Session, actor: Actor, filter_id: UUID) -> None:
    row = session.get(SavedFilter, (actor.office_id, filter_id))
    if row is not None and row.user_id == actor.user_id:
        session.delete(row)
