"""The residents' own messages of the last days through two models: what would become different.

A turn's texts are understood as the worker sends them, joined by line breaks. What is compared is
what the model understands (kind, label, service); the dialogue may answer the same nevertheless,
because it also knows what was said before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from wadul.core.kinds import kind_of
from wadul.models import InboundMessage
from wadul.training.masking import masked
from wadul.training.rasa import RasaPrograms

MOST = 5000
"""Different texts of one replay, the newest ones; about two minutes for each model."""


@dataclass(frozen=True)
class Outcome:
    kind: str
    label: str
    confidence: float
    service: str | None

    @property
    def decides(self) -> tuple[str, str | None]:
        return self.label, self.service


@dataclass(frozen=True)
class Difference:
    """`text` is masked; `times` is how often residents wrote exactly this."""

    text: str
    times: int
    before: Outcome
    after: Outcome

    @property
    def other_kind(self) -> bool:
        return self.before.kind != self.after.kind


@dataclass(frozen=True)
class Replay:
    turns: int
    texts: int  # different ones
    differences: tuple[Difference, ...]  # another kind first, then the frequent ones


def said(session: Session, office_id: str, since: datetime) -> Counter[str]:
    """Texts of turns since then, newest first, and how often each was written."""
    rows = session.execute(
        select(InboundMessage.turn_id, InboundMessage.text)
        .where(
            InboundMessage.office_id == office_id,
            InboundMessage.received_at >= since,
            InboundMessage.turn_id.is_not(None),
            InboundMessage.payload.is_(None),
            InboundMessage.text != "",
        )
        .order_by(InboundMessage.id)
    )
    turns: dict[Any, list[str]] = {}
    for turn_id, text in rows:
        turns.setdefault(turn_id, []).append(text)
    return Counter("\n".join(texts) for texts in reversed(turns.values()))


def replay(
    session: Session,
    office_id: str,
    rasa: RasaPrograms,
    serving: Path,
    candidate: Path,
    *,
    days: float,
    now: datetime,
) -> Replay:
    """Raises `ModelUnusable`."""
    counts = said(session, office_id, now - timedelta(days=days))
    session.rollback()  # nothing is held while the models read
    texts = list(counts)[:MOST]
    before, after = (
        [outcome_of(parse) for parse in rasa.understood(model, texts)]
        for model in (serving, candidate)
    )
    return compared(texts, counts, before, after)


def compared(
    texts: Sequence[str],
    counts: Counter[str],
    before: Sequence[Outcome],
    after: Sequence[Outcome],
) -> Replay:
    found = [
        Difference(masked(text), counts[text], old, new)
        for text, old, new in zip(texts, before, after, strict=True)
        if old.decides != new.decides
    ]
    found.sort(key=lambda each: (not each.other_kind, -each.times))
    return Replay(sum(counts[text] for text in texts), len(texts), tuple(found))


def outcome_of(parse: dict[str, Any]) -> Outcome:
    intent = parse["intent"]
    label = intent.get("label") or intent.get("name") or ""
    service = next((e["value"] for e in parse["entities"] if e["entity"] == "service"), None)
    return Outcome(kind_of(label), label, round(float(intent.get("confidence") or 0), 4), service)
