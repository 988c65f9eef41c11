"""Asks Rasa for one turn over loopback HTTP."""

from __future__ import annotations

from http import HTTPStatus

import aiohttp

from wadul.exceptions import RasaUnavailable
from wadul.usecases.turn_asking import answer_of, request_of
from wadul.usecases.turns import Answer, OpenTurn

__all__ = ["RasaClient", "answer_of", "request_of"]

TURN_PATH = "/webhooks/wadul/turn"
FORGET_PATH = "/webhooks/wadul/conversations/"
_CONNECT_SECONDS = 2.0
_KEEP_ALIVE = 60.0  # Rasa closes after 120


class RasaClient:
    """Make it inside a running event loop; close it after."""

    def __init__(self, url: str, seconds: float, connections: int) -> None:
        self._url = url + TURN_PATH
        self._forget_url = url + FORGET_PATH
        # aiohttp: a tenth of httpx's work for each request, and this one is made for every turn.
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=seconds, connect=_CONNECT_SECONDS),
            connector=aiohttp.TCPConnector(limit=connections, keepalive_timeout=_KEEP_ALIVE),
        )

    async def ask(self, turn: OpenTurn) -> Answer:
        """Asking twice about a turn gets the same answer. Raises `RasaUnavailable`."""
        try:
            if turn.handed_back is not None:
                await self._forget(str(turn.conversation_id))
            async with self._session.post(self._url, json=request_of(turn)) as response:
                if response.status != HTTPStatus.OK:
                    raise RasaUnavailable(f"http_{response.status}")
                return answer_of(await response.json())
        except (aiohttp.ClientError, TimeoutError) as error:
            raise RasaUnavailable(type(error).__name__) from error
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise RasaUnavailable("unreadable_answer") from error

    async def _forget(self, sender: str) -> None:
        """What the bot was asking before a person helped is over: it begins anew."""
        async with self._session.delete(self._forget_url + sender) as response:
            if response.status != HTTPStatus.OK:
                raise RasaUnavailable(f"http_{response.status}")

    async def close(self) -> None:
        await self._session.close()
