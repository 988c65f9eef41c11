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

from sqlalchemy import and_, select, update
from sqlalchemy.orm import Session

from wadul.core.choices import Choice, choices_of
from wadul.core.composing import compose
from wadul.core.handing_back import helped_words
from wadul.core.states import Author, DeliveryState, HandledBy, HandOffReason, TurnState
from wadul.database import ring
from wadul.models import Contact, Conversation, HandOff, OutboundMessage, Turn
from wadul.usecases.turn_ending import end_leases, supersede
from wadul.usecases.turn_opening import OpenTurn, TurnBatch, lease_turns

__all__ = [
    "Answer",
    "OpenTurn",
    "Reply",
    "TurnBatch",
    "apologise",
    "finish_turns",
    "lease_turns",
    "postpone_turn",
    "release_leases",
]

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
_URGENT = "emergency"  # nothing stands before the numbers


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
    entities: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)


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
    turns = [turn for turn, _ in answered]
    leased = _leased(session, turns, worker)
    contacts = _without_notice(session, turns)
    done = []
    for turn, answer in answered:
        if turn.turn_id not in leased:
            continue
        conversation, row = leased[turn.turn_id]
        row.intent = answer.intent
        row.confidence = answer.confidence
        row.entities = [dict(entity) for entity in answer.entities]
        if conversation.handled_by is HandledBy.OPERATOR:
            supersede(session, conversation, now)
            continue
        before = [_notice(answer, contacts.get(turn.contact_id), notices, now)]
        if turn.handed_back and not _is_urgent(answer):
            before.append(helped_words(turn.handed_back))
        _write_answer(session, row, answer, before, now)
        row.state = TurnState.DONE
        row.done_at = now
        done.append(conversation)
    end_leases(session, done)
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
    leased = _leased(session, [turn], worker).get(turn.turn_id)
    if leased is None:
        return False
    conversation, row = leased
    row.attempts += 1
    row.first_failed_at = row.first_failed_at or asked_at
    if conversation.handled_by is HandledBy.OPERATOR:
        supersede(session, conversation, now)
        return False
    if row.attempts >= GIVE_UP_AFTER and _others_succeed(session, row):
        _give_up(session, conversation, row, now)
        return True
    conversation.leased_by = conversation.leased_until = None
    conversation.turn_due_at = retry_at
    ring(session)  # so that the workers know when
    return False


def apologise(session: Session, *, now: datetime, after_seconds: float) -> int:
    """One apology for every turn that Rasa has not answered for so long; returns how many."""
    turns = session.scalars(
        select(Turn)
        .join(
            Conversation,
            and_(
                Conversation.office_id == Turn.office_id,
                Conversation.id == Turn.conversation_id,
            ),
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
    for turn in turns:
        turn.apologised_at = now
        _say(session, turn, APOLOGY, Author.SYSTEM, APOLOGY_POSITION, now)
    if turns:
        ring(session)
    return len(turns)


def release_leases(session: Session, workers: Sequence[str]) -> int:
    """Workers that are gone hold nothing any more; returns how many conversations were freed."""
    freed = session.execute(
        update(Conversation)
        .where(Conversation.turn_due_at.is_not(None), Conversation.leased_by.in_(workers))
        .values(leased_by=None, leased_until=None)
    )
    ring(session)
    return int(freed.rowcount)  # type: ignore[attr-defined]


def _leased(
    session: Session, turns: Sequence[OpenTurn], worker: str
) -> dict[UUID, tuple[Conversation, Turn]]:
    """By turn: the locked conversation and the open turn, where this worker still has them.

    Locked in one order, so that two workers cannot wait for each other.
    """
    offices = {turn.office_id for turn in turns}
    conversations = {
        row.id: row
        for row in session.scalars(
            select(Conversation)
            .where(
                Conversation.office_id.in_(offices),
                Conversation.id.in_([turn.conversation_id for turn in turns]),
            )
            .order_by(Conversation.id)
            .with_for_update()
        )
    }
    rows = session.scalars(
        select(Turn).where(
            Turn.office_id.in_(offices),
            Turn.id.in_([turn.turn_id for turn in turns]),
            Turn.state == TurnState.OPEN,
        )
    )
    return {
        row.id: (conversation, row)
        for row in rows
        if (conversation := conversations.get(row.conversation_id))
        and conversation.leased_by == worker
    }


def _without_notice(session: Session, turns: Sequence[OpenTurn]) -> dict[UUID, Contact]:
    rows = session.scalars(
        select(Contact).where(
            Contact.office_id.in_({turn.office_id for turn in turns}),
            Contact.id.in_([turn.contact_id for turn in turns]),
            Contact.notice_at.is_(None),
        )
    )
    return {contact.id: contact for contact in rows}


def _notice(
    answer: Answer, contact: Contact | None, notices: Mapping[str, str], now: datetime
) -> str:
    """The notice, if this answer is the first to bring it."""
    if contact is None or _is_urgent(answer):
        return ""
    contact.notice_at = now
    return notices.get(contact.office_id, "")


def _is_urgent(answer: Answer) -> bool:
    return (answer.intent or "").split("/")[0] == _URGENT


def _write_answer(
    session: Session, turn: Turn, answer: Answer, before: Sequence[str], now: datetime
) -> None:
    choices = choices_of(choice.as_json() for reply in answer.replies for choice in reply.choices)
    texts = [reply.text for reply in answer.replies]
    if not choices and not any(text.strip() for text in texts):
        texts = [NOTHING_TO_SAY]
    for position, part in enumerate(compose([*before, *texts], choices)):
        _say(session, turn, part.text, Author.BOT, position, now, part.choices)


def _say(
    session: Session,
    turn: Turn,
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
            turn_id=turn.id,
            position=position,
            author=author,
            text=text,
            choices=[choice.as_json() for choice in choices],
            state=DeliveryState.QUEUED,
            next_attempt_at=now,
            created_at=now,
        )
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
    end_leases(session, [conversation])
    ring(session)
