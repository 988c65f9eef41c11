"""The answer to a turn, read from the tracker, and the memory that gives each turn one answer."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from rasa.shared.core.events import BotUttered, Event, UserUttered

Answer = dict[str, Any]
"""`{turn_id, replies: [{text, choices: [{title, payload}], custom?}], intent, entities}`"""

REMEMBERED_ANSWERS = 2_000


def answer_of(events: Sequence[Event], turn_id: str) -> Answer | None:
    """The answer that the tracker's events hold for a turn; None if they do not know the turn.

    Fresh and repeated answers both come from here, so they are the same to the letter.
    """
    replies: list[dict[str, Any]] = []
    for event in reversed(events):
        if isinstance(event, BotUttered):
            replies.insert(0, _reply(event))
        elif isinstance(event, UserUttered):
            if _turn_id(event) == turn_id:
                return {
                    "turn_id": event.metadata["turn_id"],
                    "replies": [reply for reply in replies if reply],
                    "intent": _intent(event),
                    "entities": list(event.entities),
                }
            replies.clear()
    return None


def _turn_id(event: UserUttered) -> str | None:
    value = event.metadata.get("turn_id")
    return None if value is None else str(value)


def _intent(event: UserUttered) -> dict[str, Any]:
    name = event.intent.get("name")
    label = event.intent.get("label") or name
    return {"name": name, "label": label, "confidence": event.intent.get("confidence", 0.0)}


def _reply(event: BotUttered) -> dict[str, Any]:
    buttons = event.data.get("buttons") or event.data.get("quick_replies") or []
    reply: dict[str, Any] = {
        "text": event.text or "",
        "choices": [{"title": b.get("title"), "payload": b.get("payload")} for b in buttons],
    }
    if custom := event.data.get("custom"):
        reply["custom"] = custom
    return reply if reply["text"] or buttons or custom else {}


class Once:
    """Runs each (sender, turn) once: finished answers are remembered, running ones are joined.

    The work is a task of its own, so that a caller who hangs up does not stop it half-way.
    """

    def __init__(self, size: int = REMEMBERED_ANSWERS) -> None:
        self._size = size
        self._done: OrderedDict[tuple[str, str], Answer] = OrderedDict()
        self._running: dict[tuple[str, str], asyncio.Task[Answer]] = {}

    async def answer(
        self, sender: str, turn_id: str, work: Callable[[], Awaitable[Answer]]
    ) -> Answer:
        key = (sender, turn_id)
        if key in self._done:
            self._done.move_to_end(key)
            return self._done[key]
        if key not in self._running:
            self._running[key] = asyncio.ensure_future(self._run(key, work))
        return await asyncio.shield(self._running[key])

    def forget(self, sender: str) -> None:
        for key in _of_sender(self._done, sender):
            del self._done[key]

    async def _run(self, key: tuple[str, str], work: Callable[[], Awaitable[Answer]]) -> Answer:
        try:
            answer = await work()
        finally:
            del self._running[key]
        self._done[key] = answer
        if len(self._done) > self._size:
            self._done.popitem(last=False)
        return answer


def _of_sender(keys: Iterable[tuple[str, str]], sender: str) -> list[tuple[str, str]]:
    return [key for key in keys if key[0] == sender]
