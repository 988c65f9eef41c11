"""Conversations for screens and the command line."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from wadul.exceptions import NotFound
from wadul.models import Contact, Conversation, InboundMessage, OutboundMessage


def show_conversation(session: Session, address: str) -> dict[str, Any]:
    """Messages in both directions in order of time, with their delivery state.

    Raises `NotFound`. An address without channel is taken for WhatsApp.
    """
    wanted = address if ":" in address else f"whatsapp:{address}"
    row = session.execute(
        select(Conversation, Contact.address)
        .join(
            Contact,
            (Contact.office_id == Conversation.office_id) & (Contact.id == Conversation.contact_id),
        )
        .where(Contact.address == wanted)
        .order_by(Conversation.last_inbound_at.desc())
    ).first()
    if row is None:
        raise NotFound(f"there is no conversation with {address}")
    conversation: Conversation = row.Conversation
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
        "address": row.address,
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
