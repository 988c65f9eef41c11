"""Short ways to write what a resident said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from wadul.core.said import Entity, Pin, Said
from wadul.core.states import MessageKind

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
ROAD = "complaint/roads_irrigation_drainage"


def said(
    text: str = "",
    label: str = "inform",
    confidence: float = 0.9,
    *,
    ids: Sequence[str] = ("m",),
    files: Sequence[MessageKind] = (),
    pin: Pin | None = None,
    tapped: bool = False,
    at: datetime = NOW,
    alternatives: Sequence[str] = (),
    **entities: Any,
) -> Said:
    """Entities by name: a word of the text, or (word, value)."""
    found = []
    for name, word in entities.items():
        word, value = word if isinstance(word, tuple) else (word, word)
        start = text.lower().find(str(word).lower())
        assert start >= 0 or tapped, f"{word} is not in {text!r}"
        found.append(Entity(name, value, start, start + len(str(word))))
    return Said(text, label, confidence, alternatives, found, ids, files, pin, tapped=tapped, at=at)
