"""The list of conversations: whose they are, what was said last, what is unread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from wadul.core.actors import Actor, Power
from wadul.core.privacy import mask_address
from wadul.core.states import (
    Author,
    Category,
    DeliveryState,
    HandledBy,
    MessageKind,
    TicketClass,
    TicketStatus,
)
from wadul.core.ticket_number import find_number
from wadul.core.ticket_status import ENDED
from wadul.models import (
    Contact,
    Conversation,
    HandOff,
    InboundMessage,
    OutboundMessage,
    ReadMarker,
    Ticket,
    User,
)
from wadul.queries.discretion import Hidden, hidden_among
from wadul.queries.searching import has_words, is_contact

PAGE = 40
_FOUND_MESSAGES = 300  # latest messages with the words that are looked for
_FOUND_CONTACTS = 300  # newest ones of that name or number
_MOST_UNREAD = 99
_RECENT_HAND_OFFS = 20
_NEWS = 20


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
class Preview:
    """The latest message. `author` None: the resident."""

    at: datetime
    text: str
    kind: MessageKind
    author: Author | None
    state: DeliveryState | None
    hidden: bool = False


@dataclass(frozen=True)
class InboxRow:
    id: UUID
    name: str
    address: str
    anonymous: bool  # name and address are masked
    handled_by: HandledBy
    handled_since: datetime
    owner_id: UUID | None
    owner: str | None
    last_inbound_at: datetime | None
    preview: Preview | None
    unread: int
    ticket: str | None  # number of the latest open one
    ticket_status: TicketStatus | None
    ticket_due: date | None


@dataclass(frozen=True)
class Own:
    held: list[UUID]
    unread: int  # of these, with something new


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
    owner = aliased(User)
    query = (
        select(Conversation, Contact, owner.full_name)
        .join(
            Contact,
            and_(
                Contact.office_id == Conversation.office_id, Contact.id == Conversation.contact_id
            ),
        )
        .outerjoin(
            owner,
            and_(owner.office_id == Conversation.office_id, owner.id == Conversation.owner_id),
        )
        .where(
            Conversation.office_id == actor.office_id,
            *_in_tab(actor, wanted.tab),
            *_with_ticket(actor, wanted, today),
        )
    )
    if wanted.text.strip():
        query = query.where(_matches(session, actor, wanted.text.strip()))
    order: tuple[Any, ...] = (Conversation.last_inbound_at.desc(), Conversation.id.desc())
    if wanted.tab is Tab.QUEUE:
        order = (Conversation.handled_since.asc(), Conversation.id.asc())
    found = session.execute(query.order_by(*order).limit(limit)).all()
    ids = [row.Conversation.id for row in found]
    previews = _previews(session, actor, ids)
    unread = _unread(session, actor, [row.Conversation for row in found])
    tickets = _open_tickets(session, actor, ids)
    anonymous = _anonymous(session, actor.office_id, ids)
    return [
        _row(row.Conversation, row.Contact, row.full_name, previews, unread, tickets, anonymous)
        for row in found
    ]


def list_own(session: Session, actor: Actor) -> Own:
    """What this person holds."""
    held = session.scalars(
        select(Conversation).where(
            Conversation.office_id == actor.office_id, *_in_tab(actor, Tab.MINE)
        )
    ).all()
    unread = _unread(session, actor, held)
    return Own([each.id for each in held], sum(1 for count in unread.values() if count))


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


@dataclass(frozen=True)
class News:
    """Something came in where this person should look."""

    id: UUID
    at: datetime
    name: str
    address: str
    anonymous: bool


def news_since(session: Session, actor: Actor, since: datetime) -> list[News]:
    """Of this person's conversations and of the queue, oldest first."""
    rows = session.execute(
        select(Conversation, Contact)
        .join(
            Contact,
            and_(
                Contact.office_id == Conversation.office_id, Contact.id == Conversation.contact_id
            ),
        )
        .where(
            Conversation.office_id == actor.office_id,
            Conversation.last_inbound_at > since,
            or_(
                Conversation.handled_by == HandledBy.QUEUE,
                and_(
                    Conversation.handled_by == HandledBy.OPERATOR,
                    Conversation.owner_id == actor.user_id,
                ),
            ),
        )
        .order_by(Conversation.last_inbound_at)
        .limit(_NEWS)
    ).all()
    anonymous = _anonymous(session, actor.office_id, [row.Conversation.id for row in rows])
    return [
        News(
            row.Conversation.id,
            row.Conversation.last_inbound_at or since,
            "" if row.Conversation.id in anonymous else row.Contact.profile_name,
            row.Contact.address,
            row.Conversation.id in anonymous,
        )
        for row in rows
    ]


