"""The trainers' inbox: what residents wrote and what the bot took it for, masked.

A turn is the unit, because the model understands a turn. Turns that say the same are one item: the
latest stands for all. Nothing of another office, and nothing of misconduct reports, comes here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from wadul.core.actors import Actor, Power
from wadul.core.labelling import Opinion, Outcome, outcome_of
from wadul.core.states import Author, Decision, HandOffReason, Standing, TurnState
from wadul.exceptions import NotFound
from wadul.models import (
    Annotation,
    HandOff,
    InboundMessage,
    MessageFlag,
    OutboundMessage,
    Turn,
    User,
)
from wadul.queries.discretion import hidden_in
from wadul.training.evidence import Evidence, evidence_for
from wadul.training.masking import masked
from wadul.training.similarity import comparable
from wadul.usecases.privacy import ERASED

MOST = 6_000  # latest turns that are looked through
_CONTEXT = 6  # messages before the one that is to be labelled
_mask = lru_cache(maxsize=20_000)(masked)


@dataclass(frozen=True)
class Word:
    """One trainer's annotation, as colleagues see it."""

    by: str
    by_id: UUID
    decision: Decision
    label: str | None
    entities: tuple[Mapping[str, Any], ...]
    note: str
    settles: bool
    taught: bool
    at: datetime

    @property
    def opinion(self) -> Opinion:
        return Opinion(self.by_id, self.decision, self.label, self.settles)


@dataclass(frozen=True)
class Item:
    """`text` is masked; `entities` are positions in it."""

    turn_id: UUID
    conversation_id: UUID
    at: datetime
    text: str
    label: str | None
    confidence: float | None
    entities: tuple[dict[str, Any], ...] = ()
    times: int = 1
    flagged_by: tuple[str, ...] = ()
    handed: HandOffReason | None = None
    evidence: tuple[Evidence, ...] = ()
    words: tuple[Word, ...] = ()

    @property
    def outcome(self) -> Outcome:
        return outcome_of([word.opinion for word in self.words])

    @property
    def doubtful(self) -> bool:
        """Somebody or something says that the bot was wrong."""
        return bool(self.flagged_by) or any(e.contradicts(self.label) for e in self.evidence)


@dataclass(frozen=True)
class Said:
    """One message around the one that is to be labelled."""

    by_bot: bool
    text: str
    at: datetime


def list_items(session: Session, actor: Actor, *, since: datetime) -> list[Item]:
    """Newest first, each different text once."""
    actor.require(Power.TRAIN)
    office_id = actor.office_id
    turns = session.scalars(
        select(Turn)
        .where(
            Turn.office_id == office_id,
            Turn.created_at >= since,
            Turn.state.in_((TurnState.DONE, TurnState.SUPERSEDED)),
            Turn.intent.is_not(None),
        )
        .order_by(Turn.id.desc())
        .limit(MOST)
    ).all()
    texts, messages = _texts(session, office_id, turns)
    hidden = hidden_in(session, office_id, {turn.conversation_id for turn in turns})
    groups: dict[str, list[Turn]] = defaultdict(list)
    for turn in turns:
        concealed = hidden.get(turn.conversation_id)
        text = texts.get(turn.id, "")
        if text and not (concealed and _is_hidden(turn, messages[turn.id], concealed)):
            groups[comparable(_mask(text))].append(turn)
    about = _About(session, office_id, [t.id for group in groups.values() for t in group], since)
    return [about.item(group, texts, messages) for group in groups.values()]


def get_item(session: Session, actor: Actor, turn_id: UUID) -> Item:
    """One turn by itself. Raises `NotFound`."""
    actor.require(Power.TRAIN)
    turn = session.get(Turn, (actor.office_id, turn_id))
    if turn is None:
        raise NotFound("pesan ini tidak ada, atau tidak boleh Anda buka.")
    texts, messages = _texts(session, actor.office_id, [turn])
    concealed = hidden_in(session, actor.office_id, [turn.conversation_id])
    hidden = concealed.get(turn.conversation_id)
    if turn.id not in texts or (hidden and _is_hidden(turn, messages[turn.id], hidden)):
        raise NotFound("pesan ini tidak ada, atau tidak boleh Anda buka.")
    about = _About(session, actor.office_id, [turn.id], turn.created_at)
    return about.item([turn], texts, messages)


