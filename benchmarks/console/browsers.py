"""A console page without a browser: fetches the page and speaks NiceGUI's websocket as one does.

50 Chromiums would take both cores for drawing; what is measured here ends where the page's data
arrive at the browser.
"""

from __future__ import annotations

import ast
import asyncio
import json
import re
import time
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlencode
from uuid import UUID, uuid4

import aiohttp
import orjson

from wadul.console.door import COOKIE

MARK = re.compile(r"uji-\d{10}")  # in every message of the load
_QUERY = re.compile(r"query: (\{.*?\}),\n")
_NUMBER = re.compile(r'"_id":(\d+)')
_ACK_SECONDS = 3.0


@dataclass
class Shown:
    """When each message was first seen, in seconds since the epoch."""

    in_list: dict[str, float] = field(default_factory=dict)
    in_conversation: dict[str, float] = field(default_factory=dict)
    frames: int = 0
    characters: int = 0


class Browser:
    """One operator with one conversation open."""

    def __init__(self, base: str, token: str, conversation_id: UUID, shown: Shown) -> None:
        self._base = base
        self._cookies = {COOKIE: token}
        self.conversation_id = conversation_id
        self._shown = shown
        self._next = 0
        self._last = ""
        self._client_id = ""
        self.open = asyncio.Event()

    async def run(self) -> None:
        """Until cancelled. Raises if the console closes the door."""
        # As browsers do, the websocket gets a connection of its own.
        connector = aiohttp.TCPConnector(force_close=True)
        async with aiohttp.ClientSession(cookies=self._cookies, connector=connector) as http:
            async with http.get(f"{self._base}/percakapan/{self.conversation_id}") as answer:
                page = await answer.text()
                answer.raise_for_status()
            found = _QUERY.search(page)
            assert found is not None, page[:500]
            query = ast.literal_eval(found[1].replace("true", "True").replace("false", "False"))
            self._client_id = query["client_id"]
            query |= {"EIO": 4, "transport": "websocket", "tab_id": uuid4(), "document_id": uuid4()}
            query["implicit_handshake"] = "true"
            address = f"{self._base}/_nicegui_ws/socket.io/?{urlencode(query)}"
            async with http.ws_connect(address, max_msg_size=2**26) as socket:
                acks = asyncio.create_task(self._acknowledge(socket))
                try:
                    await self._listen(socket)
                finally:
                    acks.cancel()
                    with suppress(asyncio.CancelledError):
                        await acks

    async def _listen(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            text = message.data
            self._last = text[:200]
            if text.startswith("0"):
                await socket.send_str("40")
            elif text == "2":
                await socket.send_str("3")
            elif text.startswith("40"):
                self.open.set()
            elif text.startswith("42"):
                self._take(text)
        raise ConnectionError(f"a page was closed: {socket.close_code} {self._last}")

    def _take(self, text: str) -> None:
        at = time.time()
        self._shown.frames += 1
        self._shown.characters += len(text)
        numbered = _NUMBER.search(text, max(0, len(text) - 40))
        if numbered is not None:
            self._next = int(numbered[1]) + 1
        if not text.startswith('42["update"') or MARK.search(text) is None:
            return
        _, data = orjson.loads(text[2:])
        for element in data.values():
            properties = element.get("props") if isinstance(element, dict) else None
            if not properties:
                continue
            if "rows" in properties:
                self._note(self._shown.in_list, properties["rows"], at)
            if (properties.get("thread") or {}).get("entries"):
                self._note(self._shown.in_conversation, properties["thread"]["entries"], at)

    def _note(self, seen: dict[str, float], shown: object, at: float) -> None:
        for mark in MARK.findall(orjson.dumps(shown).decode()):
            seen.setdefault(mark, at)

    async def _acknowledge(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """As the browser does, so that the console forgets what has arrived."""
        while True:
            await asyncio.sleep(_ACK_SECONDS)
            told = {"client_id": self._client_id, "next_message_id": self._next}
            await socket.send_str("42" + json.dumps(["ack", told]))
