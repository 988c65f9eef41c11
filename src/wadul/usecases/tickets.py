"""File tickets and move them: each function is one use case in the caller's transaction.

Everything here is safe to run twice for one turn: the second run finds what the first one did.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from wadul.core.dates import local_date
from wadul.core.deadlines import class_of, deadlines_from
from wadul.core.states import (
    Category,
    TicketClass,
    TicketEventType,
    TicketKind,
    TicketStatus,
)
from wadul.core.ticket_number import find_number, new_number
from wadul.core.ticket_status import LABELS, is_open
from wadul.exceptions import NotFound
from wadul.models import Attachment, Conversation, InboundMessage, Ticket, new_id
from wadul.office import Office
from wadul.usecases.ticket_history import move, record, seen

RESIDENT = "resident"


@dataclass(frozen=True)
class TicketDraft:
    """What the dialogue gathered. The texts of `message_ids` make the description, in their order,
    and their attachments and pin go with the ticket."""

    kind: TicketKind
    category: Category
    message_ids: Sequence[UUID]
    service: str | None = None
    desa: str | None = None
    place: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    occurred: str | None = None
    occurred_on: date | None = None
    reported_party: str | None = None
    anonymous: bool = False
    confidential: bool = False


@dataclass(frozen=True)
class TicketView:
    """A ticket as its own reporter may see it."""

    id: UUID
    number: str
    kind: TicketKind
    category: Category
    class_: TicketClass
    status: TicketStatus
    status_label: str
    desa: str | None
    description: str
    created_at: datetime
    verify_by: date
    due_at: date
    is_open: bool

    @classmethod
    def of(cls, ticket: Ticket) -> TicketView:
        return cls(
            id=ticket.id,
            number=ticket.number,
            kind=ticket.kind,
            category=ticket.category,
            class_=ticket.class_,
            status=ticket.status,
            status_label=LABELS[ticket.status],
            desa=ticket.desa,
            description=ticket.description,
            created_at=ticket.created_at,
            verify_by=ticket.verify_by,
            due_at=ticket.due_at,
            is_open=is_open(ticket.status),
        )


def file_ticket(
    session: Session,
    office: Office,
    *,
    conversation_id: UUID,
    turn_id: UUID,
    draft: TicketDraft,
    now: datetime,
) -> TicketView:
    """Open a ticket with its deadlines and first event; the same turn always gets the same one."""
    conversation = session.scalars(
        select(Conversation)
        .where(Conversation.office_id == office.id, Conversation.id == conversation_id)
        .with_for_update()
    ).one()
    filed = session.scalars(
        select(Ticket).where(Ticket.office_id == office.id, Ticket.turn_id == turn_id)
    ).one_or_none()
    if filed:
        return TicketView.of(filed)
    messages = _messages(session, office.id, conversation_id, draft.message_ids)
    pin = next((m for m in reversed(messages) if m.latitude is not None), None)
    today = local_date(now, office.timezone)
    class_ = class_of(draft.kind, draft.category)
    deadlines = deadlines_from(today, class_, office.limits, office.extra_holiday_dates)
    ticket = Ticket(
        office_id=office.id,
        id=new_id(),
        number=_unused_number(session, office, today),
        turn_id=turn_id,
        contact_id=conversation.contact_id,
        conversation_id=conversation_id,
        kind=draft.kind,
        class_=class_,
        category=draft.category,
        status=TicketStatus.RECEIVED,
        service=draft.service,
        description=_told(messages),
        desa=draft.desa,
        place=draft.place,
        latitude=draft.latitude if draft.latitude is not None else pin and pin.latitude,
        longitude=draft.longitude if draft.longitude is not None else pin and pin.longitude,
        occurred=draft.occurred,
        occurred_on=draft.occurred_on,
        reported_party=draft.reported_party if class_ is TicketClass.SUPERVISORY else None,
        anonymous=draft.anonymous,
        confidential=draft.confidential,
        told_at=messages[0].received_at if messages else None,
        created_at=now,
        verify_by=deadlines.verify_by,
        due_at=deadlines.due_at,
        limit_days=deadlines.limit_days,
    )
    session.add(ticket)
    session.flush()
    record(session, ticket, TicketEventType.FILED, now, RESIDENT, turn_id, to=TicketStatus.RECEIVED)
    _attach(session, ticket, messages)
    return TicketView.of(ticket)


def own_tickets(
    session: Session, office_id: str, contact_id: UUID, limit: int = 5
) -> list[TicketView]:
    """The contact's tickets, newest first."""
    rows = session.scalars(
        select(Ticket)
        .where(Ticket.office_id == office_id, Ticket.contact_id == contact_id)
        .order_by(Ticket.id.desc())
        .limit(limit)
    )
    return [TicketView.of(ticket) for ticket in rows]