def context_of(session: Session, actor: Actor, turn_id: UUID) -> list[Said]:
    """What was said just before, both ways, masked. Raises `NotFound`."""
    item = get_item(session, actor, turn_id)
    office_id = actor.office_id
    hidden = hidden_in(session, office_id, [item.conversation_id]).get(item.conversation_id)
    received = session.scalars(
        select(InboundMessage)
        .where(
            InboundMessage.office_id == office_id,
            InboundMessage.conversation_id == item.conversation_id,
            InboundMessage.received_at < item.at,
            or_(InboundMessage.turn_id.is_(None), InboundMessage.turn_id != turn_id),
        )
        .order_by(InboundMessage.id.desc())
        .limit(_CONTEXT)
    ).all()
    sent = session.scalars(
        select(OutboundMessage)
        .where(
            OutboundMessage.office_id == office_id,
            OutboundMessage.conversation_id == item.conversation_id,
            OutboundMessage.created_at < item.at,
            OutboundMessage.author == Author.BOT,
        )
        .order_by(OutboundMessage.id.desc())
        .limit(_CONTEXT)
    ).all()
    said = [
        Said(False, _mask(message.text), message.received_at)
        for message in received
        if message.text and not (hidden and hidden.inbound(message))
    ]
    said += [
        Said(True, _mask(message.text), message.created_at)
        for message in sent
        if not (hidden and hidden.outbound(message))
    ]
    return sorted(said, key=lambda each: each.at)[-_CONTEXT:]


def _is_hidden(turn: Turn, messages: Sequence[UUID], hidden: Any) -> bool:
    return turn.id in hidden.turns or any(message in hidden.messages for message in messages)


def _texts(
    session: Session, office_id: str, turns: Sequence[Turn]
) -> tuple[dict[UUID, str], dict[UUID, list[UUID]]]:
    """Words and message ids by turn, as the worker joined them. Buttons are no words."""
    texts: dict[UUID, list[str]] = defaultdict(list)
    ids: dict[UUID, list[UUID]] = defaultdict(list)
    left_out = set()
    for some in _parts([turn.id for turn in turns]):
        rows = session.execute(
            select(
                InboundMessage.turn_id,
                InboundMessage.id,
                InboundMessage.text,
                InboundMessage.payload,
            )
            .where(InboundMessage.office_id == office_id, InboundMessage.turn_id.in_(some))
            .order_by(InboundMessage.id)
        )
        for turn_id, message_id, text, payload in rows:
            if turn_id is None:
                continue
            ids[turn_id].append(message_id)
            if payload or text == ERASED:
                left_out.add(turn_id)
            elif text.strip():
                texts[turn_id].append(text)
    said = {turn: "\n".join(parts) for turn, parts in texts.items() if turn not in left_out}
    return said, ids


