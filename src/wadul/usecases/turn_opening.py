"""Which turns are due, and what Rasa is told about each: all of a batch in a handful of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from wadul.core.choices import choices_of, resolve
from wadul.core.states import Author, HandledBy, InboundState, MessageKind, TurnState
from wadul.models import (
    Attachment,
    Conversation,
    HandOff,
    InboundMessage,
    OutboundMessage,
    Turn,
    new_id,
)
from wadul.usecases.outbox import release_held
from wadul.usecases.turn_ending import give_messages_to_operator, nothing_to_do

_CHOICE_MESSAGES = 5  # of so many latest messages of the bot a button still counts
_WITHOUT_FILES = frozenset({MessageKind.TEXT, MessageKind.BUTTON, MessageKind.LOCATION})


@dataclass(frozen=True)
class OpenTurn:
    """A leased turn, with everything that Rasa is told."""

    office_id: str
    conversation_id: UUID
    turn_id: UUID
    attempts: int
    contact_id: UUID
    text: str = field(repr=False)
    message_ids: tuple[UUID, ...]
    attachments: tuple[tuple[UUID, MessageKind], ...]
    location: dict[str, Any] | None = field(repr=False)  # lat, lon, address, label
    payload: str | None
    sent_at: datetime
    handed_back: str | None = field(default=None, repr=False)
    """What a person helped with, in the bot's first turn afterwards (empty: they did not say)."""


@dataclass(frozen=True)
class TurnBatch:
    turns: list[OpenTurn]
    next_due_at: datetime | None  # of a turn that is not due yet


def lease_turns(
    session: Session, *, worker: str, now: datetime, lease_seconds: float, limit: int
) -> TurnBatch:
    """Take conversations whose turn is due, and open their turns.

    One that a worker lost is taken up again as it was. While an operator holds a conversation its
    messages are theirs, and nothing is opened.
    """
    due = _due(session, now, limit)
    for conversation in due:
        if conversation.handled_by is HandledBy.OPERATOR:
            give_messages_to_operator(session, conversation, now)
            nothing_to_do(conversation)
    ours = [each for each in due if each.handled_by is not HandledBy.OPERATOR]
    turns = _open(session, ours, now) if ours else []
    opened = {turn.conversation_id for turn in turns}
    for conversation in ours:
        if conversation.id in opened:
            conversation.leased_by = worker
            conversation.leased_until = now + timedelta(seconds=lease_seconds)
        else:
            nothing_to_do(conversation)
    return TurnBatch(turns, _next_due_at(session, now))