def own_ticket(session: Session, office_id: str, contact_id: UUID, number: str) -> TicketView:
    """Raises `NotFound` both for a number that does not exist and for somebody else's."""
    return TicketView.of(_own(session, office_id, contact_id, number))


def add_facts(
    session: Session,
    office: Office,
    *,
    contact_id: UUID,
    number: str,
    turn_id: UUID,
    message_ids: Sequence[UUID],
    now: datetime,
) -> TicketView:
    """Add the resident's words and files to their ticket; one that waited for them goes on."""
    ticket = _own(session, office.id, contact_id, number)
    messages = _messages(session, office.id, ticket.conversation_id, message_ids)
    if seen(session, ticket, TicketEventType.FACT_ADDED, turn_id):
        return TicketView.of(ticket)
    record(
        session,
        ticket,
        TicketEventType.FACT_ADDED,
        now,
        RESIDENT,
        turn_id,
        note=_told(messages),
        details={"message_ids": [str(message.id) for message in messages]},
    )
    _attach(session, ticket, messages)
    if ticket.status is TicketStatus.NEEDS_INFO:
        move(session, office, ticket, TicketStatus.IN_PROGRESS, now, RESIDENT, turn_id)
    return TicketView.of(ticket)


def reopen(
    session: Session,
    office: Office,
    *,
    contact_id: UUID,
    number: str,
    turn_id: UUID,
    now: datetime,
) -> TicketView:
    """The resident is not content. The limit starts anew; raises `MoveNotAllowed` if it is open."""
    ticket = _own(session, office.id, contact_id, number)
    if not seen(session, ticket, TicketEventType.STATUS_CHANGED, turn_id):
        move(session, office, ticket, TicketStatus.REOPENED, now, RESIDENT, turn_id)
        today = local_date(now, office.timezone)
        deadlines = deadlines_from(today, ticket.class_, office.limits, office.extra_holiday_dates)
        ticket.verify_by, ticket.due_at = deadlines.verify_by, deadlines.due_at
        ticket.limit_days = deadlines.limit_days
    return TicketView.of(ticket)


def withdraw(
    session: Session,
    office: Office,
    *,
    contact_id: UUID,
    number: str,
    turn_id: UUID,
    now: datetime,
) -> TicketView:
    """The resident takes the ticket back; raises `MoveNotAllowed` if it has ended already."""
    ticket = _own(session, office.id, contact_id, number)
    if not seen(session, ticket, TicketEventType.STATUS_CHANGED, turn_id):
        move(session, office, ticket, TicketStatus.WITHDRAWN, now, RESIDENT, turn_id)
    return TicketView.of(ticket)


def _own(session: Session, office_id: str, contact_id: UUID, number: str) -> Ticket:
    ticket = session.scalars(
        select(Ticket)
        .where(
            Ticket.office_id == office_id,
            Ticket.contact_id == contact_id,
            Ticket.number == (find_number(number) or number),
        )
        .with_for_update()
    ).one_or_none()
    if ticket is None:
        raise NotFound("no such ticket of this contact")
    return ticket


def _messages(
    session: Session, office_id: str, conversation_id: UUID, message_ids: Sequence[UUID]
) -> list[InboundMessage]:
    """The messages of this conversation among the ids, in order of arrival."""
    return list(
        session.scalars(
            select(InboundMessage)
            .where(
                InboundMessage.office_id == office_id,
                InboundMessage.conversation_id == conversation_id,
                InboundMessage.id.in_(message_ids),
            )
            .order_by(InboundMessage.id)
        )
    )


def _told(messages: Sequence[InboundMessage]) -> str:
    return "\n".join(message.text.strip() for message in messages if message.text.strip())


def _unused_number(session: Session, office: Office, today: date) -> str:
    """Draws until free; a number drawn at the same moment elsewhere fails on the constraint, and
    the turn runs again."""
    while True:
        number = new_number(office.code, today)
        taken = select(Ticket.id).where(Ticket.office_id == office.id, Ticket.number == number)
        if session.execute(taken).first() is None:
            return number


def _attach(session: Session, ticket: Ticket, messages: Sequence[InboundMessage]) -> None:
    attachments = session.scalars(
        select(Attachment).where(
            Attachment.office_id == ticket.office_id,
            Attachment.message_id.in_([message.id for message in messages]),
            Attachment.ticket_id.is_(None),
        )
    )
    for attachment in attachments:
        attachment.ticket_id = ticket.id
