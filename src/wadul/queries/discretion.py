"""Which messages of a conversation belong to a misconduct report, and so to inspectors only.

A supervisory ticket exists for inspectors alone; its words stand in the conversation too. Hidden
from everybody else are: the turns in which the allegation was told, from its first words to the
filing (or for an hour, while it is not filed), what was added to the ticket later, every message
of ours that tells its news or names it, and all that happened while an inspector held the
conversation.

Asked for the messages that are to be shown, so that a long conversation costs no more than a
short one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from sqlalchemy import BindParameter, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from wadul.core.states import TicketClass, TicketEventType
from wadul.models import InboundMessage, InspectorHold, OutboundMessage, Ticket, TicketEvent, Turn
from wadul.models.console import MISCONDUCT_INTENTS as INTENTS
from wadul.queries.among import among

_UNFILED = timedelta(hours=1)
_LOOKED_THROUGH = 1000  # of one conversation
# Not as parameters, so that the planner knows that the small index of these turns serves.
_WRITTEN_OUT: BindParameter[Any] = bindparam(None, INTENTS, expanding=True, literal_execute=True)


class Viewer(Protocol):
    """For whom something is shown."""

    @property
    def office_id(self) -> str: ...

    @property
    def sees_supervisory(self) -> bool: ...


class _Hold(NamedTuple):
    """From when to when an inspector held a conversation."""

    since: datetime
    until: datetime | None

    def covers(self, at: datetime) -> bool:
        return self.since <= at and (self.until is None or at <= self.until)


@dataclass
class Hidden:
    """What somebody who is no inspector does not get to see."""

    turns: set[UUID] = field(default_factory=set)
    messages: set[UUID] = field(default_factory=set)  # inbound
    tickets: dict[UUID, str] = field(default_factory=dict)  # with their numbers
    holds: dict[UUID, list[_Hold]] = field(default_factory=dict)  # by conversation

    def at(self, conversation_id: UUID, moment: datetime) -> bool:
        """Of whatever happened then."""
        return any(hold.covers(moment) for hold in self.holds.get(conversation_id, ()))

    def inbound(self, message: InboundMessage) -> bool:
        return message.id in self.messages or message.turn_id in self.turns

    def outbound(self, message: OutboundMessage) -> bool:
        of_ticket = message.turn_id in self.turns or message.ticket_id in self.tickets
        named = any(number in message.text for number in self.tickets.values())
        return of_ticket or named or self.at(message.conversation_id, message.created_at)


class _Told(NamedTuple):
    """A supervisory ticket: from when to when its story was told."""

    id: UUID
    number: str
    turn_id: UUID | None
    start: datetime
    end: datetime

    def covers(self, at: datetime) -> bool:
        return self.start <= at <= self.end


def hidden_among(
    session: Session,
    office_id: str,
    inbound: Collection[InboundMessage],
    outbound: Collection[OutboundMessage] = (),
    turns: Collection[Turn] = (),
) -> Hidden:
    """Of these messages and turns; they may be of several conversations."""
    conversations = {message.conversation_id for message in inbound}
    conversations |= {message.conversation_id for message in outbound}
    conversations |= {turn.conversation_id for turn in turns}
    if not conversations:
        return Hidden()
    told = _told(session, office_id, conversations)
    if not told and not _any_allegation(session, office_id, conversations):
        return Hidden()
    hidden = _hidden_at_all(session, office_id, told)
    wanted = {turn.id for turn in turns}
    wanted |= {message.turn_id for message in inbound if message.turn_id}
    wanted |= {message.turn_id for message in outbound if message.turn_id}
    hidden.turns = set(_hidden_turns(session, office_id, list(wanted), told))
    hidden.messages = {
        message.id
        for message in inbound
        if any(each.covers(message.received_at) for each in told[message.conversation_id])
        or hidden.at(message.conversation_id, message.received_at)
    }
    hidden.turns |= {m.turn_id for m in inbound if m.id in hidden.messages and m.turn_id}
    _hide_added(session, office_id, hidden, inbound)
    return hidden


def hidden_from(
    session: Session,
    viewer: Viewer,
    inbound: Collection[InboundMessage],
    outbound: Collection[OutboundMessage] = (),
) -> Hidden:
    """As `hidden_among`; from an inspector nothing is hidden."""
    if viewer.sees_supervisory:
        return Hidden()
    return hidden_among(session, viewer.office_id, inbound, outbound)


def hidden_moments(session: Session, office_id: str, conversations: Collection[UUID]) -> Hidden:
    """What `Hidden.at` asks, and nothing of messages and turns."""
    return _hidden_at_all(session, office_id, _told(session, office_id, conversations))


def secret_from(session: Session, viewer: Viewer, numbers: Collection[str]) -> set[str]:
    """Those of the tickets that do not exist for them."""
    if viewer.sees_supervisory or not numbers:
        return set()
    return set(
        session.scalars(
            select(Ticket.number).where(
                Ticket.office_id == viewer.office_id,
                Ticket.number.in_(numbers),
                Ticket.class_ == TicketClass.SUPERVISORY,
            )
        )
    )


def hidden_in(
    session: Session, office_id: str, conversation_ids: Collection[UUID]
) -> dict[UUID, Hidden]:
    """Of the latest of whole conversations; those without anything to hide are missing."""
    concerned = set(_told(session, office_id, conversation_ids))
    concerned |= set(
        session.scalars(
            select(Turn.conversation_id).where(
                Turn.office_id == office_id,
                among(session, Turn.conversation_id, conversation_ids),
                Turn.intent.in_(_WRITTEN_OUT),
            )
        )
    )
    return {
        conversation_id: hidden_among(
            session,
            office_id,
            _newest(session, office_id, conversation_id, InboundMessage),
            turns=_newest(session, office_id, conversation_id, Turn),
        )
        for conversation_id in concerned
    }


def _newest(session: Session, office_id: str, conversation_id: UUID, model: Any) -> Sequence[Any]:
    return session.scalars(
        select(model)
        .where(model.office_id == office_id, model.conversation_id == conversation_id)
        .order_by(model.id.desc())
        .limit(_LOOKED_THROUGH)
    ).all()


def _told(
    session: Session, office_id: str, conversations: Collection[UUID]
) -> dict[UUID, list[_Told]]:
    """By conversation."""
    found: dict[UUID, list[_Told]] = defaultdict(list)
    rows = session.execute(
        select(
            Ticket.conversation_id,
            Ticket.id,
            Ticket.number,
            Ticket.turn_id,
            func.coalesce(Ticket.told_at, Ticket.created_at),
            Ticket.created_at,
        ).where(
            Ticket.office_id == office_id,
            among(session, Ticket.conversation_id, conversations),
            Ticket.class_ == TicketClass.SUPERVISORY,
        )
    )
    for conversation_id, ticket_id, number, turn_id, start, end in rows:
        found[conversation_id].append(_Told(ticket_id, number, turn_id, start, end))
    return found


def _hidden_at_all(session: Session, office_id: str, told: dict[UUID, list[_Told]]) -> Hidden:
    numbers = {each.id: each.number for tickets in told.values() for each in tickets}
    hidden = Hidden(tickets=numbers)
    if not told:
        return hidden
    holds = session.execute(
        select(InspectorHold.conversation_id, InspectorHold.since, InspectorHold.until).where(
            InspectorHold.office_id == office_id,
            among(session, InspectorHold.conversation_id, told),
        )
    )
    for conversation_id, since, until in holds:
        begun = min(each.start for each in told[conversation_id])
        if until is None or until >= begun:  # what ended before had another matter
            hidden.holds.setdefault(conversation_id, []).append(_Hold(since, until))
    return hidden


def _any_allegation(session: Session, office_id: str, conversations: Collection[UUID]) -> bool:
    """Hardly any conversation has one, and a small index knows."""
    found = session.execute(
        select(Turn.id)
        .where(
            Turn.office_id == office_id,
            among(session, Turn.conversation_id, conversations),
            Turn.intent.in_(_WRITTEN_OUT),
        )
        .limit(1)
    )
    return found.first() is not None


def _hidden_turns(
    session: Session, office_id: str, turn_ids: Sequence[UUID], told: dict[UUID, list[_Told]]
) -> Iterator[UUID]:
    """Told for a ticket, or after an allegation that was not filed yet."""
    if not turn_ids:
        return
    begun = aliased(Turn)
    latest_begun = (
        select(func.max(begun.created_at))
        .where(
            begun.office_id == office_id,
            begun.conversation_id == Turn.conversation_id,
            begun.intent.in_(_WRITTEN_OUT),
            begun.created_at <= Turn.created_at,
        )
        .correlate(Turn)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Turn.id, Turn.conversation_id, Turn.created_at, latest_begun).where(
            Turn.office_id == office_id, among(session, Turn.id, turn_ids)
        )
    )
    for turn_id, conversation_id, at, since in rows:
        tickets = told[conversation_id]
        filed = any(since is not None and since <= each.end <= at for each in tickets)
        of_ticket = any(each.turn_id == turn_id or each.covers(at) for each in tickets)
        if of_ticket or (since is not None and at - since <= _UNFILED and not filed):
            yield turn_id


def _hide_added(
    session: Session,
    office_id: str,
    hidden: Hidden,
    inbound: Collection[InboundMessage],
) -> None:
    if not hidden.tickets or not inbound:
        return
    since = min(message.received_at for message in inbound)
    added = session.execute(
        select(TicketEvent.turn_id, TicketEvent.details).where(
            TicketEvent.office_id == office_id,
            among(session, TicketEvent.ticket_id, hidden.tickets),
            TicketEvent.type == TicketEventType.FACT_ADDED,
            TicketEvent.at >= since,
        )
    )
    for turn_id, details in added:
        hidden.messages.update(UUID(text) for text in details.get("message_ids", []))
        if turn_id is not None:
            hidden.turns.add(turn_id)
