"""Turns: what a resident said, answered once, in order, by one worker at a time.

lease_turns -> (Rasa) -> finish_turns, or postpone_turn when Rasa could not answer.
A conversation with something to do has `turn_due_at`; it stays set while a worker holds the lease,
so that a lease that runs out is due again with the same open turn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from wadul.core.choices import Choice, choices_of, resolve
from wadul.core.composing import compose
from wadul.core.states import (
    Author,
    DeliveryState,
    HandledBy,
    HandOffReason,
    InboundState,
    MessageKind,
    TurnState,
)
from wadul.database import ring
from wadul.models import (
    Attachment,
    Contact,
    Conversation,
    HandOff,
    InboundMessage,
    OutboundMessage,
    Turn,
)
from wadul.usecases.outbox import release_held

APOLOGY = (
    "Mohon maaf, sistem kami sedang terganggu. Pesan Bapak/Ibu sudah kami simpan dan akan kami "
    "jawab begitu sistem pulih; Bapak/Ibu tidak perlu mengirim ulang."
)
NOTHING_TO_SAY = (
    "Mohon maaf, pesan ini belum dapat saya pahami. Silakan tulis dengan kata lain, atau ketik "
    '"menu" untuk melihat yang bisa saya bantu.'
)
GIVEN_UP = (
    "Mohon maaf, saya belum dapat menjawab pesan Bapak/Ibu. Pesan ini akan dibaca oleh petugas "
    "kami; Bapak/Ibu tidak perlu mengirim ulang."
)
APOLOGY_POSITION = -1  # before the answers, which count from 0
GIVE_UP_AFTER = 8  # attempts on one turn while others succeed
_CHOICE_MESSAGES = 5  # of so many latest messages with choices a button still counts
_URGENT = "emergency"  # nothing stands before the numbers


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


@dataclass(frozen=True)
class TurnBatch:
    turns: list[OpenTurn]
    next_due_at: datetime | None  # of a turn that is not due yet


@dataclass(frozen=True)
class Reply:
    text: str = field(repr=False)
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What Rasa said; `intent` is the full label."""

    replies: tuple[Reply, ...]
    intent: str | None = None
    confidence: float | None = None


