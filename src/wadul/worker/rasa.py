"""Asks Rasa for one turn over loopback HTTP."""

from __future__ import annotations

from typing import Any

import httpx

from wadul.core.choices import choices_of
from wadul.exceptions import RasaUnavailable
from wadul.usecases.turns import Answer, OpenTurn, Reply

TURN_PATH = "/webhooks/wadul/turn"


class RasaClient:
    """Make it inside a running event loop; close it after."""

    def __init__(self, url: str, seconds: float, connections: int) -> None:
        self._url = url + TURN_PATH
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(seconds, connect=2.0),
            limits=httpx.Limits(max_connections=connections, keepalive_expiry=30.0),
            trust_env=False,
        )

    async def ask(self, turn: OpenTurn) -> Answer:
        """Asking twice about a turn gets the same answer. Raises `RasaUnavailable`."""
        try:
            response = await self._client.post(self._url, json=request_of(turn))
        except httpx.HTTPError as error:
            raise RasaUnavailable(type(error).__name__) from error
        if response.status_code != httpx.codes.OK:
            raise RasaUnavailable(f"http_{response.status_code}")
        try:
            return answer_of(response.json())
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise RasaUnavailable("unreadable_answer") from error

    async def close(self) -> None:
        await self._client.aclose()


def request_of(turn: OpenTurn) -> dict[str, Any]:
    """The shape is agreed with `components/`."""
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
    )
