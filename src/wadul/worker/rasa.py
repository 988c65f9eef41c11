"""Asks Rasa for one turn over loopback HTTP."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import aiohttp

from wadul.core.choices import choices_of
from wadul.exceptions import RasaUnavailable
from wadul.usecases.turns import Answer, OpenTurn, Reply

TURN_PATH = "/webhooks/wadul/turn"
_CONNECT_SECONDS = 2.0
_KEEP_ALIVE = 60.0  # Rasa closes after 120


class RasaClient:
    """Make it inside a running event loop; close it after."""

    def __init__(self, url: str, seconds: float, connections: int) -> None:
        self._url = url + TURN_PATH
        # aiohttp: a tenth of httpx's work for each request, and this one is made for every turn.
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=seconds, connect=_CONNECT_SECONDS),
            connector=aiohttp.TCPConnector(limit=connections, keepalive_timeout=_KEEP_ALIVE),
        )

    async def ask(self, turn: OpenTurn) -> Answer:
        """Asking twice about a turn gets the same answer. Raises `RasaUnavailable`."""
        try:
            async with self._session.post(self._url, json=request_of(turn)) as response:
                if response.status != HTTPStatus.OK:
                    raise RasaUnavailable(f"http_{response.status}")
                return answer_of(await response.json())
        except (aiohttp.ClientError, TimeoutError) as error:
            raise RasaUnavailable(type(error).__name__) from error
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise RasaUnavailable("unreadable_answer") from error

    async def close(self) -> None:
        await self._session.close()


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
