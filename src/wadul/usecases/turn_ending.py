"""How a conversation's turn ends without an answer, or with the next one due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from wadul.core.states import InboundState, TurnState
from wadul.models import Conversation, InboundMessage, Turn


def nothing_to_do(conversation: Conversation) -> None:
    """No lease, nothing due."""
    conversation.leased_by = conversation.leased_until = None
    conversation.turn_due_at = conversation.burst_started_at = None


def end_leases(session: Session, conversations: Sequence[Conversation]) -> None:
    """Messages that came in meanwhile have made the next turn due themselves."""
    if not conversations:
        return
    waiting: set[UUID] = set(
        session.scalars(
            select(InboundMessage.conversation_id)
            .where(
                InboundMessage.office_id.in_({each.office_id for each in conversations}),
                InboundMessage.conversation_id.in_([each.id for each in conversations]),
                InboundMessage.state == InboundState.WAITING,
            )
            .distinct()
        )
    )
    for conversation in conversations:
        if conversation.id in waiting:
            conversation.leased_by = conversation.leased_until = None
        else:
            nothing_to_do(conversation)


def supersede(session: Session, conversation: Conversation, now: datetime) -> None:
    """An operator took over first: the bot says nothing."""
    give_messages_to_operator(session, conversation, now)
    nothing_to_do(conversation)


def give_messages_to_operator(session: Session, conversation: Conversation, now: datetime) -> None:
    """What waits, and what was joined into turns that will not be answered."""
    of_conversation = (
        Turn.office_id == conversation.office_id,
        Turn.conversation_id == conversation.id,
    )
    session.flush()
    session.execute(
        update(Turn)
        .where(*of_conversation, Turn.state == TurnState.OPEN)
        .values(state=TurnState.SUPERSEDED, done_at=now)
    )
    superseded = select(Turn.id).where(*of_conversation, Turn.state == TurnState.SUPERSEDED)
    session.execute(
        update(InboundMessage)
        .where(
            InboundMessage.office_id == conversation.office_id,
            InboundMessage.conversation_id == conversation.id,
            or_(
                InboundMessage.state == InboundState.WAITING,
                (InboundMessage.state == InboundState.JOINED)
                & InboundMessage.turn_id.in_(superseded),
            ),
        )
        .values(state=InboundState.FOR_OPERATOR)
    )
