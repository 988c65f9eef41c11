"""What became of a message: the case that it led to, as people finally saw it, and who said so."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from wadul.core.kinds import kind_of
from wadul.core.states import Category, TicketClass, TicketEventType, TicketKind
from wadul.models import Ticket, TicketEvent
from wadul.training.report import first_turns

_LABELS = {
    TicketKind.CONSULTATION: "consultation",
    TicketKind.ASPIRATION: "aspiration",
}


@dataclass(frozen=True)
class Evidence:
    """`by` is who set kind and category last; empty: the bot, when it filed the ticket."""

    number: str
    kind: TicketKind
    category: Category
    by: str

    @property
    def label(self) -> str | None:
        """The label that it speaks for; a consultation's aspect is not known from a ticket."""
        if self.kind is not TicketKind.COMPLAINT:
            return _LABELS.get(self.kind)
        if self.category is Category.EMERGENCY:
            return None
        return f"complaint/{self.category.value}"

    def contradicts(self, label: str | None) -> bool:
        """Whether the case became something else than what the bot took the message for."""
        own = self.label
        if own is None or not label:
            return False
        return own != label if "/" in own else kind_of(own) != kind_of(label)


def evidence_for(session: Session, office_id: str, since: datetime) -> dict[UUID, list[Evidence]]:
    """By the turn in which a ticket's matter was first told. Misconduct is for inspectors only."""
    tickets = session.scalars(
        select(Ticket)
        .where(
            Ticket.office_id == office_id,
            Ticket.created_at >= since,
            Ticket.class_ != TicketClass.SUPERVISORY,
        )
        .order_by(Ticket.id)
    ).all()
    corrected = _corrected_by(session, office_id, [ticket.id for ticket in tickets])
    told_in = first_turns(session, office_id, tickets)
    found: dict[UUID, list[Evidence]] = defaultdict(list)
    for ticket in tickets:
        turn = told_in.get(ticket.id)
        if turn is not None:
            found[turn.id].append(
                Evidence(ticket.number, ticket.kind, ticket.category, corrected.get(ticket.id, ""))
            )
    return dict(found)


def _corrected_by(session: Session, office_id: str, ids: list[UUID]) -> dict[UUID, str]:
    rows = session.execute(
        select(TicketEvent.ticket_id, TicketEvent.actor)
        .where(
            TicketEvent.office_id == office_id,
            TicketEvent.ticket_id.in_(ids),
            TicketEvent.type == TicketEventType.RECLASSIFIED,
        )
        .order_by(TicketEvent.id)
    )
    return dict(rows.all())
