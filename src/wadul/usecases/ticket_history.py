"""The history that every change of a ticket writes, and the one place where a status changes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from wadul.core.dates import local_date
from wadul.core.states import TicketEventType, TicketStatus
from wadul.core.ticket_status import ENDED, check_move
from wadul.core.working_days import add_working_days, working_days_between
from wadul.models import Ticket, TicketEvent
from wadul.office import Office


def seen(session: Session, ticket: Ticket, type_: TicketEventType, turn_id: UUID) -> bool:
    return (
        session.execute(
            select(TicketEvent.id).where(
                TicketEvent.office_id == ticket.office_id,
                TicketEvent.ticket_id == ticket.id,
                TicketEvent.type == type_,
                TicketEvent.turn_id == turn_id,
            )
        ).first()
        is not None
    )


def move(
    session: Session,
    office: Office,
    ticket: Ticket,
    wanted: TicketStatus,
    now: datetime,
    actor: str,
    turn_id: UUID | None = None,
    reason: str = "",
) -> None:
    """Raises `MoveNotAllowed`. Waiting for the resident stops the clock of the limit."""
    check_move(ticket.status, wanted, reason)
    record(
        session,
        ticket,
        TicketEventType.STATUS_CHANGED,
        now,
        actor,
        turn_id,
        note=reason,
        from_=ticket.status,
        to=wanted,
    )
    ticket.status = wanted
    if wanted is TicketStatus.NEEDS_INFO:
        ticket.paused_at = now
    elif ticket.paused_at is not None:
        _resume(office, ticket, ticket.paused_at, now)
    if wanted is TicketStatus.ANSWERED:
        ticket.answered_at = now
    ticket.closed_at = now if wanted in ENDED else None


def _resume(office: Office, ticket: Ticket, paused_at: datetime, now: datetime) -> None:
    """Add the working days that the ticket waited to its limit."""
    paused = working_days_between(
        local_date(paused_at, office.timezone),
        local_date(now, office.timezone),
        office.extra_holiday_dates,
    )
    ticket.due_at = add_working_days(ticket.due_at, paused, office.extra_holiday_dates)
    ticket.paused_at = None


def record(
    session: Session,
    ticket: Ticket,
    type_: TicketEventType,
    now: datetime,
    actor: str,
    turn_id: UUID | None,
    *,
    note: str = "",
    from_: TicketStatus | None = None,
    to: TicketStatus | None = None,
    details: dict[str, object] | None = None,
) -> None:
    session.add(
        TicketEvent(
            office_id=ticket.office_id,
            ticket_id=ticket.id,
            type=type_,
            at=now,
            actor=actor,
            turn_id=turn_id,
            status_from=from_,
            status_to=to,
            note=note,
            details=details or {},
        )
    )
