"""Which of the conversations that somebody looks at changed: one question for all of them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ScalarSelect, case, func, select
from sqlalchemy.orm import Session

from wadul.core.states import AttachmentState, DeliveryState
from wadul.models import (
    Attachment,
    Contact,
    Conversation,
    ConversationNote,
    InboundMessage,
    OutboundMessage,
    Ticket,
)
from wadul.queries.among import among
from wadul.queries.of_conversation import latest_of, of_conversation

Mark = tuple[Any, ...]  # equal as long as nothing that is shown changed
_INBOUND = 5  # place of the latest inbound message in a mark
_FOLLOWED = 60  # latest messages of ours whose delivery is followed
_STEPS = {state: step for step, state in enumerate(DeliveryState, start=1)}


def marks_of(session: Session, wanted: Collection[tuple[str, UUID]]) -> dict[UUID, Mark]:
    """By conversation; `wanted` are (office, conversation)."""
    if not wanted:
        return {}
    rows = session.execute(
        select(
            Conversation.id,
            Conversation.handled_by,
            Conversation.owner_id,
            Conversation.handled_since,
            Contact.profile_name,
            Contact.stopped_at,
            latest_of(InboundMessage),
            latest_of(OutboundMessage),
            latest_of(ConversationNote),
            _delivery(),
            of_conversation(func.sum(Ticket.version), Ticket),
            of_conversation(func.count(), Attachment, Attachment.state == AttachmentState.STORED),
        )
        .join(
            Contact,
            (Contact.office_id == Conversation.office_id) & (Contact.id == Conversation.contact_id),
        )
        .where(
            Conversation.office_id.in_({office_id for office_id, _ in wanted}),
            among(session, Conversation.id, [conversation_id for _, conversation_id in wanted]),
        )
    )
    return {conversation_id: tuple(mark) for conversation_id, *mark in rows}


def only_inbound_differs(mark: Mark, other: Mark, place: int = _INBOUND) -> bool:
    """Whether all that happened in between is that the resident wrote.

    `place`: where a mark tells of that.
    """
    rest, other_rest = (each[:place] + each[place + 1 :] for each in (mark, other))
    return mark != other and rest == other_rest


def _delivery() -> ScalarSelect[int]:
    """Goes up with every step of every message."""
    step = case(_STEPS, value=OutboundMessage.state, else_=0)
    latest = (
        select(step.label("step"))
        .where(
            OutboundMessage.office_id == Conversation.office_id,
            OutboundMessage.conversation_id == Conversation.id,
        )
        .order_by(OutboundMessage.id.desc())
        .limit(_FOLLOWED)
        .correlate(Conversation)
        .subquery()
    )
    return select(func.sum(latest.c.step)).scalar_subquery()
