"""The table of tickets, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select, union
from sqlalchemy.orm import Session

from wadul.core.actors import Actor, Power, Viewer
from wadul.core.states import Category, TicketClass, TicketKind, TicketStatus
from wadul.core.ticket_number import find_number
from wadul.core.ticket_status import ENDED
from wadul.models import Contact, Ticket, User
from wadul.queries.anonymity import is_masked
from wadul.queries.searching import has_words, is_contact

LARGEST_PAGE = 100
_COUNTED_TO = 10_000
_MASKED = is_masked(Ticket.office_id, Ticket.conversation_id)


class Which(StrEnum):
    OPEN = "open"
    ENDED = "ended"
    ALL = "all"


class Order(StrEnum):
    DUE = "due"
    CREATED = "created"
    NUMBER = "number"
    STATUS = "status"
    DESA = "desa"
    CATEGORY = "category"


class Assigned(StrEnum):
    ME = "me"
    NOBODY = "nobody"


@dataclass(frozen=True)
class TicketFilter:
    which: Which = Which.OPEN
    text: str = ""
    status: TicketStatus | None = None
    kind: TicketKind | None = None
    class_: TicketClass | None = None
    category: Category | None = None
    desa: str | None = None
    assigned: Assigned | UUID | None = None
    late: bool = False
    soon: bool = False  # due within three days


@dataclass(frozen=True)
class TicketRow:
    number: str
    version: int
    status: TicketStatus
    kind: TicketKind
    class_: TicketClass
    category: Category
    desa: str | None
    description: str
    created_at: datetime
    due_at: date
    verify_by: date
    paused: bool
    assignee: str | None
    anonymous: bool
    confidential: bool
    masked: bool  # the reporter asked not to be known, here or at another ticket
    reporter: str  # empty where it is masked


@dataclass(frozen=True)
class TicketPage:
    rows: list[TicketRow]
    total: int
    counted_all: bool  # False: there are more than `total`


def list_page(
    session: Session,
    actor: Actor,
    wanted: TicketFilter,
    *,
    today: date,
    order: Order = Order.DUE,
    descending: bool = False,
    page: int = 0,
    size: int = 50,
) -> TicketPage:
    """`page` counts from 0. Raises `NotPermitted`."""
    actor.require(Power.WORK_TICKETS)
    size = min(max(size, 1), LARGEST_PAGE)
    conditions = fitting(session, actor, wanted, today)
    by = _order(order, descending)
    # The page is found by keys alone, so that what is sorted stays small.
    shown = (
        select(Ticket.id).where(*conditions).order_by(*by).offset(max(page, 0) * size).limit(size)
    )
    some = select(Ticket.id).where(*conditions).limit(_COUNTED_TO).subquery()
    total = session.scalar(select(func.count()).select_from(some)) or 0
    return TicketPage(
        read_rows(session, actor.office_id, Ticket.id.in_(shown), by),
        total,
        total < _COUNTED_TO,
    )


def read_rows(
    session: Session, office_id: str, which: ColumnElement[bool], by: Sequence[Any]
) -> list[TicketRow]:
    """With the reporter's and the assignee's name, in the order of `by`."""
    rows = session.execute(
        select(Ticket, Contact.profile_name, User.full_name, _MASKED.label("masked"))
        .join(Contact, and_(Contact.office_id == Ticket.office_id, Contact.id == Ticket.contact_id))
        .outerjoin(User, and_(User.office_id == Ticket.office_id, User.id == Ticket.assignee_id))
        .where(Ticket.office_id == office_id, which)
        .order_by(*by)
    )
    return [_row(row.Ticket, row.profile_name, row.full_name, row.masked) for row in rows]


def fitting(
    session: Session, viewer: Viewer, wanted: TicketFilter, today: date
) -> list[ColumnElement[bool]]:
    """The filter, and what the viewer may see."""
    conditions: list[ColumnElement[bool]] = [Ticket.office_id == viewer.office_id]
    if not viewer.sees_supervisory:
        conditions.append(Ticket.class_ != TicketClass.SUPERVISORY)
    if wanted.which is Which.OPEN:
        conditions.append(Ticket.status.not_in(ENDED))
    elif wanted.which is Which.ENDED:
        conditions.append(Ticket.status.in_(ENDED))
    for column, value in (
        (Ticket.status, wanted.status),
        (Ticket.kind, wanted.kind),
        (Ticket.class_, wanted.class_),
        (Ticket.category, wanted.category),
        (Ticket.desa, wanted.desa),
    ):
        if value:
            conditions.append(column == value)
    if wanted.assigned is Assigned.NOBODY:
        conditions.append(Ticket.assignee_id.is_(None))
    elif wanted.assigned is not None:
        me = wanted.assigned is Assigned.ME
        conditions.append(Ticket.assignee_id == (viewer.user_id if me else wanted.assigned))
    if wanted.late:
        conditions.append(Ticket.due_at < today)
    if wanted.soon:
        conditions.append(Ticket.due_at.between(today, today + timedelta(days=3)))
    if wanted.text.strip():
        conditions.append(_matches(session, viewer.office_id, wanted.text.strip()))
    return conditions


def _matches(session: Session, office_id: str, text: str) -> ColumnElement[bool]:
    """One list of ids from an index each: a condition over several tables would be read through."""
    number = find_number(text)
    if number is not None:
        return Ticket.number == number
    mine = select(Ticket.id).where(Ticket.office_id == office_id)
    found = [mine.where(Ticket.number.startswith(text.upper(), autoescape=True))]
    words = has_words(session, Ticket.description, text)
    if words is not None:
        found.append(mine.where(words))
    reporters = select(Contact.id).where(Contact.office_id == office_id, is_contact(text))
    found.append(mine.where(~_MASKED, Ticket.contact_id.in_(reporters)))
    return Ticket.id.in_(union(*found))


def _order(order: Order, descending: bool) -> list[Any]:
    column: Any = {
        Order.DUE: Ticket.due_at,
        Order.CREATED: Ticket.id,
        Order.NUMBER: Ticket.number,
        Order.STATUS: Ticket.status,
        Order.DESA: Ticket.desa,
        Order.CATEGORY: Ticket.category,
    }[order]
    then = [] if order is Order.CREATED else [Ticket.id]
    return [each.desc() if descending else each.asc() for each in (column, *then)]


def _row(ticket: Ticket, reporter: str, assignee: str | None, masked: bool) -> TicketRow:
    return TicketRow(
        number=ticket.number,
        version=ticket.version,
        status=ticket.status,
        kind=ticket.kind,
        class_=ticket.class_,
        category=ticket.category,
        desa=ticket.desa,
        description=ticket.description,
        created_at=ticket.created_at,
        due_at=ticket.due_at,
        verify_by=ticket.verify_by,
        paused=ticket.paused_at is not None,
        assignee=assignee,
        anonymous=ticket.anonymous,
        confidential=ticket.confidential,
        masked=masked,
        reporter="" if masked else reporter,
    )
