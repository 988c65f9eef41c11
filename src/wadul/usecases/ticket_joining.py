"""Two tickets about the same become one; one conversation about two things becomes two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from wadul.core.actors import Actor, Power
from wadul.core.dates import spell_date
from wadul.core.states import (
    Author,
    Category,
    DeliveryState,
    TicketClass,
    TicketEventType,
    TicketKind,
    TicketStatus,
)
from wadul.core.ticket_status import is_open
from wadul.database import ring
from wadul.exceptions import InvalidInput, NotFound
from wadul.models import Conversation, InboundMessage, OutboundMessage, Ticket
from wadul.office import Office
from wadul.queries.discretion import hidden_from
from wadul.usecases.casework import change_status, find_ticket
from wadul.usecases.ticket_history import record
from wadul.usecases.ticket_work import log, shown, touch
from wadul.usecases.tickets import TicketDraft, TicketView, file_ticket

_ANOTHER = "laporan lain tentang hal yang sama"


class CannotMerge(InvalidInput):
    """These two cannot become one."""

    code = "cannot_merge"
    sentence = (
        "Laporan hanya dapat digabung ke laporan lain yang masih terbuka dan segolongan "
        "(pengawasan tidak bercampur dengan laporan umum)."
    )


@dataclass(frozen=True)
class Split:
    """A ticket that an operator makes of some messages of a conversation."""

    kind: TicketKind
    category: Category
    message_ids: Sequence[UUID]
    desa: str | None = None
    place: str | None = None
    anonymous: bool = False
    confidential: bool = False


def merge_tickets(
    session: Session,
    actor: Actor,
    office: Office,
    number: str,
    into: str,
    *,
    version: int,
    now: datetime,
) -> None:
    """End one ticket as a duplicate of another, which learns its story. Raises `CannotMerge`."""
    ticket = shown(session, actor, number, version)
    target = find_ticket(session, actor.office_id, into, may_see_supervisory=actor.sees_supervisory)
    secret = {ticket.class_, target.class_} & {TicketClass.SUPERVISORY}
    if target.id == ticket.id or not is_open(target.status):
        raise CannotMerge
    if secret and ticket.class_ is not target.class_:
        raise CannotMerge
    # Another resident's number is not told.
    named = target.number if target.contact_id == ticket.contact_id else _ANOTHER
    change_status(
        session,
        office,
        number,
        TicketStatus.DUPLICATE,
        actor=actor.name,
        now=now,
        reason=named,
        may_see_supervisory=actor.sees_supervisory,
    )
    ticket.duplicate_of = target.id
    record(
        session,
        target,
        TicketEventType.FACT_ADDED,
        now,
        actor.name,
        None,
        note=ticket.description,
        details={"merged": ticket.number},
    )
    touch(target)
    log(session, actor, "tickets_merged", f"{ticket.number} > {target.number}", now)


def split_conversation(
    session: Session,
    actor: Actor,
    office: Office,
    conversation_id: UUID,
    split: Split,
    *,
    request_id: UUID,
    now: datetime,
) -> TicketView:
    """File a ticket from messages of a conversation, and tell the resident its number.

    The same `request_id` makes one ticket only. Raises `InvalidInput` without messages.
    """
    actor.require(Power.WORK_TICKETS)
    conversation = session.get(Conversation, (actor.office_id, conversation_id))
    if conversation is None:
        raise NotFound("there is no such conversation")
    if split.desa and split.desa not in {village.name for village in office.villages}:
        raise InvalidInput("there is no such desa in this office")
    message_ids = _shown(session, actor, conversation_id, split.message_ids)
    view = file_ticket(
        session,
        office,
        conversation_id=conversation_id,
        turn_id=request_id,
        draft=TicketDraft(
            split.kind,
            split.category,
            message_ids,
            desa=split.desa,
            place=split.place,
            anonymous=split.anonymous,
            confidential=split.confidential,
        ),
        now=now,
    )
    ticket = session.get_one(Ticket, (actor.office_id, view.id))
    if ticket.assignee_id is not None:  # made before, by the same request
        return view
    if not message_ids:
        raise InvalidInput("choose the messages that the ticket is made of")
    ticket.assignee_id = actor.user_id
    record(
        session,
        ticket,
        TicketEventType.ASSIGNED,
        now,
        actor.name,
        None,
        details={"to": actor.full_name, "made_by_operator": True},
    )
    session.add(_receipt(ticket, now))
    log(session, actor, "ticket_made", ticket.number, now)
    ring(session)
    return view


def _shown(
    session: Session, actor: Actor, conversation_id: UUID, message_ids: Sequence[UUID]
) -> list[UUID]:
    """Those of the conversation that this person may read."""
    messages = session.scalars(
        select(InboundMessage).where(
            InboundMessage.office_id == actor.office_id,
            InboundMessage.conversation_id == conversation_id,
            InboundMessage.id.in_(message_ids),
        )
    ).all()
    hidden = hidden_from(session, actor, messages)
    return [message.id for message in messages if not hidden.inbound(message)]


def _receipt(ticket: Ticket, now: datetime) -> OutboundMessage:
    due = spell_date(ticket.due_at)
    return OutboundMessage(
        office_id=ticket.office_id,
        conversation_id=ticket.conversation_id,
        ticket_id=ticket.id,
        author=Author.SYSTEM,
        text=(
            f"Petugas sudah mencatat laporan Bapak/Ibu dengan nomor *{ticket.number}*. "
            f"Kami jawab paling lambat {due}."
        ),
        template="ticket_received",
        template_variables={"1": ticket.number, "2": due},
        state=DeliveryState.QUEUED,
        next_attempt_at=now,
        created_at=now,
    )
