"""Which messages of a conversation belong to a misconduct report, and so to inspectors only.

A supervisory ticket exists for inspectors alone; its words stand in the conversation too. Hidden
from everybody else are: the turns in which the allegation was told, from its first words to the
filing (or for an hour, while it is not filed), what was added to the ticket later, and every
message of ours that names the ticket.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from wadul.core.deadlines import SUPERVISORY_CATEGORIES
from wadul.core.states import TicketClass, TicketEventType
from wadul.models import InboundMessage, OutboundMessage, Ticket, TicketEvent, Turn

INTENTS = tuple(f"complaint/{category.value}" for category in sorted(SUPERVISORY_CATEGORIES))
_UNFILED = timedelta(hours=1)
_LOOKED_THROUGH = 1000  # latest turns and messages of one conversation


@dataclass
class Hidden:
    """What somebody who is no inspector does not get to see of one conversation."""

    turns: set[UUID] = field(default_factory=set)
    messages: set[UUID] = field(default_factory=set)  # inbound
    numbers: set[str] = field(default_factory=set)  # of tickets

    def inbound(self, message: InboundMessage) -> bool:
        return message.id in self.messages or message.turn_id in self.turns

    def outbound(self, message: OutboundMessage) -> bool:
        return message.turn_id in self.turns or any(n in message.text for n in self.numbers)


def hidden_in(
    session: Session, office_id: str, conversation_ids: Collection[UUID]
) -> dict[UUID, Hidden]:
    """By conversation; those without anything to hide are missing."""
    if not conversation_ids:
        return {}
    tickets = session.scalars(
        select(Ticket).where(
            Ticket.office_id == office_id,
            Ticket.conversation_id.in_(conversation_ids),
            Ticket.class_ == TicketClass.SUPERVISORY,
        )
    ).all()
    told = session.scalars(
        select(Turn.conversation_id)
        .where(
            Turn.office_id == office_id,
            Turn.conversation_id.in_(conversation_ids),
            Turn.intent.in_(INTENTS),
        )
        .distinct()
    ).all()
    concerned = {ticket.conversation_id for ticket in tickets} | set(told)
    return {
        conversation_id: _hidden(
            session,
            office_id,
            conversation_id,
            [ticket for ticket in tickets if ticket.conversation_id == conversation_id],
        )
        for conversation_id in concerned
    }


def _hidden(
    session: Session, office_id: str, conversation_id: UUID, tickets: Sequence[Ticket]
) -> Hidden:
    hidden = Hidden(numbers={ticket.number for ticket in tickets})
    turns = session.scalars(
        select(Turn)
        .where(Turn.office_id == office_id, Turn.conversation_id == conversation_id)
        .order_by(Turn.id.desc())
        .limit(_LOOKED_THROUGH)
    ).all()[::-1]
    messages = session.scalars(
        select(InboundMessage)
        .where(
            InboundMessage.office_id == office_id,
            InboundMessage.conversation_id == conversation_id,
        )
        .order_by(InboundMessage.id.desc())
        .limit(_LOOKED_THROUGH)
    ).all()[::-1]
    for ticket in tickets:
        _hide_told(hidden, ticket, messages)
    _hide_begun(hidden, turns, {ticket.turn_id for ticket in tickets})
    _hide_added(session, hidden, office_id, tickets)
    return hidden


def _hide_told(hidden: Hidden, ticket: Ticket, messages: Sequence[InboundMessage]) -> None:
    """From the first message whose words are in the description to the turn that filed it."""
    lines = {line.strip() for line in ticket.description.splitlines() if line.strip()}
    before = [message for message in messages if message.received_at <= ticket.created_at]
    first = next(
        (i for i, message in enumerate(before) if set(_lines(message)) & lines), len(before)
    )
    if ticket.turn_id is not None:
        hidden.turns.add(ticket.turn_id)
    for message in before[first:]:
        hidden.messages.add(message.id)
        if message.turn_id is not None:
            hidden.turns.add(message.turn_id)
        if message.turn_id == ticket.turn_id and message is before[-1]:
            break


def _hide_begun(hidden: Hidden, turns: Sequence[Turn], filing: set[UUID | None]) -> None:
    since = None
    for turn in turns:
        if turn.intent in INTENTS:
            since = turn.created_at
        if since is not None and turn.created_at - since <= _UNFILED:
            hidden.turns.add(turn.id)
        if turn.id in filing:
            since = None


def _hide_added(
    session: Session, hidden: Hidden, office_id: str, tickets: Sequence[Ticket]
) -> None:
    if not tickets:
        return
    added = session.scalars(
        select(TicketEvent).where(
            TicketEvent.office_id == office_id,
            TicketEvent.ticket_id.in_([ticket.id for ticket in tickets]),
            TicketEvent.type == TicketEventType.FACT_ADDED,
        )
    )
    for event in added:
        hidden.messages.update(UUID(text) for text in event.details.get("message_ids", []))
        if event.turn_id is not None:
            hidden.turns.add(event.turn_id)


def _lines(message: InboundMessage) -> list[str]:
    return [line.strip() for line in message.text.splitlines() if line.strip()]
