"""A turn as Rasa is asked about it, and its answer; the shape is agreed with `components/`."""

from __future__ import annotations

from typing import Any

from wadul.core.choices import choices_of
from wadul.usecases.turn_opening import OpenTurn
from wadul.usecases.turns import Answer, Reply


def request_of(turn: OpenTurn) -> dict[str, Any]:
    return {
        "turn_id": str(turn.turn_id),
        "sender": str(turn.conversation_id),
        "office": turn.office_id,
        "text": turn.text,
        "message_ids": [str(message_id) for message_id in turn.message_ids],
        "attachments": [
            {"id": str(attachment_id), "kind": kind.value}
            for attachment_id, kind in turn.attachments
        ],
        "location": turn.location,
        "payload": turn.payload,
        "sent_at": turn.sent_at.isoformat(),
        "contact_id": str(turn.contact_id),
    }


def answer_of(body: dict[str, Any]) -> Answer:
    """Raises ValueError, TypeError, KeyError or AttributeError for another shape."""
    intent = body.get("intent") or {}
    confidence = intent.get("confidence")
    return Answer(
        replies=tuple(
            Reply(str(reply.get("text") or ""), tuple(choices_of(reply.get("choices") or ())))
            for reply in body["replies"]
        ),
        intent=str(intent.get("label") or intent.get("name") or "")[:80] or None,
        confidence=float(confidence) if confidence is not None else None,
        entities=tuple(_entity(each) for each in body.get("entities") or ()),
    )


def _entity(found: dict[str, Any]) -> dict[str, Any]:
    """What trainers see of it."""
    kept = {key: found.get(key) for key in ("entity", "value", "start", "end")}
    return kept | {"value": str(kept["value"])[:80]}
