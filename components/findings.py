"""What an entity finder returns, and how it becomes Rasa's dictionary."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Finding:
    """One entity: `start` and `end` are offsets in the message, `value` is resolved."""

    entity: str
    value: str | int
    start: int
    end: int
    confidence: float = 1.0
    extra: dict[str, Any] = field(default_factory=dict)

    def as_dict(self, extractor: str) -> dict[str, Any]:
        """Return Rasa's usual shape."""
        return {
            "entity": self.entity,
            "value": self.value,
            "start": self.start,
            "end": self.end,
            "confidence": self.confidence,
            "extractor": extractor,
            **self.extra,
        }
