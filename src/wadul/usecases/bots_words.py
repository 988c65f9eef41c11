"""While an operator holds a conversation the bot's words stay unsent, but for those that an
operator sends all the same.

A message that is being sent when the operator clicks may still arrive; it is not sent again.
"""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from wadul.core.actors import Actor
from wadul.core.states import Author, DeliveryState, HandledBy
from wadul.models import Conversation, OperatorMessage, OutboundMessage, new_id

_UNSENT = (DeliveryState.QUEUED, DeliveryState.ERRORED, DeliveryState.HELD)


def withdraw_unsent(session: Session, conversation: Conversation) -> None:
    """At a take-over."""
    wanted = select(OperatorMessage.message_id).where(
        OperatorMessage.office_id == OutboundMessage.office_id,
        OperatorMessage.message_id == OutboundMessage.id,
    )
    session.execute(
        update(OutboundMessage)
        .where(
            OutboundMessage.office_id == conversation.office_id,
            OutboundMessage.conversation_id == conversation.id,
            OutboundMessage.author == Author.BOT,
            OutboundMessage.state.in_(_UNSENT),
            ~wanted.exists(),
        )
        .values(state=DeliveryState.CANCELLED, next_attempt_at=None)
    )


def withdraw(message: OutboundMessage) -> None:
    message.state = DeliveryState.CANCELLED
    message.next_attempt_at = message.leased_until = None


def is_silenced(session: Session, message: OutboundMessage) -> bool:
    """Asked again at each attempt: a take-over that commits at the same moment as a failure does
    not see the failure, nor is seen by it."""
    if message.author is not Author.BOT:
        return False
    conversation = session.get_one(Conversation, (message.office_id, message.conversation_id))
    if conversation.handled_by is not HandledBy.OPERATOR:
        return False
    return session.get(OperatorMessage, (message.office_id, message.id)) is None


def want_all_the_same(session: Session, actor: Actor, message: OutboundMessage) -> None:
    """From now on it goes out whoever holds the conversation."""
    key = (message.office_id, message.id)
    if message.author is Author.BOT and session.get(OperatorMessage, key) is None:
        session.add(
            OperatorMessage(
                office_id=message.office_id,
                message_id=message.id,
                user_id=actor.user_id,
                request_id=new_id(),
            )
        )
