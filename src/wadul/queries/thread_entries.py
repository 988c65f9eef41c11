"""What a conversation is made of: messages both ways, notes, and who held it when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from wadul.core.states import (
    AttachmentState,
    Author,
    DeliveryState,
    HandOffReason,
    InboundState,
    MessageKind,
)
from wadul.models import (
    Attachment,
    Conversation,
    ConversationNote,
    HandOff,
    InboundMessage,
    MessageFlag,
    OperatorMessage,
    OutboundMessage,
    OutgoingFile,
    Turn,
    User,
)
from wadul.queries.among import among
from wadul.queries.discretion import Hidden
from wadul.queries.inbox_rows import only_shown


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


def entries_of(
    session: Session,
    conversation: Conversation,
    inbound: Sequence[InboundMessage],
    outbound: Sequence[OutboundMessage],
    turns: dict[UUID, Turn],
    quoted: dict[str, OutboundMessage],
    hidden: Hidden,
    limit: int,
) -> tuple[tuple[ThreadEntry, ...], bool]:
    notes = latest_rows(session, conversation, ConversationNote, limit)
    entries = inbound_entries(session, conversation, inbound, turns, quoted, hidden)
    entries += _outbound(session, conversation, outbound, hidden)
    entries += _notes(session, conversation, notes, hidden)
    entries += _events(session, conversation, hidden)
    entries.sort(key=lambda entry: (entry.at, entry.id))
    has_older = max(len(inbound), len(outbound), len(notes)) >= limit or len(entries) > limit
    return tuple(entries[-limit:]), has_older


def latest_rows(session: Session, conversation: Conversation, model: Any, limit: int) -> list[Any]:
    return list(
        session.scalars(
            select(model)
            .where(
                model.office_id == conversation.office_id,
                model.conversation_id == conversation.id,
            )
            .order_by(model.id.desc())
            .limit(limit)
            .options(*only_shown(model))
        )
    )


def inbound_entries(
    session: Session,
    conversation: Conversation,
    messages: Sequence[InboundMessage],
    turns: dict[UUID, Turn],
    quoted: dict[str, OutboundMessage],
    hidden: Hidden,
) -> list[ThreadEntry]:
    files = _files(session, conversation.office_id, [message.id for message in messages])
    flagged = set(
        session.scalars(
            select(MessageFlag.message_id).where(
                MessageFlag.office_id == conversation.office_id,
                among(session, MessageFlag.message_id, [message.id for message in messages]),
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
                quoted=_words(quoted.get(message.reply_to_external_id or ""), hidden),
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
                among(session, OperatorMessage.message_id, [message.id for message in messages]),
            )
        )
    }
    entries = []
    for message in messages:
        secret = hidden.outbound(message)
        by = authors.get(message.id)
        files: tuple[File, ...] = ()
        if by is not None and by.file_id is not None and not secret:
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
                author=by.full_name if by and message.author is Author.OPERATOR else "",
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
    session: Session,
    conversation: Conversation,
    notes: Sequence[ConversationNote],
    hidden: Hidden,
) -> list[ThreadEntry]:
    authors = rows_by_id(session, User, conversation.office_id, {note.author_id for note in notes})
    entries = []
    for note in notes:
        secret = hidden.at(conversation.id, note.created_at)
        entries.append(
            ThreadEntry(
                id=str(note.id),
                entry=Entry.NOTE,
                at=note.created_at,
                text="" if secret else note.text,
                author=authors[note.author_id].full_name,
                hidden=secret,
            )
        )
    return entries


def _events(session: Session, conversation: Conversation, hidden: Hidden) -> list[ThreadEntry]:
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
                text="" if hidden.at(conversation.id, at) else text,
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
        .where(
            Attachment.office_id == office_id, among(session, Attachment.message_id, message_ids)
        )
        .order_by(Attachment.message_id, Attachment.position)
    )
    for row in rows:
        found.setdefault(row.message_id, []).append(
            File(row.id, row.kind, row.state, row.content_type, error_code=row.error_code)
        )
    return found


def quoted_by(
    session: Session, office_id: str, messages: Sequence[InboundMessage]
) -> dict[str, OutboundMessage]:
    """Ours that residents answer, by the provider's id; they may be older than what is shown."""
    wanted = {m.reply_to_external_id for m in messages if m.reply_to_external_id}
    if not wanted:
        return {}
    rows = session.scalars(
        select(OutboundMessage).where(
            OutboundMessage.office_id == office_id, OutboundMessage.external_id.in_(wanted)
        )
    )
    return {row.external_id: row for row in rows if row.external_id}


def _words(message: OutboundMessage | None, hidden: Hidden) -> str | None:
    return None if message is None or hidden.outbound(message) else message.text


def rows_by_id(
    session: Session, model: Any, office_id: str, ids: set[UUID | None]
) -> dict[Any, Any]:
    wanted = [each for each in ids if each is not None]
    if not wanted:
        return {}
    rows = session.scalars(
        select(model).where(model.office_id == office_id, among(session, model.id, wanted))
    )
    return {row.id: row for row in rows}
