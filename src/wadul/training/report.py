"""What the training did for residents, week by week.

A *turn* is one or more messages that the bot had to answer together. It is *understood* if the
bot knew what it is about (its kind is not unclear) and no person had to take over because of it.
A complaint was *first taken for something else* if the resident's first turn with a matter in the
day before the ticket was filed had another kind, or if an operator later made a complaint of it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from wadul.core.dates import local_date
from wadul.core.kinds import UNCLEAR, kind_of
from wadul.core.states import InboundState, TicketClass, TicketEventType, TicketKind, TurnState
from wadul.models import HandOff, InboundMessage, Ticket, TicketEvent, Turn
from wadul.office import Office
from wadul.training.masking import masked

BEFORE = timedelta(days=1)
"""How long before the ticket its first words may have been said."""
_NO_MATTER = {"smalltalk", "status", "handoff", "information"}
_RIGHT = {"complaint", "emergency"}


@dataclass
class Week:
    """From Monday. `mistaken`: complaints first taken for something else, by what for."""

    monday: date
    turns: int = 0
    understood: int = 0
    unclear: int = 0
    to_operators: int = 0  # messages that an operator answered, the bot was not asked
    hand_offs: Counter[str] = field(default_factory=Counter)
    complaints: int = 0
    mistaken: Counter[str] = field(default_factory=Counter)

    @property
    def share(self) -> float | None:
        return round(self.understood / self.turns, 4) if self.turns else None

    def as_dict(self) -> dict[str, Any]:
        return {
            "monday": self.monday.isoformat(),
            "turns": self.turns,
            "understood": self.understood,
            "share_understood": self.share,
            "unclear": self.unclear,
            "messages_to_operators": self.to_operators,
            "hand_offs": dict(self.hand_offs.most_common()),
            "complaints": self.complaints,
            "complaints_mistaken": dict(self.mistaken.most_common()),
        }


@dataclass(frozen=True)
class Mistaken:
    """Evidence: the words (masked), what they were taken for, and what the case became.

    The words of supervisory tickets are for inspectors: `text` is empty.
    """

    number: str
    text: str
    label: str
    kind: str
    category: str


@dataclass(frozen=True)
class TrainingReport:
    weeks: list[Week]
    mistaken: list[Mistaken]


def training_report(session: Session, office: Office, *, weeks: int, today: date) -> TrainingReport:
    """The last `weeks` weeks on the office's calendar, the oldest first, the current one too."""
    first = today - timedelta(days=today.weekday(), weeks=weeks - 1)
    since = datetime.combine(first, time.min, ZoneInfo(office.timezone))
    found = {first + timedelta(weeks=n): Week(first + timedelta(weeks=n)) for n in range(weeks)}

    def week_of(moment: datetime) -> Week:
        day = local_date(moment, office.timezone)
        monday = day - timedelta(days=day.weekday())
        return found.setdefault(monday, Week(monday))

    handed = _count_hand_offs(session, office.id, since, week_of)
    _count_turns(session, office.id, since, handed, week_of)
    for received_at in session.scalars(
        select(InboundMessage.received_at).where(
            InboundMessage.office_id == office.id,
            InboundMessage.received_at >= since,
            InboundMessage.state == InboundState.FOR_OPERATOR,
        )
    ):
        week_of(received_at).to_operators += 1
    mistaken = _count_complaints(session, office.id, since, week_of)
    return TrainingReport([found[monday] for monday in sorted(found)], mistaken)


def _count_hand_offs(session: Session, office_id: str, since: datetime, week_of: Any) -> set[UUID]:
    """Returns the turns that led to a person."""
    rows = session.execute(
        select(HandOff.queued_at, HandOff.reason, HandOff.turn_id).where(
            HandOff.office_id == office_id, HandOff.queued_at >= since
        )
    ).all()
    for queued_at, reason, _ in rows:
        week_of(queued_at).hand_offs[reason.value] += 1
    return {turn_id for _, _, turn_id in rows if turn_id is not None}


