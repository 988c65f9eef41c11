"""What the office does with a ticket: move it, answer it, and let the resident know."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from wadul.core.dates import spell_date
from wadul.core.states import Author, DeliveryState, TicketClass, TicketEventType, TicketStatus
from wadul.core.ticket_number import find_number
from wadul.core.ticket_status import LABELS
from wadul.database import ring
from wadul.exceptions import InvalidInput, NotFound
from wadul.models import Contact, OutboundMessage, Ticket
from wadul.office import Office
from wadul.usecases.ticket_history import move, record


def change_status(
    session: Session,
    office: Office,
    number: str,
    wanted: TicketStatus,
    *,
    actor: str,
    now: datetime,
    reason: str = "",
    may_see_supervisory: bool = False,
) -> Ticket:
    """Move a ticket and tell the resident. Raises `NotFound`, `MoveNotAllowed`, `InvalidInput`."""
    if wanted is TicketStatus.ANSWERED:
        raise InvalidInput("to mark a ticket answered, answer it: the resident gets the words")
    ticket = find_ticket(session, office.id, number, may_see_supervisory=may_see_supervisory)
    move(session, office, ticket, wanted, now, actor, reason=reason)
    ticket.reason = reason or ticket.reason
    if wanted in {TicketStatus.FORWARDED, TicketStatus.OUT_OF_SCOPE}:
        ticket.forwarded_to = reason or ticket.forwarded_to
    words = f"Laporan *{ticket.number}* sekarang berstatus *{LABELS[wanted]}*."
    if reason:
        words += f"\n\nKeterangan: {reason}"
    if wanted is TicketStatus.NEEDS_INFO:
        words += "\n\nMohon balas pesan ini dengan keterangan yang diminta."
    use = "needs_info" if wanted is TicketStatus.NEEDS_INFO else "status_changed"
    _tell(session, office, ticket, Author.SYSTEM, words, use, now, question=reason)
    return ticket


def answer_ticket(
    session: Session,
    office: Office,
    number: str,
    text: str,
    *,
    actor: str,
    now: datetime,
    may_see_supervisory: bool = False,
) -> Ticket:
    """Send the office's answer and mark the ticket answered. Raises as `change_status`."""
    if not text.strip():
        raise InvalidInput("the answer has no text")
    ticket = find_ticket(session, office.id, number, may_see_supervisory=may_see_supervisory)
    if ticket.status is TicketStatus.RECEIVED:
        move(session, office, ticket, TicketStatus.VERIFIED, now, actor)
    move(session, office, ticket, TicketStatus.ANSWERED, now, actor)
    record(session, ticket, TicketEventType.ANSWERED, now, actor, None, note=text)
    words = (
        f"Jawaban untuk laporan *{ticket.number}*:\n\n{text.strip()}\n\n"
        "Bila belum sesuai, balas *buka lagi*."
    )
    _tell(session, office, ticket, Author.OPERATOR, words, "answer_available", now)
    return ticket


def find_ticket(
    session: Session, office_id: str, number: str, *, may_see_supervisory: bool
) -> Ticket:
    """Raises `NotFound`, also for a supervisory ticket that this person may not know of."""
    ticket = session.scalars(
        select(Ticket)
        .where(Ticket.office_id == office_id, Ticket.number == (find_number(number) or number))
        .with_for_update()
    ).one_or_none()
    if ticket is None or (ticket.class_ is TicketClass.SUPERVISORY and not may_see_supervisory):
        raise NotFound(f"there is no ticket {number}")
    return ticket


def _tell(
    session: Session,
    office: Office,
    ticket: Ticket,
    author: Author,
    text: str,
    use: str,
    now: datetime,
    *,
    question: str = "",
) -> None:
    """Queue a message, with the office's message template for when the 24-hour window is closed.

    Someone who wrote BERHENTI gets only answers, no news.
    """
    contact = session.get_one(Contact, (ticket.office_id, ticket.contact_id))
    if contact.stopped_at is not None and author is Author.SYSTEM:
        return
    values = {
        "ticket_number": ticket.number,
        "status": LABELS[ticket.status],
        "due_date": spell_date(ticket.due_at),
        "question": question,
    }
    template = office.template_for(use)
    session.add(
        OutboundMessage(
            office_id=ticket.office_id,
            conversation_id=ticket.conversation_id,
            ticket_id=ticket.id,
            author=author,
            text=text,
            template=template.name if template else None,
            template_variables=template.content_variables(values) if template else {},
            state=DeliveryState.QUEUED,
            next_attempt_at=now,
            created_at=now,
        )
    )
    ring(session)
