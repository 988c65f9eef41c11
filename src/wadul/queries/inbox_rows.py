"""A row of the list of conversations: who it is, what was said last, what is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, defer
from sqlalchemy.sql.base import ExecutableOption

from wadul.core.privacy import mask_address
from wadul.core.states import (
    Author,
    DeliveryState,
    HandledBy,
    MessageKind,
    TicketClass,
    TicketStatus,
)
from wadul.core.ticket_status import ENDED
from wadul.models import (
    Contact,
    Conversation,
    InboundMessage,
    OutboundMessage,
    Ticket,
    User,
)
from wadul.queries.among import among
from wadul.queries.discretion import Hidden, Viewer, hidden_from
from wadul.queries.of_conversation import Reader, latest_of, read_to

_MOST_UNREAD = 99


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


def only_shown(model: Any) -> list[ExecutableOption]:
    """Leaves out what no screen shows: to read it as JSON takes longer than all else."""
    return [defer(column) for column in _NOT_SHOWN.get(model, ())]


_NOT_SHOWN: dict[Any, tuple[InstrumentedAttribute[Any], ...]] = {
    InboundMessage: (InboundMessage.raw,),
    OutboundMessage: (OutboundMessage.choices, OutboundMessage.template_variables),
}
Found = Row[Conversation, Contact, str]


def select_conversations(office_id: str) -> Select[Conversation, Contact, str]:
    """With the resident and the owner's name."""
    owner = aliased(User)
    return (
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
        .where(Conversation.office_id == office_id)
    )


def build_rows(
    session: Session, viewer: Viewer, found: Sequence[Found], unread: dict[UUID, int]
) -> list[InboxRow]:
    """In the order of `found`."""
    ids = [row[0].id for row in found]
    previews = _previews(session, viewer, ids)
    tickets = _open_tickets(session, viewer, ids)
    anonymous = _anonymous(session, viewer.office_id, ids)
    return [
        _row(conversation, contact, owner, previews, unread, tickets, anonymous)
        for conversation, contact, owner in found
    ]


def with_news(
    session: Session,
    viewer: Viewer,
    known: Mapping[UUID, InboxRow],
    wrote_at: Mapping[UUID, datetime],
) -> list[InboxRow]:
    """The rows of conversations in which all that happened since is that the resident wrote.

    `wrote_at`: when they did last, by conversation. `unread` is the owner's.
    """
    inbound = _latest(session, viewer.office_id, list(known), InboundMessage)
    hidden = hidden_from(session, viewer, inbound)
    owned = [row.id for row in known.values() if row.owner_id]
    unread = count_unread(session, viewer.office_id, owned, Conversation.owner_id)
    rows = []
    for message in inbound:
        row, preview = known[message.conversation_id], _of_resident(message, hidden)
        rows.append(
            replace(
                row,
                last_inbound_at=wrote_at[row.id],
                preview=row.preview if _later(row.preview, preview.at) else preview,
                unread=unread.get(row.id, 0),
            )
        )
    return rows


def _previews(session: Session, viewer: Viewer, ids: Sequence[UUID]) -> dict[UUID, Preview]:
    inbound = _latest(session, viewer.office_id, ids, InboundMessage)
    outbound = _latest(session, viewer.office_id, ids, OutboundMessage)
    hidden = hidden_from(session, viewer, inbound, outbound)
    previews = {message.conversation_id: _of_resident(message, hidden) for message in inbound}
    for sent in outbound:
        if _later(previews.get(sent.conversation_id), sent.created_at):
            continue
        preview = Preview(sent.created_at, sent.text, MessageKind.TEXT, sent.author, sent.state)
        if hidden.outbound(sent):
            preview = replace(preview, text="", hidden=True)
        previews[sent.conversation_id] = preview
    return previews


def _of_resident(message: InboundMessage, hidden: Hidden) -> Preview:
    preview = Preview(message.received_at, message.text, message.kind, None, None)
    return replace(preview, text="", hidden=True) if hidden.inbound(message) else preview


def _later(preview: Preview | None, than: datetime) -> bool:
    return preview is not None and preview.at > than


def _latest(session: Session, office_id: str, ids: Sequence[UUID], model: Any) -> Sequence[Any]:
    """The latest message of each conversation; an index answers for each."""
    if not ids:
        return []
    heads = session.scalars(
        select(latest_of(model)).where(
            Conversation.office_id == office_id, among(session, Conversation.id, ids)
        )
    )
    wanted = [head for head in heads if head is not None]
    return session.scalars(
        select(model)
        .where(model.office_id == office_id, among(session, model.id, wanted))
        .options(*only_shown(model))
    ).all()


def count_unread(
    session: Session, office_id: str, ids: Sequence[UUID], reader: Reader
) -> dict[UUID, int]:
    """What came in since `reader` looked last, at most 99 each."""
    if not ids:
        return {}
    marker = read_to(reader)
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
            Conversation.office_id == office_id, among(session, Conversation.id, ids)
        )
    )
    return {row[0]: row[1] for row in rows}


def _open_tickets(session: Session, viewer: Viewer, ids: Sequence[UUID]) -> dict[UUID, Ticket]:
    if not ids:
        return {}
    query = (
        select(Ticket)
        .where(
            Ticket.office_id == viewer.office_id,
            among(session, Ticket.conversation_id, ids),
            Ticket.status.not_in(ENDED),
        )
        .order_by(Ticket.id)
    )
    if not viewer.sees_supervisory:
        query = query.where(Ticket.class_ != TicketClass.SUPERVISORY)
    return {ticket.conversation_id: ticket for ticket in session.scalars(query)}


def _anonymous(session: Session, office_id: str, ids: Sequence[UUID]) -> set[UUID]:
    """Conversations whose resident asked not to be known."""
    if not ids:
        return set()
    return set(
        session.scalars(
            select(Ticket.conversation_id).where(
                Ticket.office_id == office_id,
                among(session, Ticket.conversation_id, ids),
                Ticket.anonymous,
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