class _About:
    """Everything else that is known about these turns."""

    def __init__(
        self, session: Session, office_id: str, turn_ids: Sequence[UUID], since: datetime
    ) -> None:
        self._evidence = evidence_for(session, office_id, since)
        self._words: dict[UUID, list[Word]] = defaultdict(list)
        self._flags: dict[UUID, str] = {}
        self._handed: dict[UUID, HandOffReason] = {}
        for some in _parts(turn_ids):
            self._read_words(session, office_id, some)
            self._read_flags(session, office_id, some)
            rows = session.execute(
                select(HandOff.turn_id, HandOff.reason).where(
                    HandOff.office_id == office_id, HandOff.turn_id.in_(some)
                )
            )
            self._handed |= {turn_id: reason for turn_id, reason in rows if turn_id}

    def item(
        self,
        group: Sequence[Turn],
        texts: Mapping[UUID, str],
        messages: Mapping[UUID, Sequence[UUID]],
    ) -> Item:
        """`group`: turns that say the same, the latest first."""
        turn = next((each for each in group if self._words.get(each.id)), group[0])
        words = [word for each in group for word in self._words.get(each.id, ())]
        text, raw = _mask(texts[turn.id]), texts[turn.id]
        flags = [
            self._flags[message]
            for each in group
            for message in messages[each.id]
            if message in self._flags
        ]
        return Item(
            turn_id=turn.id,
            conversation_id=turn.conversation_id,
            at=turn.created_at,
            text=text,
            label=turn.intent,
            confidence=turn.confidence,
            entities=tuple(_placed(raw, text, turn.entities)),
            times=len(group),
            flagged_by=tuple(dict.fromkeys(flags)),
            handed=next((self._handed[t.id] for t in group if t.id in self._handed), None),
            evidence=tuple(e for each in group for e in self._evidence.get(each.id, ())),
            words=tuple(sorted(words, key=lambda word: word.at)),
        )

    def _read_words(self, session: Session, office_id: str, turn_ids: Collection[UUID]) -> None:
        rows = session.execute(
            select(Annotation, User.full_name)
            .join(
                User,
                (User.office_id == Annotation.office_id) & (User.id == Annotation.author_id),
            )
            .where(Annotation.office_id == office_id, Annotation.turn_id.in_(turn_ids))
            .order_by(Annotation.id)
        )
        for row, name in rows:
            self._words[row.turn_id].append(
                Word(
                    name,
                    row.author_id,
                    row.decision,
                    row.label,
                    tuple(row.entities),
                    row.note,
                    row.settles,
                    row.taught,
                    row.created_at,
                )
            )

    def _read_flags(self, session: Session, office_id: str, turn_ids: Collection[UUID]) -> None:
        rows = session.execute(
            select(MessageFlag.message_id, User.full_name)
            .join(
                User,
                (User.office_id == MessageFlag.office_id) & (User.id == MessageFlag.user_id),
            )
            .join(
                InboundMessage,
                (InboundMessage.office_id == MessageFlag.office_id)
                & (InboundMessage.id == MessageFlag.message_id),
            )
            .where(MessageFlag.office_id == office_id, InboundMessage.turn_id.in_(turn_ids))
        )
        self._flags |= dict(rows.all())


def _placed(raw: str, text: str, entities: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What the parse found, where it stands in the masked text; what was masked is left out."""
    placed: list[dict[str, Any]] = []
    end = 0
    for found in sorted(entities, key=lambda each: each.get("start") or 0):
        first, last = found.get("start"), found.get("end")
        words = raw[first:last] if isinstance(first, int) and isinstance(last, int) else ""
        start = text.find(words, end) if words.strip() else -1
        if start < 0:
            continue
        end = start + len(words)
        value = str(found.get("value") or words)
        placed.append({"entity": found.get("entity"), "value": value, "start": start, "end": end})
    return placed


def _parts(ids: Sequence[UUID], size: int = 900) -> list[Sequence[UUID]]:
    """SQLite takes so many values at once."""
    return [ids[at : at + size] for at in range(0, len(ids), size)]


@dataclass(frozen=True)
class Counts:
    """Items by standing."""

    open: int = 0
    second: int = 0
    contested: int = 0
    decided: int = 0
    mine: int = field(default=0)  # decided by this trainer

    @classmethod
    def of(cls, items: Sequence[Item], me: UUID) -> Counts:
        by: dict[Standing, int] = defaultdict(int)
        for item in items:
            by[item.outcome.standing] += 1
        return cls(
            by[Standing.OPEN],
            by[Standing.SECOND],
            by[Standing.CONTESTED],
            by[Standing.DECIDED],
            sum(any(word.by_id == me for word in item.words) for item in items),
        )
