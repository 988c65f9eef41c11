"""Looking at who an anonymous resident is: possible where it is needed, never unseen."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from wadul.core.actors import Actor, Power
from wadul.core.states import TicketEventType
from wadul.exceptions import NotFound
from wadul.models import Conversation, Ticket
from wadul.usecases import audit
from wadul.usecases.ticket_history import record


def open_conversation_identity(
    session: Session, actor: Actor, conversation_id: UUID, *, now: datetime
) -> None:
    """Write into the history of every anonymous ticket of the conversation, and into the log.

    Tickets that this person may not know of get the entry too: whoever may see them sees it.
    """
    actor.require(Power.ANSWER)
    if session.get(Conversation, (actor.office_id, conversation_id)) is None:
        raise NotFound("there is no such conversation")
    for ticket in anonymous_tickets(session, actor.office_id, conversation_id):
        record(session, ticket, TicketEventType.OPENED_IDENTITY, now, actor.name, None)
    audit.append(
        session,
        actor.office_id,
        actor=actor.name,
        action="identity_opened",
        subject=str(conversation_id),
        now=now,
    )


def anonymous_tickets(session: Session, office_id: str, conversation_id: UUID) -> list[Ticket]:
    return list(
        session.scalars(
            select(Ticket).where(
                Ticket.office_id == office_id,
                Ticket.conversation_id == conversation_id,
                Ticket.anonymous,
            )
        )
    )