def lease_turns(
    session: Session, *, worker: str, now: datetime, lease_seconds: float, limit: int
) -> TurnBatch:
    """Take conversations whose turn is due, and open their turns.

    One that a worker lost is taken up again as it was. While an operator holds a conversation its
    messages are theirs, and nothing is opened.
    """
    free = or_(Conversation.leased_until.is_(None), Conversation.leased_until <= now)
    due = session.scalars(
        select(Conversation)
        .where(Conversation.turn_due_at <= now, free)
        .order_by(Conversation.turn_due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    turns = []
    for conversation in due:
        opened = _open_turn(session, conversation, now)
        if opened is None:
            _release(conversation)
            continue
        conversation.leased_by = worker
        conversation.leased_until = now + timedelta(seconds=lease_seconds)
        turns.append(opened)
    next_due_at = session.scalar(
        select(func.min(Conversation.turn_due_at)).where(Conversation.turn_due_at > now)
    )
    return TurnBatch(turns, next_due_at)


def finish_turns(
    session: Session,
    answered: Sequence[tuple[OpenTurn, Answer]],
    *,
    worker: str,
    now: datetime,
    notices: Mapping[str, str],
) -> None:
    """Put the answers into the outbox and mark the turns done.

    A turn whose lease was lost is left to whoever has it now; one whose conversation an operator
    took over meanwhile says nothing. `notices`: the short privacy notice by office.
    """
    for turn, answer in sorted(answered, key=lambda pair: pair[0].conversation_id):
        conversation, row = _leased(session, turn, worker)
        if conversation is None or row is None:
            continue
        row.intent = answer.intent
        row.confidence = answer.confidence
        if conversation.handled_by is HandledBy.OPERATOR:
            _supersede(session, conversation, row, now)
            continue
        notice = _notice_due(session, conversation, answer, notices, now)
        _write_answer(session, turn, answer, notice, now)
        row.state = TurnState.DONE
        row.done_at = now
        _end_lease(session, conversation)
    ring(session)


def postpone_turn(
    session: Session,
    turn: OpenTurn,
    *,
    worker: str,
    asked_at: datetime,
    retry_at: datetime,
    now: datetime,
) -> bool:
    """Rasa did not answer. True if the turn was given to people instead of being tried again."""
    conversation, row = _leased(session, turn, worker)
    if conversation is None or row is None:
        return False
    row.attempts += 1
    row.first_failed_at = row.first_failed_at or asked_at
    if conversation.handled_by is HandledBy.OPERATOR:
        _supersede(session, conversation, row, now)
        return False
    if row.attempts >= GIVE_UP_AFTER and _others_succeed(session, row):
        _give_up(session, conversation, row, now)
        return True
    conversation.leased_by = conversation.leased_until = None
    conversation.turn_due_at = retry_at
    return False


def apologise(session: Session, *, now: datetime, after_seconds: float) -> int:
    """One apology for every turn that Rasa has not answered for so long; returns how many."""
    rows = session.execute(
        select(Turn, Conversation)
        .join(
            Conversation,
            (Conversation.office_id == Turn.office_id) & (Conversation.id == Turn.conversation_id),
        )
        .where(
            Conversation.turn_due_at.is_not(None),
            Conversation.handled_by != HandledBy.OPERATOR,
            Turn.state == TurnState.OPEN,
            Turn.apologised_at.is_(None),
            Turn.first_failed_at <= now - timedelta(seconds=after_seconds),
        )
        .with_for_update(skip_locked=True, of=Turn)
    ).all()
    for turn, _ in rows:
        turn.apologised_at = now
        _say(session, turn, APOLOGY, Author.SYSTEM, APOLOGY_POSITION, now)
    if rows:
        ring(session)
    return len(rows)


def release_leases(session: Session, workers: Sequence[str]) -> int:
    """Workers that are gone hold nothing any more; returns how many conversations were freed."""
    freed = session.execute(
        update(Conversation)
        .where(Conversation.leased_by.in_(workers))
        .values(leased_by=None, leased_until=None)
    )
    ring(session)
    return int(freed.rowcount)  # type: ignore[attr-defined]


def _open_turn(session: Session, conversation: Conversation, now: datetime) -> OpenTurn | None:
    if conversation.handled_by is HandledBy.OPERATOR:
        _hand_messages_to_operator(session, conversation, now)
        return None
    row = session.scalars(
        select(Turn)
        .where(
            Turn.office_id == conversation.office_id,
            Turn.conversation_id == conversation.id,
            Turn.state == TurnState.OPEN,
        )
        .order_by(Turn.id)
        .limit(1)
    ).one_or_none()
    if row is None:
        messages = _messages(session, conversation, InboundMessage.state == InboundState.WAITING)
        if not messages:
            return None
        row = Turn(
            office_id=conversation.office_id, conversation_id=conversation.id, created_at=now
        )
        session.add(row)
        session.flush()
        for message in messages:
            message.state = InboundState.JOINED
            message.turn_id = row.id
        conversation.burst_started_at = None
    else:
        messages = _messages(session, conversation, InboundMessage.turn_id == row.id)
    release_held(session, now=now, conversation=conversation)
    return _described(session, conversation, row, messages)


def _messages(session: Session, conversation: Conversation, which: Any) -> Sequence[InboundMessage]:
    return session.scalars(
        select(InboundMessage)
        .where(
            InboundMessage.office_id == conversation.office_id,
            InboundMessage.conversation_id == conversation.id,
            which,
        )
        .order_by(InboundMessage.id)
    ).all()


def _described(
    session: Session, conversation: Conversation, turn: Turn, messages: Sequence[InboundMessage]
) -> OpenTurn:
    text = "\n".join(message.text for message in messages if message.text)
    pins = [message for message in messages if message.latitude is not None]
    return OpenTurn(
        office_id=turn.office_id,
        conversation_id=turn.conversation_id,
        turn_id=turn.id,
        attempts=turn.attempts,
        contact_id=conversation.contact_id,
        text=text,
        message_ids=tuple(message.id for message in messages),
        attachments=_attachments(session, conversation.office_id, messages),
        location=_location(pins[-1]) if pins else None,
        payload=_payload(session, conversation, messages, text),
        sent_at=messages[0].received_at,
    )


def _location(message: InboundMessage) -> dict[str, Any]:
    return {
        "lat": message.latitude,
        "lon": message.longitude,
        "address": message.place_name,
        "label": None,
    }


def _attachments(
    session: Session, office_id: str, messages: Sequence[InboundMessage]
) -> tuple[tuple[UUID, MessageKind], ...]:
    bare = {MessageKind.TEXT, MessageKind.BUTTON, MessageKind.LOCATION}
    ids = [message.id for message in messages if message.kind not in bare]
    if not ids:
        return ()
    rows = session.execute(
        select(Attachment.id, Attachment.kind)
        .where(Attachment.office_id == office_id, Attachment.message_id.in_(ids))
        .order_by(Attachment.message_id, Attachment.position)
    ).all()
    return tuple((attachment_id, kind) for attachment_id, kind in rows)


def _payload(
    session: Session, conversation: Conversation, messages: Sequence[InboundMessage], text: str
) -> str | None:
    """What the answer to our last choices stands for; of buttons, only payloads that we sent."""
    tapped = [message.payload for message in messages if message.payload]
    if not tapped and not text:
        return None
    sent = session.scalars(
        select(OutboundMessage.choices)
        .where(
            OutboundMessage.office_id == conversation.office_id,
            OutboundMessage.conversation_id == conversation.id,
            OutboundMessage.author == Author.BOT,
        )
        .order_by(OutboundMessage.id.desc())
        .limit(_CHOICE_MESSAGES)
    ).all()
    ours = {choice.payload for rows in sent for choice in choices_of(rows)}
    for payload in reversed(tapped):
        if payload in ours:
            return payload
    latest = choices_of(sent[0]) if sent else []
    chosen = resolve(text, latest)
    if chosen is None and len(messages) > 1:
        chosen = resolve(messages[-1].text, latest)
    return chosen.payload if chosen else None


def _leased(
    session: Session, turn: OpenTurn, worker: str
) -> tuple[Conversation, Turn] | tuple[None, None]:
    """The locked conversation and its open turn, if this worker still has them."""
    conversation = session.get(
        Conversation, (turn.office_id, turn.conversation_id), with_for_update=True
    )
    row = session.get(Turn, (turn.office_id, turn.turn_id))
    if conversation is None or row is None:  # erased meanwhile
        return None, None
    if conversation.leased_by != worker or row.state is not TurnState.OPEN:
        return None, None
    return conversation, row


def _notice_due(
    session: Session,
    conversation: Conversation,
    answer: Answer,
    notices: Mapping[str, str],
    now: datetime,
) -> str:
    notice = notices.get(conversation.office_id, "")
    if not notice or (answer.intent or "").split("/")[0] == _URGENT:
        return ""
    contact = session.get_one(Contact, (conversation.office_id, conversation.contact_id))
    if contact.notice_at is not None:
        return ""
    contact.notice_at = now
    return notice


def _write_answer(
    session: Session, turn: OpenTurn, answer: Answer, notice: str, now: datetime
) -> None:
    choices = choices_of(choice.as_json() for reply in answer.replies for choice in reply.choices)
    texts = [reply.text for reply in answer.replies]
    if not choices and not any(text.strip() for text in texts):
        texts = [NOTHING_TO_SAY]
    for position, part in enumerate(compose([notice, *texts], choices)):
        _say(session, turn, part.text, Author.BOT, position, now, part.choices)


def _say(
    session: Session,
    turn: Turn | OpenTurn,
    text: str,
    author: Author,
    position: int,
    now: datetime,
    choices: Sequence[Choice] = (),
) -> None:
    session.add(
        OutboundMessage(
            office_id=turn.office_id,
            conversation_id=turn.conversation_id,
            turn_id=turn.turn_id if isinstance(turn, OpenTurn) else turn.id,
            position=position,
            author=author,
            text=text,
            choices=[choice.as_json() for choice in choices],
            state=DeliveryState.QUEUED,
            next_attempt_at=now,
            created_at=now,
        )
    )


def _end_lease(session: Session, conversation: Conversation) -> None:
    """Messages that came in meanwhile have made the next turn due themselves."""
    waiting = session.scalar(
        select(InboundMessage.id)
        .where(
            InboundMessage.office_id == conversation.office_id,
            InboundMessage.conversation_id == conversation.id,
            InboundMessage.state == InboundState.WAITING,
        )
        .limit(1)
    )
    conversation.leased_by = conversation.leased_until = None
    if waiting is None:
        _release(conversation)


def _release(conversation: Conversation) -> None:
    """Nothing to do any more."""
    conversation.leased_by = conversation.leased_until = None
    conversation.turn_due_at = conversation.burst_started_at = None


def _supersede(session: Session, conversation: Conversation, turn: Turn, now: datetime) -> None:
    turn.state = TurnState.SUPERSEDED
    turn.done_at = now
    _hand_messages_to_operator(session, conversation, now)
    _release(conversation)


def _hand_messages_to_operator(session: Session, conversation: Conversation, now: datetime) -> None:
    """What waits, and what was joined into turns that will not be answered."""
    of_conversation = (
        Turn.office_id == conversation.office_id,
        Turn.conversation_id == conversation.id,
    )
    session.flush()
    session.execute(
        update(Turn)
        .where(*of_conversation, Turn.state == TurnState.OPEN)
        .values(state=TurnState.SUPERSEDED, done_at=now)
    )
    superseded = select(Turn.id).where(*of_conversation, Turn.state == TurnState.SUPERSEDED)
    session.execute(
        update(InboundMessage)
        .where(
            InboundMessage.office_id == conversation.office_id,
            InboundMessage.conversation_id == conversation.id,
            or_(
                InboundMessage.state == InboundState.WAITING,
                (InboundMessage.state == InboundState.JOINED)
                & InboundMessage.turn_id.in_(superseded),
            ),
        )
        .values(state=InboundState.FOR_OPERATOR)
    )


def _others_succeed(session: Session, turn: Turn) -> bool:
    """Rasa answered a turn that was opened after this one and done after this one first failed."""
    found = session.scalar(
        select(Turn.id)
        .where(
            Turn.office_id == turn.office_id,
            Turn.id > turn.id,
            Turn.state == TurnState.DONE,
            Turn.done_at > turn.first_failed_at,
            Turn.intent.is_not(None),
        )
        .limit(1)
    )
    return found is not None


def _give_up(session: Session, conversation: Conversation, turn: Turn, now: datetime) -> None:
    """A turn that only ever fails goes to people, so that the conversation can go on."""
    known = session.scalar(
        select(HandOff.id).where(HandOff.office_id == turn.office_id, HandOff.turn_id == turn.id)
    )
    if known is None and conversation.handled_by is HandledBy.BOT:
        session.add(
            HandOff(
                office_id=turn.office_id,
                conversation_id=turn.conversation_id,
                turn_id=turn.id,
                reason=HandOffReason.NOT_UNDERSTOOD,
                queued_at=now,
            )
        )
        conversation.handled_by = HandledBy.QUEUE
        conversation.handled_since = now
    _say(session, turn, GIVEN_UP, Author.SYSTEM, 0, now)
    turn.state = TurnState.DONE
    turn.done_at = now
    _end_lease(session, conversation)
    ring(session)
