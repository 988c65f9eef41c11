"""One conversation: who it is with, who has it, what was said."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from wadul.exceptions import NotFound
from wadul.models import Contact, Conversation, HandOff, InboundMessage, OutboundMessage


def conversation_with(session: Session, address: str) -> Conversation | None:
    """The latest one, of any office. An address without channel is taken for WhatsApp."""
    wanted = address if ":" in address else f"whatsapp:{address}"
    return session.scalars(
        select(Conversation)
        .join(
            Contact,
            (Contact.office_id == Conversation.office_id) & (Contact.id == Conversation.contact_id),
        )
        .where(Contact.address == wanted)
        .order_by(Conversation.last_inbound_at.desc())
    ).first()


def open_hand_off(session: Session, conversation: Conversation) -> HandOff | None:
    """The passage to people that has not ended yet."""
    return session.scalars(
        select(HandOff)
        .where(
            HandOff.office_id == conversation.office_id,
            HandOff.conversation_id == conversation.id,
            HandOff.returned_at.is_(None),
            HandOff.ticket_id.is_(None),
        )
        .order_by(HandOff.id.desc())
        .limit(1)
    ).one_or_none()


def show_conversation(session: Session, address: str) -> dict[str, Any]:
    """Messages of both directions in order of time, with their state. Raises `NotFound`."""
    conversation = conversation_with(session, address)
    if conversation is None:
        raise NotFound(f"there is no conversation with {address}")
    of_this = (conversation.office_id, conversation.id)
    inbound = session.scalars(
        select(InboundMessage).where(
            InboundMessage.office_id == of_this[0], InboundMessage.conversation_id == of_this[1]
        )
    )
    outbound = session.scalars(
        select(OutboundMessage).where(
            OutboundMessage.office_id == of_this[0], OutboundMessage.conversation_id == of_this[1]
        )
    )
    messages = [(message.id, _inbound(message)) for message in inbound]
    messages += [(message.id, _outbound(message)) for message in outbound]
    return {
        "address": session.get_one(Contact, (of_this[0], conversation.contact_id)).address,
        "office": conversation.office_id,
        "handled_by": conversation.handled_by.value,
        "messages": [shown for _, shown in sorted(messages, key=lambda pair: pair[0].bytes)],
    }


def _inbound(message: InboundMessage) -> dict[str, Any]:
    return {
        "direction": "in",
        "kind": message.kind.value,
        "external_id": message.external_id,
        "text": message.text,
        "status": message.state.value,
        "at": message.received_at.isoformat(),
        "turn_id": str(message.turn_id) if message.turn_id else None,
    }


def _outbound(message: OutboundMessage) -> dict[str, Any]:
    return {
        "direction": "out",
        "author": message.author.value,
        "external_id": message.external_id,
        "text": message.text,
        "status": message.state.value,
        "error_code": message.error_code,
        "at": message.created_at.isoformat(),
        "turn_id": str(message.turn_id) if message.turn_id else None,
    }
