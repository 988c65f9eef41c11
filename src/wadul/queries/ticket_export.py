"""All tickets that fit a filter, newest first, in portions: for a file, not for a screen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wadul.core.actors import Power, Viewer
from wadul.models import Ticket
from wadul.queries.ticket_table import TicketFilter, TicketRow, fitting, read_rows


@dataclass(frozen=True)
class Portion:
    """`last`: the oldest ticket in it, below which the next portion begins; None if it is empty."""

    rows: list[TicketRow]
    last: UUID | None


def list_portion(
    session: Session,
    viewer: Viewer,
    wanted: TicketFilter,
    *,
    today: date,
    below: UUID | None = None,
    size: int,
) -> Portion:
    """At most `size` tickets older than `below`. Raises `NotPermitted`."""
    viewer.require(Power.WORK_TICKETS)
    conditions = fitting(session, viewer, wanted, today)
    if below is not None:
        conditions.append(Ticket.id < below)
    newest = (Ticket.id.desc(),)
    ids = session.scalars(select(Ticket.id).where(*conditions).order_by(*newest).limit(size)).all()
    rows = read_rows(session, viewer.office_id, Ticket.id.in_(ids), newest) if ids else []
    return Portion(rows, ids[-1] if ids else None)


def count_fitting(
    session: Session, viewer: Viewer, wanted: TicketFilter, *, today: date, most: int
) -> int:
    """How many fit, counted to `most`. Raises `NotPermitted`."""
    viewer.require(Power.WORK_TICKETS)
    some = select(Ticket.id).where(*fitting(session, viewer, wanted, today)).limit(most).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0