def usual_wait(session: Session, office_id: str) -> timedelta | None:
    """How long the latest hand-offs waited until somebody took them, on average."""
    rows = session.execute(
        select(HandOff.queued_at, HandOff.taken_at)
        .where(
            HandOff.office_id == office_id,
            HandOff.taken_at.is_not(None),
            HandOff.turn_id.is_not(None),
        )
        .order_by(HandOff.id.desc())
        .limit(_RECENT_HAND_OFFS)
    ).all()
    waits = [taken - queued for queued, taken in rows if taken is not None]
    return sum(waits, timedelta()) / len(waits) if waits else None


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
    masked = exists().where(
        Ticket.office_id == Conversation.office_id,
        Ticket.conversation_id == Conversation.id,
        Ticket.anonymous,
    )
    return session.scalars(
        select(Conversation.id).where(
            Conversation.office_id == actor.office_id,
            Conversation.contact_id.in_(contacts),
            ~masked,
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
    hidden = _hidden(session, actor, found)
    return list({m.conversation_id: None for m in found if not hidden.inbound(m)})


def _hidden(
    session: Session,
    actor: Actor,
    inbound: Sequence[InboundMessage],
    outbound: Sequence[OutboundMessage] = (),
) -> Hidden:
    if actor.sees_supervisory:
        return Hidden()
    return hidden_among(session, actor.office_id, inbound, outbound)


def _previews(session: Session, actor: Actor, ids: Sequence[UUID]) -> dict[UUID, Preview]:
    inbound = _latest(session, actor.office_id, ids, InboundMessage)
    outbound = _latest(session, actor.office_id, ids, OutboundMessage)
    hidden = _hidden(session, actor, inbound, outbound)
    previews: dict[UUID, Preview] = {}
    for message in inbound:
        preview = Preview(message.received_at, message.text, message.kind, None, None)
        if hidden.inbound(message):
            preview = replace(preview, text="", hidden=True)
        previews[message.conversation_id] = preview
    for sent in outbound:
        earlier = previews.get(sent.conversation_id)
        if earlier is not None and earlier.at > sent.created_at:
            continue
        preview = Preview(sent.created_at, sent.text, MessageKind.TEXT, sent.author, sent.state)
        if hidden.outbound(sent):
            preview = replace(preview, text="", hidden=True)
        previews[sent.conversation_id] = preview
    return previews


def _latest(session: Session, office_id: str, ids: Sequence[UUID], model: Any) -> Sequence[Any]:
    """The latest message of each conversation; an index answers for each."""
    if not ids:
        return []
    newest = aliased(model)
    latest = (
        select(newest.id)
        .where(
            newest.office_id == Conversation.office_id, newest.conversation_id == Conversation.id
        )
        .order_by(newest.id.desc())
        .limit(1)
        .correlate(Conversation)
        .scalar_subquery()
    )
    heads = session.scalars(
        select(latest).where(Conversation.office_id == office_id, Conversation.id.in_(ids))
    )
    wanted = [head for head in heads if head is not None]
    return session.scalars(
        select(model).where(model.office_id == office_id, model.id.in_(wanted))
    ).all()


def _unread(
    session: Session, actor: Actor, conversations: Sequence[Conversation]
) -> dict[UUID, int]:
    """Of those that this person should look at: their own and the queue."""
    ids = [
        conversation.id
        for conversation in conversations
        if conversation.handled_by is HandledBy.QUEUE or conversation.owner_id == actor.user_id
    ]
    if not ids:
        return {}
    marker = (
        select(ReadMarker.read_to)
        .where(
            ReadMarker.office_id == Conversation.office_id,
            ReadMarker.user_id == actor.user_id,
            ReadMarker.conversation_id == Conversation.id,
        )
        .correlate(Conversation)
        .scalar_subquery()
    )
    newer = (
        select(InboundMessage.id)
        .where(
            InboundMessage.office_id == Conversation.office_id,
            InboundMessage.conversation_id == Conversation.id,
            or_(marker.is_(None), InboundMessage.id > marker),
        )
        .limit(_MOST_UNREAD)
        .correlate(Conversation)
        .subquery()
    )
    count = select(func.count()).select_from(newer).scalar_subquery()
    rows = session.execute(
        select(Conversation.id, count).where(
            Conversation.office_id == actor.office_id, Conversation.id.in_(ids)
        )
    )
    return {row[0]: row[1] for row in rows}


def _open_tickets(session: Session, actor: Actor, ids: Sequence[UUID]) -> dict[UUID, Ticket]:
    if not ids:
        return {}
    query = (
        select(Ticket)
        .where(
            Ticket.office_id == actor.office_id,
            Ticket.conversation_id.in_(ids),
            Ticket.status.not_in(ENDED),
        )
        .order_by(Ticket.id)
    )
    if not actor.sees_supervisory:
        query = query.where(Ticket.class_ != TicketClass.SUPERVISORY)
    return {ticket.conversation_id: ticket for ticket in session.scalars(query)}


def _anonymous(session: Session, office_id: str, ids: Sequence[UUID]) -> set[UUID]:
    """Conversations whose resident asked not to be known."""
    if not ids:
        return set()
    return set(
        session.scalars(
            select(Ticket.conversation_id).where(
                Ticket.office_id == office_id, Ticket.conversation_id.in_(ids), Ticket.anonymous
            )
        )
    )


def _row(
    conversation: Conversation,
    contact: Contact,
    owner: str | None,
    previews: dict[UUID, Preview],
    unread: dict[UUID, int],
    tickets: dict[UUID, Ticket],
    anonymous: set[UUID],
) -> InboxRow:
    masked = conversation.id in anonymous
    ticket = tickets.get(conversation.id)
    return InboxRow(
        id=conversation.id,
        name="" if masked else contact.profile_name,
        address=mask_address(contact.address) if masked else contact.address,
        anonymous=masked,
        handled_by=conversation.handled_by,
        handled_since=conversation.handled_since,
        owner_id=conversation.owner_id,
        owner=owner,
        last_inbound_at=conversation.last_inbound_at,
        preview=previews.get(conversation.id),
        unread=unread.get(conversation.id, 0),
        ticket=ticket.number if ticket else None,
        ticket_status=ticket.status if ticket else None,
        ticket_due=ticket.due_at if ticket else None,
    )