def _count_turns(
    session: Session, office_id: str, since: datetime, handed: set[UUID], week_of: Any
) -> None:
    rows = session.execute(
        select(Turn.id, Turn.created_at, Turn.intent).where(
            Turn.office_id == office_id,
            Turn.created_at >= since,
            Turn.state == TurnState.DONE,
            Turn.intent.is_not(None),
        )
    )
    for turn_id, created_at, intent in rows:
        week = week_of(created_at)
        week.turns += 1
        if kind_of(intent or "") == UNCLEAR:
            week.unclear += 1
        elif turn_id not in handed:
            week.understood += 1


def _count_complaints(
    session: Session, office_id: str, since: datetime, week_of: Any
) -> list[Mistaken]:
    tickets = session.scalars(
        select(Ticket)
        .where(
            Ticket.office_id == office_id,
            Ticket.created_at >= since,
            Ticket.kind == TicketKind.COMPLAINT,
        )
        .order_by(Ticket.id)
    ).all()
    corrected = _made_complaints(session, office_id, [ticket.id for ticket in tickets])
    told_in = first_turns(session, office_id, tickets)
    mistaken = []
    for ticket in tickets:
        week = week_of(ticket.created_at)
        week.complaints += 1
        turn = told_in.get(ticket.id)
        taken_for = kind_of(turn.intent) if turn and turn.intent else None
        if taken_for in _RIGHT or taken_for is None:
            taken_for = corrected.get(ticket.id)
        if taken_for is None:
            continue
        week.mistaken[taken_for] += 1
        told = turn is not None and ticket.class_ is not TicketClass.SUPERVISORY
        text = _words(session, office_id, turn) if turn and told else ""
        label = (turn.intent if turn else None) or taken_for
        mistaken.append(
            Mistaken(ticket.number, text, label, ticket.kind.value, ticket.category.value)
        )
    return mistaken


def _made_complaints(session: Session, office_id: str, ids: Sequence[UUID]) -> dict[UUID, str]:
    """Tickets that an operator made a complaint of → what they were filed as."""
    rows = session.execute(
        select(TicketEvent.ticket_id, TicketEvent.details)
        .where(
            TicketEvent.office_id == office_id,
            TicketEvent.ticket_id.in_(ids),
            TicketEvent.type == TicketEventType.RECLASSIFIED,
        )
        .order_by(TicketEvent.id)
    )
    filed_as: dict[UUID, str] = {}
    for ticket_id, details in rows:
        filed_as.setdefault(ticket_id, str(details.get("from", "")).partition(",")[0])
    return {
        ticket_id: kind for ticket_id, kind in filed_as.items() if kind not in ("", "complaint")
    }


def first_turns(session: Session, office_id: str, tickets: Sequence[Ticket]) -> dict[UUID, Turn]:
    """The first turn with a matter of its own before each ticket, after the ticket before it."""
    if not tickets:
        return {}
    earliest = min(ticket.created_at for ticket in tickets) - BEFORE
    turns: dict[UUID, list[Turn]] = defaultdict(list)
    for turn in session.scalars(
        select(Turn)
        .where(
            Turn.office_id == office_id,
            Turn.conversation_id.in_({ticket.conversation_id for ticket in tickets}),
            Turn.created_at >= earliest,
            Turn.intent.is_not(None),
        )
        .order_by(Turn.id)
    ):
        turns[turn.conversation_id].append(turn)
    found: dict[UUID, Turn] = {}
    latest: dict[UUID, datetime] = {}
    for ticket in tickets:
        start = max(latest.get(ticket.conversation_id, earliest), ticket.created_at - BEFORE)
        latest[ticket.conversation_id] = ticket.created_at
        for turn in turns[ticket.conversation_id]:
            if start < turn.created_at <= ticket.created_at and _has_matter(turn):
                found[ticket.id] = turn
                break
    return found


def _has_matter(turn: Turn) -> bool:
    return kind_of(turn.intent or "") not in _NO_MATTER


def _words(session: Session, office_id: str, turn: Turn) -> str:
    texts = session.scalars(
        select(InboundMessage.text)
        .where(InboundMessage.office_id == office_id, InboundMessage.turn_id == turn.id)
        .order_by(InboundMessage.id)
    )
    return masked("\n".join(text for text in texts if text))
