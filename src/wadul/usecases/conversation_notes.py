"""Notes between colleagues, how far somebody has read, and what they should look at."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from wadul.core.actors import POWERS, Actor, Power
from wadul.core.composing import clean_text
from wadul.core.states import NoticeKind
from wadul.database import ring
from wadul.exceptions import InvalidInput
from wadul.models import (
    ConversationNote,
    InboundMessage,
    Notice,
    ReadMarker,
    User,
)
from wadul.queries.discretion import hidden_moments
from wadul.usecases.operators import locked

LONGEST = 4000
SAME_WITHIN = timedelta(minutes=10)
_NAMED = re.compile(r"(?<![\w.])@([a-z0-9][a-z0-9._-]{1,39})", re.IGNORECASE)


def add_note(
    session: Session, actor: Actor, conversation_id: UUID, text: str, *, now: datetime
) -> list[str]:
    """Keep a note and tell those who are named with @; returns their login names.

    Who may not read what is said in this conversation now is not told. The same words again,
    at once, are a browser that heard no answer: they change nothing.
    """
    actor.require(Power.ANSWER)
    words = clean_text(text)
    if not words:
        raise InvalidInput("the note has no text")
    if len(words) > LONGEST:
        raise InvalidInput(f"a note has at most {LONGEST} characters")
    locked(session, actor, conversation_id)
    if _is_last_note(session, actor, conversation_id, words, now):
        return []
    session.add(
        ConversationNote(
            office_id=actor.office_id,
            conversation_id=conversation_id,
            author_id=actor.user_id,
            text=words,
            created_at=now,
        )
    )
    named = mentioned(session, actor.office_id, words)
    hidden = hidden_moments(session, actor.office_id, [conversation_id])
    if hidden.at(conversation_id, now):
        named = [user for user in named if Power.SEE_SUPERVISORY in POWERS[user.role]]
    for user in named:
        if user.id == actor.user_id:
            continue
        session.add(
            Notice(
                office_id=actor.office_id,
                user_id=user.id,
                kind=NoticeKind.MENTION,
                conversation_id=conversation_id,
                text=f"{actor.full_name}: {words[:200]}",
                created_at=now,
            )
        )
    ring(session, for_workers=False)
    return [user.name for user in named]


def _is_last_note(
    session: Session, actor: Actor, conversation_id: UUID, words: str, now: datetime
) -> bool:
    last = session.scalars(
        select(ConversationNote)
        .where(
            ConversationNote.office_id == actor.office_id,
            ConversationNote.conversation_id == conversation_id,
        )
        .order_by(ConversationNote.id.desc())
        .limit(1)
    ).one_or_none()
    if last is None or last.created_at + SAME_WITHIN < now:
        return False
    return (last.author_id, last.text) == (actor.user_id, words)


def mentioned(session: Session, office_id: str, text: str) -> list[User]:
    names = {name.lower().rstrip(".-") for name in _NAMED.findall(text)}
    if not names:
        return []
    return list(
        session.scalars(
            select(User).where(User.office_id == office_id, User.active, User.name.in_(names))
        )
    )


def mark_read(session: Session, actor: Actor, conversation_id: UUID) -> None:
    """Everything that has come in so far."""
    latest = session.scalar(
        select(InboundMessage.id)
        .where(
            InboundMessage.office_id == actor.office_id,
            InboundMessage.conversation_id == conversation_id,
        )
        .order_by(InboundMessage.id.desc())
        .limit(1)
    )
    if latest is None:
        return
    key = (actor.office_id, actor.user_id, conversation_id)
    marker = session.get(ReadMarker, key)
    if marker is None:
        session.add(
            ReadMarker(
                office_id=actor.office_id,
                user_id=actor.user_id,
                conversation_id=conversation_id,
                read_to=latest,
            )
        )
    elif marker.read_to != latest:
        marker.read_to = latest


def see_notices(session: Session, actor: Actor, *, now: datetime) -> None:
    """The person has looked at what is there for them."""
    session.execute(
        update(Notice)
        .where(
            Notice.office_id == actor.office_id,
            Notice.user_id == actor.user_id,
            Notice.seen_at.is_(None),
        )
        .values(seen_at=now)
    )
