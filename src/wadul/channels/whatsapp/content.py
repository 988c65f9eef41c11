"""Choices as WhatsApp shows them natively: up to three buttons, or a list of up to ten rows.

The text travels as a variable, so that one Content resource serves every message with the same
choices and nothing that a resident said stays in Twilio's content store.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from twilio.rest.content.v1.content import ContentList

from wadul.core.choices import Choice
from wadul.core.splitting import size, truncate

BODY_LIMIT = 1024
BUTTONS, BUTTON_TITLE = 3, 20
ROWS, ROW_TITLE = 10, 24
PAYLOAD_LIMIT = 200
_LANGUAGE = "id"
_LIST_LABEL = "Pilih"
_BODY = "{{1}}"


@dataclass(frozen=True)
class NativeContent:
    """A Content resource to be made once."""

    types: dict[str, Any]

    @property
    def fingerprint(self) -> str:
        canonical = json.dumps(self.types, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()

    def request(self) -> Any:
        return _Request(
            {
                "friendly_name": f"wadul_{self.fingerprint[:16]}",
                "language": _LANGUAGE,
                "variables": {"1": "Silakan pilih"},
                "types": self.types,
            }
        )

    @staticmethod
    def variables(text: str) -> str:
        return json.dumps({"1": text}, ensure_ascii=False)


class _Request(ContentList.ContentCreateRequest):  # type: ignore[misc]
    """The library's request object knows every type of content; ours is its JSON as it is."""

    def __init__(self, payload: dict[str, Any]) -> None:
        super().__init__(payload)
        self._payload = payload

    def to_dict(self) -> dict[str, Any]:
        return self._payload


def native_content(text: str, choices: Sequence[Choice]) -> NativeContent | None:
    """None where WhatsApp's limits do not allow it; the numbered list is in the text anyway."""
    if not choices or size(text) > BODY_LIMIT:
        return None
    if any(size(choice.payload) > PAYLOAD_LIMIT for choice in choices):
        return None
    if len({truncate(choice.title, BUTTON_TITLE) for choice in choices}) < len(choices):
        return None  # they would look alike
    if len(choices) <= BUTTONS:
        rows = _rows(choices, "title", BUTTON_TITLE)
        return NativeContent({"twilio/quick-reply": {"body": _BODY, "actions": rows}})
    if len(choices) <= ROWS:
        rows = _rows(choices, "item", ROW_TITLE)
        return NativeContent(
            {"twilio/list-picker": {"body": _BODY, "button": _LIST_LABEL, "items": rows}}
        )
    return None


def _rows(choices: Sequence[Choice], name: str, limit: int) -> list[dict[str, str]]:
    """Titles are shortened where needed: the whole ones are in the numbered list."""
    return [{name: truncate(choice.title, limit), "id": choice.payload} for choice in choices]
