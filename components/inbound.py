"""Turns the worker's JSON into a `Turn` that is safe to hand to Rasa.

A resident's text stays text: control characters go, personal numbers are masked, the length is
limited and a leading slash is neutralised. Only `payload` may name an intent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from components.failures import BadTurn
from components.masking import mask_personal_numbers

TEXT_LIMIT = 2_000
"""Characters that NLU and the tracker get; Wadul's own database keeps the whole text."""

WORD_JOINER = "\u2060"
COMMAND = "/"
METADATA = (
    "turn_id",
    "message_ids",
    "attachments",
    "location",
    "payload",
    "office",
    "sent_at",
    "contact_id",
)
_LONGEST_NUMBER = 64
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_PAYLOAD = re.compile(r"/(?P<label>[\w./-]+)\s*(?P<entities>\{.*\})?\s*\Z", re.DOTALL)


@dataclass(frozen=True)
class Command:
    """What a button of ours says: an intent `label` (`name/detail`) and entity values."""

    label: str
    entities: Mapping[str, Any]

    @property
    def intent(self) -> str:
        return self.label.partition("/")[0]


@dataclass(frozen=True)
class Turn:
    """One turn of a resident. `text` is cleaned; `metadata` has exactly the keys of `METADATA`."""

    turn_id: str
    sender: str
    text: str
    command: Command | None
    metadata: dict[str, Any]


def read_turn(body: bytes) -> Turn:
    """Raises BadTurn with the name of the field that is missing or wrong."""
    try:
        data = json.loads(body)
    except ValueError:
        raise BadTurn("body") from None
    if not isinstance(data, dict):
        raise BadTurn("body")
    data = _clean_all(data)
    for field, kind in (("message_ids", list), ("attachments", list), ("location", dict)):
        if not isinstance(data.get(field), (kind, type(None))):
            raise BadTurn(field)
    for field in ("text", "payload"):
        if not isinstance(data.get(field), (str, type(None))):
            raise BadTurn(field)
    metadata = {key: data.get(key) for key in METADATA}
    metadata["message_ids"] = metadata["message_ids"] or []
    metadata["attachments"] = metadata["attachments"] or []
    return Turn(
        turn_id=_identifier(data, "turn_id"),
        sender=_identifier(data, "sender"),
        text=safe_text(data.get("text") or ""),
        command=read_command(data.get("payload")),
        metadata=metadata,
    )


def safe_text(text: str) -> str:
    """Mask, shorten and neutralise. A number that crosses the limit is masked before the cut."""
    text = clean(text)[: TEXT_LIMIT + _LONGEST_NUMBER]
    text = mask_personal_numbers(text)[:TEXT_LIMIT].strip()
    return WORD_JOINER + text if text.startswith(COMMAND) else text


def clean(text: str) -> str:
    """Drop NUL, other control characters (not tab and line ends) and broken surrogates."""
    return _CONTROL.sub("", text)


def read_command(payload: str | None) -> Command | None:
    """None for anything that is not `/intent` or `/intent{json object}`."""
    match = _PAYLOAD.match(payload or "")
    if not match:
        return None
    try:
        entities = json.loads(match["entities"] or "{}")
    except ValueError:
        return None
    return Command(match["label"], entities)


def _clean_all(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_clean_all(item) for item in value]
    if isinstance(value, dict):
        return {clean(key): _clean_all(item) for key, item in value.items()}
    return value


def _identifier(data: Mapping[str, Any], field: str) -> str:
    value = data.get(field)
    if isinstance(value, bool) or not isinstance(value, (str, int)) or not str(value).strip():
        raise BadTurn(field)
    if len(str(value)) > 255:
        raise BadTurn(field)
    return str(value)
