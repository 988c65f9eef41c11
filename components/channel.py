"""The one door of the Rasa server: the worker posts a turn and gets all of its answer.

POST   /turn                      → 200 the answer, else 4xx/5xx `{error, retryable}`
GET    /                          → 200 once a model is loaded, else 503
DELETE /conversations/<sender>    → 200 `{"deleted": true|false}`
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from components.answers import Once
from components.failures import BadTurn, ChannelError, NotReady, UnknownStore
from components.inbound import Turn, read_turn
from components.turns import LOCK_POLL_SECONDS, TurnProcessor, real_store


class WadulInput(InputChannel):
    """Credentials: `attachment_intent`, `location_intent`, the intents of turns without text."""

    @classmethod
    def name(cls) -> str:
        return "wadul"

    @classmethod
    def from_credentials(cls, credentials: Mapping[str, Any] | None) -> WadulInput:
        return cls(**(credentials or {}))

    def __init__(
        self, attachment_intent: str | None = None, location_intent: str | None = None
    ) -> None:
        self._attachment_intent = attachment_intent
        self._location_intent = location_intent
        self._once = Once()
        self._processor: TurnProcessor | None = None

    def blueprint(self, on_new_message: Any) -> Blueprint:
        door = Blueprint("wadul")

        @door.get("/")
        async def health(request: Request) -> HTTPResponse:
            try:
                self._processor_of(request)
            except ChannelError as error:
                return _failure(error)
            return _json({"status": "ok"})

        @door.post("/turn")
        async def turn(request: Request) -> HTTPResponse:
            try:
                return _json(await self._answer(read_turn(request.body), request))
            except ChannelError as error:
                return _failure(error)

        @door.delete("/conversations/<sender:path>")
        async def forget(request: Request, sender: str) -> HTTPResponse:
            try:
                return _json({"deleted": await self._forget(unquote(sender), request)})
            except ChannelError as error:
                return _failure(error)

        return door

    async def _answer(self, turn: Turn, request: Request) -> dict[str, Any]:
        processor = self._processor_of(request)
        silent = intent_of_silence(turn, self._attachment_intent, self._location_intent)
        return await self._once.answer(
            turn.sender, turn.turn_id, lambda: processor.answer(turn, silent)
        )

    async def _forget(self, sender: str, request: Request) -> bool:
        processor = self._processor_of(request)
        delete = getattr(real_store(processor.tracker_store), "delete", None)
        if delete is None:
            raise UnknownStore
        async with processor.lock_store.lock(sender, wait_time_in_seconds=LOCK_POLL_SECONDS):
            deleted = await delete(sender)
        self._once.forget(sender)
        return bool(deleted)

    def _processor_of(self, request: Request) -> TurnProcessor:
        """Rasa's processor for whole turns, made anew when a new model was loaded."""
        agent = getattr(request.app.ctx, "agent", None)
        if agent is None or not agent.is_ready():
            raise NotReady
        if (
            self._processor is None
            or self._processor.graph_runner is not agent.processor.graph_runner
        ):
            self._processor = TurnProcessor.of(agent.processor)
        return self._processor


def intent_of_silence(turn: Turn, attachment: str | None, location: str | None) -> str | None:
    """What a turn without text means."""
    if turn.metadata["location"]:
        return location
    return attachment if turn.metadata["attachments"] else None


def _json(body: Mapping[str, Any], status: int = 200) -> HTTPResponse:
    return json_response(body, status=status, dumps=json.dumps)


def _failure(error: ChannelError) -> HTTPResponse:
    body: dict[str, Any] = {"error": error.code, "retryable": error.retryable}
    if isinstance(error, BadTurn):
        body["field"] = error.field
    return _json(body, error.status)
