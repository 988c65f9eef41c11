"""Operators tell trainers which messages the bot took for something else."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from wadul.core.actors import Actor, Power
from wadul.exceptions import NotFound
from wadul.models import InboundMessage, MessageFlag


def flag_message(session: Session, actor: Actor, message_id: UUID, *, now: datetime) -> None:
    """Flagged twice is flagged once. Raises `NotFound` also for messages of another office."""
    actor.require(Power.READ_CONVERSATIONS)
    if session.get(InboundMessage, (actor.office_id, message_id)) is None:
        raise NotFound("there is no such message")
    if session.get(MessageFlag, (actor.office_id, message_id)) is None:
        session.add(
            MessageFlag(
                office_id=actor.office_id,
                message_id=message_id,
                user_id=actor.user_id,
                created_at=now,
            )
        )
        session.flush()


def unflag_message(session: Session, actor: Actor, message_id: UUID) -> None:
    """It was a slip of the mouse."""
    actor.require(Power.READ_CONVERSATIONS)
    flag = session.get(MessageFlag, (actor.office_id, message_id))
    if flag is not None:
        session.delete(flag)
        session.flush()
