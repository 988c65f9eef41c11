"""The list of conversations: whose they are, what was said last, what is unread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from wadul.core.actors import Actor, Power
from wadul.core.states import (
    Author,
    Category,
    HandledBy,
    TicketClass,
)
from wadul.core.ticket_number import find_number
from wadul.core.ticket_status import ENDED
from wadul.core.waiting import Taking
from wadul.models import (
    Contact,
    Conversation,
    HandOff,
    InboundMessage,
    OutboundMessage,
    Ticket,
)
from wadul.queries.anonymity import is_masked
from wadul.queries.discretion import hidden_from
from wadul.queries.inbox_rows import (
    InboxRow,
    build_rows,
    count_unread,
    select_conversations,
)
from wadul.queries.searching import has_words, is_contact

PAGE = 40
_FOUND_MESSAGES = 300  # latest messages with the words that are looked for
_FOUND_CONTACTS = 300  # newest ones of that name or number
_RECENT_HAND_OFFS = 20


class Tab(StrEnum):
    MINE = "mine"  # I hold it
    QUEUE = "queue"  # nobody's yet: waits for an operator
    WAITING = "waiting"  # with people, and the resident spoke last
    ALL = "all"


class Due(StrEnum):
    """Of an open ticket of the conversation."""

    LATE = "late"
    SOON = "soon"  # within three days


@dataclass(frozen=True)
class InboxFilter:
    tab: Tab = Tab.ALL
    text: str = ""
    desa: str | None = None
    category: Category | None = None
    class_: TicketClass | None = None
    due: Due | None = None


@dataclass(frozen=True)
class Crowd:
    queue: int
    waiting: int


def list_conversations(
    session: Session,
    actor: Actor,
    wanted: InboxFilter,
    *,
    today: date,
    limit: int = PAGE,
) -> list[InboxRow]:
    """The queue in its order, everything else latest first. Raises `NotPermitted`."""
    actor.require(Power.READ_CONVERSATIONS)
    query = select_conversations(actor.office_id).where(
        *_in_tab(actor, wanted.tab), *_with_ticket(actor, wanted, today)
    )
    if wanted.text.strip():
        query = query.where(_matches(session, actor, wanted.text.strip()))
    order: tuple[Any, ...] = (Conversation.last_inbound_at.desc(), Conversation.id.desc())
    if wanted.tab is Tab.QUEUE:
        order = (Conversation.handled_since.asc(), Conversation.id.asc())
    found = session.execute(query.order_by(*order).limit(limit)).all()
    concerned = [
        conversation.id
        for conversation, _, _ in found
        if conversation.handled_by is HandledBy.QUEUE or conversation.owner_id == actor.user_id
    ]
    unread = count_unread(session, actor.office_id, concerned, actor.user_id)
    return build_rows(session, actor, found, unread)


def is_here(session: Session, actor: Actor, conversation_id: UUID) -> bool:
    """Whether this office has such a conversation."""
    return session.get(Conversation, (actor.office_id, conversation_id)) is not None


def count_crowd(session: Session, office_id: str) -> Crowd:
    """The same for everybody of the office."""
    with_people = Conversation.handled_by.in_((HandledBy.QUEUE, HandledBy.OPERATOR))
    row = session.execute(
        select(
            func.count().filter(Conversation.handled_by == HandledBy.QUEUE),
            func.count().filter(_resident_spoke_last()),
        )
        .select_from(Conversation)
        .where(Conversation.office_id == office_id, with_people)
    ).one()
    return Crowd(*row)


def recent_takings(session: Session, office_id: str) -> list[Taking]:
    """The latest hand-offs by the bot that somebody took."""
    rows = session.execute(
        select(HandOff.queued_at, HandOff.taken_at)
        .where(
            HandOff.office_id == office_id,
            HandOff.taken_at.is_not(None),
            HandOff.turn_id.is_not(None),
        )
        .order_by(HandOff.id.desc())
        .limit(_RECENT_HAND_OFFS)
    )
    return [Taking(queued, taken) for queued, taken in rows if taken is not None]


def _in_tab(actor: Actor, tab: Tab) -> tuple[ColumnElement[bool], ...]:
    if tab is Tab.MINE:
        return (
            Conversation.handled_by == HandledBy.OPERATOR,
            Conversation.owner_id == actor.user_id,
        )
    if tab is Tab.QUEUE:
        return (Conversation.handled_by == HandledBy.QUEUE,)
    if tab is Tab.WAITING:
        with_people = Conversation.handled_by.in_((HandledBy.QUEUE, HandledBy.OPERATOR))
        return with_people, _resident_spoke_last()
    return ()


def _resident_spoke_last() -> ColumnElement[bool]:
    answered_at = (
        select(OutboundMessage.created_at)
        .where(
            OutboundMessage.office_id == Conversation.office_id,
            OutboundMessage.conversation_id == Conversation.id,
            OutboundMessage.author == bindparam(None, Author.OPERATOR, literal_execute=True),
        )
        .order_by(OutboundMessage.id.desc())
        .limit(1)
        .correlate(Conversation)
        .scalar_subquery()
    )
    return or_(answered_at.is_(None), answered_at <= Conversation.last_inbound_at)


def _visible_tickets(actor: Actor) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        Ticket.office_id == Conversation.office_id,
        Ticket.conversation_id == Conversation.id,
    ]
    if not actor.sees_supervisory:
        conditions.append(Ticket.class_ != TicketClass.SUPERVISORY)
    return conditions


def _with_ticket(actor: Actor, wanted: InboxFilter, today: date) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.desa:
        conditions.append(Ticket.desa == wanted.desa)
    if wanted.category:
        conditions.append(Ticket.category == wanted.category)
    if wanted.class_:
        conditions.append(Ticket.class_ == wanted.class_)
    if wanted.due:
        soon = today + timedelta(days=3)
        late = Ticket.due_at < today
        within = and_(Ticket.due_at >= today, Ticket.due_at <= soon)
        conditions.append(late if wanted.due is Due.LATE else within)
        conditions.append(Ticket.status.not_in(ENDED))
    return [exists().where(*_visible_tickets(actor), *conditions)] if conditions else []


def _matches(session: Session, actor: Actor, text: str) -> ColumnElement[bool]:
    number = find_number(text)
    if number is not None:
        return exists().where(*_visible_tickets(actor), Ticket.number == number)
    # Looked up one after the other: a condition over several tables would be read through.
    found = {
        *_conversations_with(session, actor, text),
        *_conversations_saying(session, actor, text),
    }
    return Conversation.id.in_(found)


def _conversations_with(session: Session, actor: Actor, text: str) -> Sequence[UUID]:
    """By name or number; those who asked not to be known are not found by them."""
    contacts = session.scalars(
        select(Contact.id)
        .where(Contact.office_id == actor.office_id, is_contact(text))
        .order_by(Contact.id.desc())
        .limit(_FOUND_CONTACTS)
    ).all()
    if not contacts:
        return []
    return session.scalars(
        select(Conversation.id).where(
            Conversation.office_id == actor.office_id,
            Conversation.contact_id.in_(contacts),
            ~is_masked(Conversation.office_id, Conversation.id),
        )
    ).all()


def _conversations_saying(session: Session, actor: Actor, text: str) -> list[UUID]:
    words = has_words(session, InboundMessage.text, text)
    if words is None:
        return []
    # By itself, so that PostgreSQL always asks the index of words and never reads through.
    hits = (
        select(InboundMessage.id)
        .where(InboundMessage.office_id == actor.office_id, words)
        .cte("hits")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    latest = select(hits.c.id).order_by(hits.c.id.desc()).limit(_FOUND_MESSAGES)
    found = session.scalars(
        select(InboundMessage)
        .where(InboundMessage.office_id == actor.office_id, InboundMessage.id.in_(latest))
        .order_by(InboundMessage.id.desc())
    ).all()
    hidden = hidden_from(session, actor, found)
    return list({m.conversation_id: None for m in found if not hidden.inbound(m)})
