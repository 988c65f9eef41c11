"""Subqueries that say one thing about each `Conversation` of the query around them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ScalarSelect, select
from sqlalchemy.orm import InstrumentedAttribute

from wadul.models import Conversation, ReadMarker

Reader = UUID | InstrumentedAttribute[UUID | None]


def latest_of(model: Any, what: Any = None) -> ScalarSelect[Any]:
    """The id of its newest row, which an index answers, or `what` is asked of that row."""
    return (
        select(model.id if what is None else what)
        .where(model.office_id == Conversation.office_id, model.conversation_id == Conversation.id)
        .order_by(model.id.desc())
        .limit(1)
        .correlate(Conversation)
        .scalar_subquery()
    )


def of_conversation(what: Any, model: Any, *conditions: Any) -> ScalarSelect[Any]:
    """`what` over all its rows."""
    return (
        select(what)
        .select_from(model)
        .where(
            model.office_id == Conversation.office_id,
            model.conversation_id == Conversation.id,
            *conditions,
        )
        .correlate(Conversation)
        .scalar_subquery()
    )


def read_to(reader: Reader) -> ScalarSelect[UUID]:
    """The inbound message up to which `reader` has read it."""
    return of_conversation(ReadMarker.read_to, ReadMarker, ReadMarker.user_id == reader)
