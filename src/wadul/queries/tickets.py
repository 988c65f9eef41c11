"""Tickets for screens, exports and the command line; these bypass the use cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, false, select
from sqlalchemy.orm import Session

from wadul.core.privacy import mask_address
from wadul.core.states import Role, TicketClass, TicketStatus
from wadul.core.ticket_number import find_number
from wadul.exceptions import NotFound
from wadul.models import Attachment, Contact, Ticket, TicketEvent, User


@dataclass(frozen=True)
class Viewer:
    """Who looks. `role` None is the administrator of the machine itself."""

    name: str
    role: Role | None
    office_id: str | None  # None: every office

    @property
    def sees_supervisory(self) -> bool:
        return self.role in (None, Role.INSPECTOR)

    @property
    def sees_ordinary(self) -> bool:
        return self.role is not Role.TRAINER


MACHINE = Viewer("administrator", None, None)


def list_tickets(
    session: Session,
    viewer: Viewer = MACHINE,
    *,
    status: TicketStatus | None = None,
    address: str | None = None,
    limit: int | None = None,
    open_identity: bool = False,
) -> list[dict[str, Any]]:
    """Newest first, without history and attachments' details; see `show_ticket` for the keys."""
    query = _visible(viewer).order_by(Ticket.id.desc())
    if status:
        query = query.where(Ticket.status == status)
    if address:
        query = query.where(Contact.address == address)
    rows = session.execute(query.limit(limit)).all()
    attachments = _attachments(session, [row.Ticket.id for row in rows])
    return [
        _as_dict(row, attachments.get(row.Ticket.id, []), open_identity=open_identity)
        for row in rows
    ]


def show_ticket(
    session: Session, number: str, viewer: Viewer = MACHINE, *, open_identity: bool = False
) -> dict[str, Any]:
    """One ticket with its history. Raises `NotFound`, also for what the viewer may not see.

    The contact of an anonymous ticket is masked unless `open_identity`; the caller records that.
    """
    query = _visible(viewer).where(Ticket.number == (find_number(number) or number))
    row = session.execute(query).first()
    if row is None:
        raise NotFound(f"there is no ticket {number}")
    ticket = row.Ticket
    attachments = _attachments(session, [ticket.id]).get(ticket.id, [])
    history = session.scalars(
        select(TicketEvent)
        .where(TicketEvent.office_id == ticket.office_id, TicketEvent.ticket_id == ticket.id)
        .order_by(TicketEvent.id)
    )
    shown = _as_dict(row, attachments, open_identity=open_identity)
    shown["history"] = [
        {
            "at": event.at.isoformat(),
            "type": event.type.value,
            "actor": event.actor,
            "status_from": event.status_from,
            "status_to": event.status_to,
            "note": event.note,
            "turn_id": str(event.turn_id) if event.turn_id else None,
        }
        for event in history
    ]
    return shown


def _visible(viewer: Viewer) -> Select[Ticket, str, str]:
    query = (
        select(Ticket, Contact.address, User.name.label("assignee"))
        .join(
            Contact,
            (Contact.office_id == Ticket.office_id) & (Contact.id == Ticket.contact_id),
        )
        .outerjoin(User, (User.office_id == Ticket.office_id) & (User.id == Ticket.assignee_id))
    )
    if viewer.office_id is not None:
        query = query.where(Ticket.office_id == viewer.office_id)
    if not viewer.sees_supervisory:
        query = query.where(Ticket.class_ != TicketClass.SUPERVISORY)
    if not viewer.sees_ordinary:
        query = query.where(false())
    return query


def _attachments(session: Session, ticket_ids: Sequence[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """Attachments by ticket."""
    found: dict[UUID, list[dict[str, Any]]] = {}
    query = select(Attachment).where(Attachment.ticket_id.in_(ticket_ids)).order_by(Attachment.id)
    for attachment in session.scalars(query):
        if attachment.ticket_id is None:
            continue
        found.setdefault(attachment.ticket_id, []).append(
            {
                "id": str(attachment.id),
                "kind": attachment.kind.value,
                "state": attachment.state.value,
                "content_type": attachment.content_type,
                "sha256": attachment.sha256,
                "size": attachment.size,
                "error_code": attachment.error_code,
            }
        )
    return found


def _as_dict(
    row: Row[Ticket, str, str], attachments: list[dict[str, Any]], *, open_identity: bool = False
) -> dict[str, Any]:
    ticket: Ticket = row.Ticket
    hidden = ticket.anonymous and not open_identity
    return {
        "number": ticket.number,
        "kind": ticket.kind.value,
        "category": ticket.category.value,
        "class": ticket.class_.value,
        "status": ticket.status.value,
        "office": ticket.office_id,
        "service": ticket.service,
        "desa": ticket.desa,
        "place": ticket.place,
        "location": None
        if ticket.latitude is None
        else {"lat": ticket.latitude, "lon": ticket.longitude},
        "description": ticket.description,
        "occurred": ticket.occurred,
        "contact": mask_address(row.address) if hidden else row.address,
        "created_at": ticket.created_at.isoformat(),
        "verify_by": ticket.verify_by.isoformat(),
        "due_at": ticket.due_at.isoformat(),
        "limit_days": ticket.limit_days,
        "assignee": row.assignee,
        "anonymous": ticket.anonymous,
        "confidential": ticket.confidential,
        "reason": ticket.reason,
        "forwarded_to": ticket.forwarded_to,
        "attachments": attachments,
        "history": [],
    }