def _due(session: Session, now: datetime, limit: int) -> Sequence[Conversation]:
    free = or_(Conversation.leased_until.is_(None), Conversation.leased_until <= now)
    return session.scalars(
        select(Conversation)
        .where(Conversation.turn_due_at <= now, free)
        .order_by(Conversation.turn_due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()


def _next_due_at(session: Session, now: datetime) -> datetime | None:
    return session.scalar(
        select(func.min(Conversation.turn_due_at)).where(Conversation.turn_due_at > now)
    )


def _open(session: Session, conversations: Sequence[Conversation], now: datetime) -> list[OpenTurn]:
    left_open = _left_open(session, conversations)
    messages = _messages(session, conversations, left_open)
    release_held(session, now=now, conversations=conversations)
    files = _files(session, [each for rows in messages.values() for each in rows])
    handed_back = _handed_back(session, conversations)
    return [
        _described(
            session,
            conversation,
            left_open.get(conversation.id) or _new_turn(session, conversation, rows, now),
            rows,
            files,
            handed_back.get(conversation.id),
        )
        for conversation in conversations
        if (rows := messages.get(conversation.id))
    ]


def of_conversations(model: Any, conversations: Iterable[Conversation]) -> ColumnElement[bool]:
    """Rows of these conversations, in a form that every database finds by the index."""
    conversations = list(conversations)
    return and_(
        model.office_id.in_({each.office_id for each in conversations}),
        model.conversation_id.in_([each.id for each in conversations]),
    )


def _left_open(session: Session, conversations: Sequence[Conversation]) -> dict[UUID, Turn]:
    """Turns of workers that were lost, by conversation."""
    rows = session.scalars(
        select(Turn)
        .where(of_conversations(Turn, conversations), Turn.state == TurnState.OPEN)
        .order_by(Turn.id.desc())
    )
    return {turn.conversation_id: turn for turn in rows}


def _messages(
    session: Session, conversations: Sequence[Conversation], left_open: Mapping[UUID, Turn]
) -> dict[UUID, list[InboundMessage]]:
    """By conversation: the messages of the turn that was left open, else those that wait."""
    rows = session.scalars(
        select(InboundMessage)
        .where(
            of_conversations(InboundMessage, conversations),
            or_(
                InboundMessage.state == InboundState.WAITING,
                InboundMessage.turn_id.in_([turn.id for turn in left_open.values()]),
            ),
        )
        .order_by(InboundMessage.id)
    )
    found: dict[UUID, list[InboundMessage]] = defaultdict(list)
    for message in rows:
        turn = left_open.get(message.conversation_id)
        if turn is None or message.turn_id == turn.id:
            found[message.conversation_id].append(message)
    return found


def _new_turn(
    session: Session,
    conversation: Conversation,
    messages: Sequence[InboundMessage],
    now: datetime,
) -> Turn:
    turn = Turn(
        office_id=conversation.office_id,
        id=new_id(),
        conversation_id=conversation.id,
        state=TurnState.OPEN,
        attempts=0,
        created_at=now,
    )
    session.add(turn)
    for message in messages:
        message.state = InboundState.JOINED
        message.turn_id = turn.id
    conversation.burst_started_at = None
    return turn


def _files(
    session: Session, messages: Sequence[InboundMessage]
) -> dict[UUID, list[tuple[UUID, MessageKind]]]:
    """Attachments by message."""
    found: dict[UUID, list[tuple[UUID, MessageKind]]] = defaultdict(list)
    with_files = [each for each in messages if each.kind not in _WITHOUT_FILES]
    if not with_files:
        return found
    rows = session.execute(
        select(Attachment.message_id, Attachment.id, Attachment.kind)
        .where(
            Attachment.office_id.in_({each.office_id for each in with_files}),
            Attachment.message_id.in_([each.id for each in with_files]),
        )
        .order_by(Attachment.position)
    )
    for message_id, attachment_id, kind in rows:
        found[message_id].append((attachment_id, kind))
    return found


def _described(
    session: Session,
    conversation: Conversation,
    turn: Turn,
    messages: Sequence[InboundMessage],
    files: Mapping[UUID, list[tuple[UUID, MessageKind]]],
    handed_back: str | None,
) -> OpenTurn:
    pins = [message for message in messages if message.latitude is not None]
    return OpenTurn(
        office_id=turn.office_id,
        conversation_id=turn.conversation_id,
        turn_id=turn.id,
        attempts=turn.attempts,
        contact_id=conversation.contact_id,
        text="\n".join(message.text for message in messages if message.text),
        message_ids=tuple(message.id for message in messages),
        attachments=tuple(file for each in messages for file in files.get(each.id, ())),
        location=_location(pins[-1]) if pins else None,
        payload=_payload(session, conversation, messages),
        sent_at=messages[0].received_at,
        handed_back=handed_back,
    )


def _handed_back(session: Session, conversations: Sequence[Conversation]) -> dict[UUID, str]:
    """The notes of conversations that the bot has not answered since a person gave them back."""
    answered_since = (
        select(Turn.id)
        .where(
            Turn.office_id == HandOff.office_id,
            Turn.conversation_id == HandOff.conversation_id,
            Turn.state == TurnState.DONE,
            Turn.done_at >= HandOff.returned_at,
        )
        .exists()
    )
    rows = session.execute(
        select(HandOff.conversation_id, HandOff.note)
        .where(
            of_conversations(HandOff, conversations),
            HandOff.returned_at.is_not(None),
            ~answered_since,
        )
        .order_by(HandOff.returned_at)
    )
    return {row.conversation_id: row.note for row in rows}


def _location(message: InboundMessage) -> dict[str, Any]:
    return {
        "lat": message.latitude,
        "lon": message.longitude,
        "address": message.place_name,
        "label": None,
    }


def _payload(
    session: Session, conversation: Conversation, messages: Sequence[InboundMessage]
) -> str | None:
    """What the answer to our last choices stands for; of buttons, only payloads that we sent."""
    tapped = [message.payload for message in messages if message.payload]
    texts = [message.text for message in messages if message.text.strip()]
    if not tapped and not texts:
        return None
    sent = _sent_choices(session, conversation)
    ours = {choice.payload for rows in sent for choice in choices_of(rows)}
    for payload in reversed(tapped):
        if payload in ours:
            return payload
    latest = choices_of(sent[0]) if sent else []
    if not latest or not texts:
        return None
    chosen = resolve(" ".join(texts), latest) or resolve(texts[-1], latest)
    return chosen.payload if chosen else None


def _sent_choices(session: Session, conversation: Conversation) -> Sequence[list[dict[str, str]]]:
    """Of the bot's latest messages, the newest first; one query each, so that a long
    conversation costs no more than a short one."""
    return session.scalars(
        select(OutboundMessage.choices)
        .where(
            OutboundMessage.office_id == conversation.office_id,
            OutboundMessage.conversation_id == conversation.id,
            OutboundMessage.author == Author.BOT,
        )
        .order_by(OutboundMessage.id.desc())
        .limit(_CHOICE_MESSAGES)
    ).all()
