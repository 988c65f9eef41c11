"""One conversation as people read it, with its tickets and a brief on top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from wadul.core.actors import Actor, Power
from wadul.core.languages import other_language
from wadul.core.privacy import mask_address
from wadul.core.states import (
    Category,
    DeliveryState,
    HandledBy,
    HandOffReason,
    TicketClass,
    TicketStatus,
)
from wadul.core.ticket_status import ENDED
from wadul.exceptions import NotFound
from wadul.models import (
    Contact,
    Conversation,
    InboundMessage,
    OperatorLease,
    OutboundMessage,
    Ticket,
    Turn,
    User,
)
from wadul.queries.anonymity import is_masked
from wadul.queries.conversations import open_hand_off
from wadul.queries.discretion import Hidden, hidden_from
from wadul.queries.thread_entries import (
    Entry,
    ThreadEntry,
    entries_of,
    latest_rows,
    quoted_by,
    rows_by_id,
)

PAGE = 40
_TICKETS = 10
_UNDERSTOOD = 5  # latest turns whose findings still count


@dataclass(frozen=True)
class TicketCard:
    number: str
    status: TicketStatus
    category: Category
    class_: TicketClass
    desa: str | None
    description: str
    created_at: datetime
    due_at: date
    assignee: str | None
    anonymous: bool
    confidential: bool
    version: int


@dataclass(frozen=True)
class Brief:
    """Why people have the conversation, and what the bot understood last."""

    reason: HandOffReason | None
    queued_at: datetime | None
    intent: str | None
    confidence: float | None
    found: tuple[tuple[str, str], ...] = ()  # what the resident named: (entity, value)
    language: str | None = None  # besides Indonesian
    unanswered: int = 0  # messages since somebody answered last
    open_tickets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Thread:
    id: UUID
    name: str
    address: str
    anonymous: bool
    stopped: bool  # the resident wrote BERHENTI
    handled_by: HandledBy
    handled_since: datetime
    owner_id: UUID | None
    owner: str | None
    lease_until: datetime | None
    last_inbound_at: datetime | None
    created_at: datetime
    entries: tuple[ThreadEntry, ...]
    has_older: bool
    tickets: tuple[TicketCard, ...]
    brief: Brief
    held: int  # messages that wait for the window
    hidden: bool = field(default=False)  # something is for inspectors only


def show_thread(
    session: Session,
    actor: Actor,
    conversation_id: UUID,
    *,
    limit: int = PAGE,
    open_identity: bool = False,
) -> Thread:
    """The latest entries, oldest first. Raises `NotPermitted`, `NotFound`.

    `open_identity` shows who an anonymous resident is; the caller records that.
    """
    actor.require(Power.READ_CONVERSATIONS)
    row = session.execute(
        select(
            Conversation,
            Contact,
            User.full_name,
            OperatorLease.until,
            is_masked(Conversation.office_id, Conversation.id).label("anonymous"),
        )
        .join(
            Contact,
            (Contact.office_id == Conversation.office_id) & (Contact.id == Conversation.contact_id),
        )
        .outerjoin(
            User, (User.office_id == Conversation.office_id) & (User.id == Conversation.owner_id)
        )
        .outerjoin(
            OperatorLease,
            (OperatorLease.office_id == Conversation.office_id)
            & (OperatorLease.conversation_id == Conversation.id),
        )
        .where(Conversation.office_id == actor.office_id, Conversation.id == conversation_id)
    ).one_or_none()
    if row is None:
        raise NotFound("there is no such conversation")
    conversation: Conversation = row.Conversation
    inbound = latest_rows(session, conversation, InboundMessage, limit)
    outbound = latest_rows(session, conversation, OutboundMessage, limit)
    turns = rows_by_id(session, Turn, conversation.office_id, {m.turn_id for m in inbound})
    quoted = quoted_by(session, actor.office_id, inbound)
    hidden = hidden_from(session, actor, inbound, [*outbound, *quoted.values()])
    entries, has_older = entries_of(
        session, conversation, inbound, outbound, turns, quoted, hidden, limit
    )
    tickets = _tickets(session, actor, conversation_id)
    masked = row.anonymous and not open_identity
    return Thread(
        id=conversation.id,
        name="" if masked else row.Contact.profile_name,
        address=mask_address(row.Contact.address) if masked else row.Contact.address,
        anonymous=row.anonymous,
        stopped=row.Contact.stopped_at is not None,
        handled_by=conversation.handled_by,
        handled_since=conversation.handled_since,
        owner_id=conversation.owner_id,
        owner=row.full_name,
        lease_until=row.until,
        last_inbound_at=conversation.last_inbound_at,
        created_at=conversation.created_at,
        entries=entries,
        has_older=has_older,
        tickets=tickets,
        brief=_brief(session, conversation, turns, hidden, entries, tickets),
        held=sum(1 for entry in entries if entry.state is DeliveryState.HELD),
        hidden=any(entry.hidden for entry in entries),
    )


def _tickets(session: Session, actor: Actor, conversation_id: UUID) -> tuple[TicketCard, ...]:
    query = (
        select(Ticket, User.full_name)
        .outerjoin(User, (User.office_id == Ticket.office_id) & (User.id == Ticket.assignee_id))
        .where(Ticket.office_id == actor.office_id, Ticket.conversation_id == conversation_id)
        .order_by(Ticket.id.desc())
        .limit(_TICKETS)
    )
    if not actor.sees_supervisory:
        query = query.where(Ticket.class_ != TicketClass.SUPERVISORY)
    return tuple(
        TicketCard(
            number=ticket.number,
            status=ticket.status,
            category=ticket.category,
            class_=ticket.class_,
            desa=ticket.desa,
            description=ticket.description,
            created_at=ticket.created_at,
            due_at=ticket.due_at,
            assignee=assignee,
            anonymous=ticket.anonymous,
            confidential=ticket.confidential,
            version=ticket.version,
        )
        for ticket, assignee in session.execute(query)
    )


def _brief(
    session: Session,
    conversation: Conversation,
    turns: dict[UUID, Turn],
    hidden: Hidden,
    entries: Sequence[ThreadEntry],
    tickets: Sequence[TicketCard],
) -> Brief:
    hand_off = open_hand_off(session, conversation)
    latest = sorted(turns.values(), key=lambda turn: turn.created_at, reverse=True)
    known = [each for each in latest if each.intent and each.id not in hidden.turns][:_UNDERSTOOD]
    turn = known[0] if known else None
    return Brief(
        reason=hand_off.reason if hand_off else None,
        queued_at=hand_off.queued_at if hand_off else None,
        intent=turn.intent if turn else None,
        confidence=turn.confidence if turn else None,
        found=_found(known),
        language=language_of(entries),
        unanswered=count_unanswered(entries),
        open_tickets=tuple(card.number for card in tickets if card.status not in ENDED),
    )


def _found(turns: Sequence[Turn]) -> tuple[tuple[str, str], ...]:
    """The newest value of each; `turns` begin with the newest."""
    found: dict[str, str] = {}
    for turn in turns:
        for each in turn.entities:
            found.setdefault(str(each.get("entity")), str(each.get("value")))
    return tuple(found.items())


def language_of(entries: Sequence[ThreadEntry]) -> str | None:
    """Besides Indonesian, in what the resident wrote."""
    return other_language(" ".join(each.text for each in entries if each.entry is Entry.IN))


def count_unanswered(entries: Sequence[ThreadEntry]) -> int:
    """Messages since somebody answered last."""
    count = 0
    for each in reversed(entries):
        if each.entry is Entry.OUT and each.state is not DeliveryState.CANCELLED:
            break
        count += each.entry is Entry.IN
    return count
