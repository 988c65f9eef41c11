"""One conversation as people read it: messages both ways, notes, and who held it when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from wadul.core.actors import Actor, Power
from wadul.core.languages import other_language
from wadul.core.privacy import mask_address
from wadul.core.states import (
    AttachmentState,
    Author,
    Category,
    DeliveryState,
    HandledBy,
    HandOffReason,
    InboundState,
    MessageKind,
    TicketClass,
    TicketStatus,
)
from wadul.core.ticket_status import ENDED
from wadul.exceptions import NotFound
from wadul.models import (
    Attachment,
    Contact,
    Conversation,
    ConversationNote,
    HandOff,
    InboundMessage,
    MessageFlag,
    OperatorLease,
    OperatorMessage,
    OutboundMessage,
    OutgoingFile,
    Ticket,
    Turn,
    User,
)
from wadul.queries.discretion import Hidden, hidden_among
from wadul.queries.inbox_rows import without_raw

PAGE = 40
_TICKETS = 10
_UNDERSTOOD = 5  # latest turns whose findings still count


class Entry(StrEnum):
    IN = "in"
    OUT = "out"
    NOTE = "note"
    EVENT = "event"


class Event(StrEnum):
    QUEUED = "queued"
    TAKEN = "taken"
    RETURNED = "returned"


@dataclass(frozen=True)
class File:
    """`state` None: a file that we send."""

    id: UUID
    kind: MessageKind
    state: AttachmentState | None
    content_type: str | None
    name: str = ""
    error_code: str | None = None


@dataclass(frozen=True)
class ThreadEntry:
    id: str
    entry: Entry
    at: datetime
    text: str = ""
    author: str = ""  # a person's name; empty: the resident, the bot or the system
    written_by: Author | None = None
    kind: MessageKind = MessageKind.TEXT
    inbound_state: InboundState | None = None
    state: DeliveryState | None = None
    error_code: str | None = None
    template: bool = False
    files: tuple[File, ...] = ()
    latitude: float | None = None
    longitude: float | None = None
    place: str | None = None
    quoted: str | None = None
    hidden: bool = False
    intent: str | None = None  # what the bot took the message for
    confidence: float | None = None
    flagged: bool = False  # an operator says that the bot took it for something else
    event: Event | None = None
    reason: HandOffReason | None = None


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
        select(Conversation, Contact, User.full_name, OperatorLease.until)
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
    inbound = _latest(session, conversation, InboundMessage, limit)
    outbound = _latest(session, conversation, OutboundMessage, limit)
    turns = _by_id(session, Turn, conversation.office_id, {m.turn_id for m in inbound})
    hidden = Hidden()
    if not actor.sees_supervisory:
        hidden = hidden_among(session, actor.office_id, inbound, outbound)
    entries, has_older = _entries(session, conversation, inbound, outbound, turns, hidden, limit)
    tickets = _tickets(session, actor, conversation_id)
    anonymous = _is_anonymous(session, conversation)
    masked = anonymous and not open_identity
    return Thread(
        id=conversation.id,
        name="" if masked else row.Contact.profile_name,
        address=mask_address(row.Contact.address) if masked else row.Contact.address,
        anonymous=anonymous,
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


def _entries(
    session: Session,
    conversation: Conversation,
    inbound: Sequence[InboundMessage],
    outbound: Sequence[OutboundMessage],
    turns: dict[UUID, Turn],
    hidden: Hidden,
    limit: int,
) -> tuple[tuple[ThreadEntry, ...], bool]:
    notes = _latest(session, conversation, ConversationNote, limit)
    entries = _inbound(session, conversation, inbound, turns, hidden)
    entries += _outbound(session, conversation, outbound, hidden)
    entries += _notes(session, conversation, notes)
    entries += _events(session, conversation)
    entries.sort(key=lambda entry: (entry.at, entry.id))
    has_older = max(len(inbound), len(outbound), len(notes)) >= limit or len(entries) > limit
    return tuple(entries[-limit:]), has_older


def _latest(session: Session, conversation: Conversation, model: Any, limit: int) -> list[Any]:
    return list(
        session.scalars(
            select(model)
            .where(
                model.office_id == conversation.office_id,
                model.conversation_id == conversation.id,
            )
            .order_by(model.id.desc())
            .limit(limit)
            .options(*without_raw(model))
        )
    )


def _inbound(
    session: Session,
    conversation: Conversation,
    messages: Sequence[InboundMessage],
    turns: dict[UUID, Turn],
    hidden: Hidden,
) -> list[ThreadEntry]:
    files = _files(session, conversation.office_id, [message.id for message in messages])
    quoted = _quoted(session, conversation, messages, hidden)
    flagged = set(
        session.scalars(
            select(MessageFlag.message_id).where(
                MessageFlag.office_id == conversation.office_id,
                MessageFlag.message_id.in_([message.id for message in messages]),
            )
        )
    )
    entries = []
    for message in messages:
        if hidden.inbound(message):
            entries.append(ThreadEntry(str(message.id), Entry.IN, message.received_at, hidden=True))
            continue
        turn = turns.get(message.turn_id) if message.turn_id else None
        entries.append(
            ThreadEntry(
                id=str(message.id),
                entry=Entry.IN,
                at=message.received_at,
                text=message.text,
                kind=message.kind,
                inbound_state=message.state,
                files=tuple(files.get(message.id, ())),
                latitude=message.latitude,
                longitude=message.longitude,
                place=message.place_name,
                quoted=quoted.get(message.reply_to_external_id or ""),
                intent=turn.intent if turn else None,
                confidence=turn.confidence if turn else None,
                flagged=message.id in flagged,
            )
        )
    return entries


def _outbound(
    session: Session,
    conversation: Conversation,
    messages: Sequence[OutboundMessage],
    hidden: Hidden,
) -> list[ThreadEntry]:
    authors = {
        row.message_id: row
        for row in session.execute(
            select(
                OperatorMessage.message_id,
                User.full_name,
                OutgoingFile.id.label("file_id"),
                OutgoingFile.name,
                OutgoingFile.content_type,
            )
            .join(
                User,
                (User.office_id == OperatorMessage.office_id)
                & (User.id == OperatorMessage.user_id),
            )
            .outerjoin(
                OutgoingFile,
                (OutgoingFile.office_id == OperatorMessage.office_id)
                & (OutgoingFile.id == OperatorMessage.file_id),
            )
            .where(
                OperatorMessage.office_id == conversation.office_id,
                OperatorMessage.message_id.in_([message.id for message in messages]),
            )
        )
    }
    entries = []
    for message in messages:
        secret = hidden.outbound(message)
        by = authors.get(message.id)
        files: tuple[File, ...] = ()
        if by is not None and by.file_id is not None:
            kind = (
                MessageKind.IMAGE if by.content_type.startswith("image/") else MessageKind.DOCUMENT
            )
            files = (File(by.file_id, kind, None, by.content_type, by.name),)
        entries.append(
            ThreadEntry(
                id=str(message.id),
                entry=Entry.OUT,
                at=message.created_at,
                text="" if secret else message.text,
                author=by.full_name if by else "",
                written_by=message.author,
                state=message.state,
                error_code=message.error_code,
                template=message.template is not None,
                files=files,
                hidden=secret,
            )
        )
    return entries


def _notes(
    session: Session, conversation: Conversation, notes: Sequence[ConversationNote]
) -> list[ThreadEntry]:
    authors = _by_id(session, User, conversation.office_id, {note.author_id for note in notes})
    return [
        ThreadEntry(
            id=str(note.id),
            entry=Entry.NOTE,
            at=note.created_at,
            text=note.text,
            author=authors[note.author_id].full_name,
        )
        for note in notes
    ]


def _events(session: Session, conversation: Conversation) -> list[ThreadEntry]:
    hand_offs = session.scalars(
        select(HandOff)
        .where(
            HandOff.office_id == conversation.office_id,
            HandOff.conversation_id == conversation.id,
            HandOff.ticket_id.is_(None),
        )
        .order_by(HandOff.id.desc())
        .limit(20)
    )
    entries = []
    for hand_off in hand_offs:
        moments = (
            (Event.QUEUED, hand_off.queued_at if hand_off.turn_id else None, ""),
            (Event.TAKEN, hand_off.taken_at, ""),
            (Event.RETURNED, hand_off.returned_at, hand_off.note),
        )
        entries += [
            ThreadEntry(
                id=f"{hand_off.id}-{event.value}",
                entry=Entry.EVENT,
                at=at,
                text=text,
                event=event,
                reason=hand_off.reason,
            )
            for event, at, text in moments
            if at is not None
        ]
    return entries


def _files(session: Session, office_id: str, message_ids: Sequence[UUID]) -> dict[UUID, list[File]]:
    found: dict[UUID, list[File]] = {}
    rows = session.scalars(
        select(Attachment)
        .where(Attachment.office_id == office_id, Attachment.message_id.in_(message_ids))
        .order_by(Attachment.message_id, Attachment.position)
    )
    for row in rows:
        found.setdefault(row.message_id, []).append(
            File(row.id, row.kind, row.state, row.content_type, error_code=row.error_code)
        )
    return found


def _quoted(
    session: Session,
    conversation: Conversation,
    messages: Sequence[InboundMessage],
    hidden: Hidden,
) -> dict[str, str]:
    wanted = {m.reply_to_external_id for m in messages if m.reply_to_external_id}
    if not wanted:
        return {}
    rows = session.scalars(
        select(OutboundMessage).where(
            OutboundMessage.office_id == conversation.office_id,
            OutboundMessage.external_id.in_(wanted),
        )
    )
    return {
        row.external_id: row.text for row in rows if row.external_id and not hidden.outbound(row)
    }


def _by_id(session: Session, model: Any, office_id: str, ids: set[UUID | None]) -> dict[Any, Any]:
    wanted = [each for each in ids if each is not None]
    if not wanted:
        return {}
    rows = session.scalars(select(model).where(model.office_id == office_id, model.id.in_(wanted)))
    return {row.id: row for row in rows}


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


def _is_anonymous(session: Session, conversation: Conversation) -> bool:
    found = session.execute(
        select(Ticket.id)
        .where(
            Ticket.office_id == conversation.office_id,
            Ticket.conversation_id == conversation.id,
            Ticket.anonymous,
        )
        .limit(1)
    )
    return found.first() is not None


def _brief(
    session: Session,
    conversation: Conversation,
    turns: dict[UUID, Turn],
    hidden: Hidden,
    entries: Sequence[ThreadEntry],
    tickets: Sequence[TicketCard],
) -> Brief:
    hand_off = session.scalars(
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
    latest = sorted(turns.values(), key=lambda turn: turn.created_at, reverse=True)
    known = [each for each in latest if each.intent and each.id not in hidden.turns][:_UNDERSTOOD]
    turn = known[0] if known else None
    return Brief(
        reason=hand_off.reason if hand_off else None,
        queued_at=hand_off.queued_at if hand_off else None,
        intent=turn.intent if turn else None,
        confidence=turn.confidence if turn else None,
        found=_found(known),
        language=other_language(" ".join(each.text for each in entries if each.entry is Entry.IN)),
        unanswered=_unanswered(entries),
        open_tickets=tuple(card.number for card in tickets if card.status not in ENDED),
    )


def _found(turns: Sequence[Turn]) -> tuple[tuple[str, str], ...]:
    """The newest value of each; `turns` begin with the newest."""
    found: dict[str, str] = {}
    for turn in turns:
        for each in turn.entities:
            found.setdefault(str(each.get("entity")), str(each.get("value")))
    return tuple(found.items())


def _unanswered(entries: Sequence[ThreadEntry]) -> int:
    count = 0
    for each in reversed(entries):
        if each.entry is Entry.OUT and each.state is not DeliveryState.CANCELLED:
            break
        count += each.entry is Entry.IN
    return count
