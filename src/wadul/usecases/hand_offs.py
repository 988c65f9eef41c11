"""From the bot to people and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wadul.core.states import Category, HandledBy, HandOffReason, Role, TicketKind
from wadul.models import Conversation, HandOff, Ticket, User
from wadul.office import Office
from wadul.usecases.tickets import TicketDraft, TicketView, add_facts, file_ticket, own_ticket

_ANSWERING_ROLES = (Role.OPERATOR, Role.SUPERVISOR)


@dataclass(frozen=True)
class HandOffResult:
    """Either a place in the queue, or a ticket because nobody is on duty."""

    queued: bool
    position: int | None = None  # 1 is next
    ticket: TicketView | None = None
    break_ends: datetime | None = None  # people are on duty, but have their break until then


def request_hand_off(
    session: Session,
    office: Office,
    *,
    conversation_id: UUID,
    turn_id: UUID,
    reason: HandOffReason,
    draft: TicketDraft,
    now: datetime,
    last_number: str | None = None,
) -> HandOffResult:
    """Queue the conversation for an operator; with nobody on duty, file the `draft` instead.

    `last_number`: the ticket that an earlier asking led to; while it is open no second is filed.
    Asking again while in the queue tells the place; the same turn gets the same result.
    """
    conversation = session.scalars(
        select(Conversation)
        .where(Conversation.office_id == office.id, Conversation.id == conversation_id)
        .with_for_update()
    ).one()
    earlier = session.scalars(
        select(HandOff).where(HandOff.office_id == office.id, HandOff.turn_id == turn_id)
    ).one_or_none()
    if earlier and earlier.ticket_id:
        ticket = session.get_one(Ticket, (office.id, earlier.ticket_id))
        return HandOffResult(queued=False, ticket=TicketView.of(ticket))
    if conversation.handled_by is not HandledBy.BOT:
        return _queued(session, conversation, office, now)
    hand_off = HandOff(
        office_id=office.id,
        conversation_id=conversation_id,
        turn_id=turn_id,
        reason=reason,
        queued_at=now,
    )
    session.add(hand_off)
    if somebody_on_duty(session, office, now):
        conversation.handled_by = HandledBy.QUEUE
        conversation.handled_since = now
        session.flush()
        return _queued(session, conversation, office, now)
    if last_number and own_ticket(session, office.id, conversation.contact_id, last_number).is_open:
        view = add_facts(
            session,
            office,
            contact_id=conversation.contact_id,
            number=last_number,
            turn_id=turn_id,
            message_ids=draft.message_ids,
            now=now,
        )
    else:
        view = file_ticket(
            session,
            office,
            conversation_id=conversation_id,
            turn_id=turn_id,
            draft=draft,
            now=now,
        )
    hand_off.ticket_id = view.id
    return HandOffResult(queued=False, ticket=view)


def unknown_matter(message_ids: Sequence[UUID]) -> TicketDraft:
    """What to file for somebody who only asked for a person."""
    return TicketDraft(TicketKind.CONSULTATION, Category.OTHER, message_ids)


def somebody_on_duty(session: Session, office: Office, now: datetime) -> bool:
    """An operator has said that they are on duty, and the office is open or has its break."""
    if not office.is_open(now) and office.break_ends(now) is None:
        return False
    count = session.scalar(
        select(func.count())
        .select_from(User)
        .where(
            User.office_id == office.id,
            User.active,
            User.on_duty,
            User.role.in_(_ANSWERING_ROLES),
        )
    )
    return bool(count)


def _queued(
    session: Session, conversation: Conversation, office: Office, now: datetime
) -> HandOffResult:
    position = _position(session, conversation)
    return HandOffResult(queued=True, position=position, break_ends=office.break_ends(now))


def _position(session: Session, conversation: Conversation) -> int:
    ahead = session.scalar(
        select(func.count())
        .select_from(Conversation)
        .where(
            Conversation.office_id == conversation.office_id,
            Conversation.handled_by == HandledBy.QUEUE,
            Conversation.handled_since < conversation.handled_since,
        )
    )
    return (ahead or 0) + 1
