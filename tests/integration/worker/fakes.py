"""Stand-ins for Rasa and Twilio on loopback; what happened to them is there to be looked at."""

from __future__ import annotations

import asyncio
import base64
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from uuid import uuid4

from aiohttp import web

ACCOUNT_SID = "AC" + "0" * 31 + "7"
AUTH_TOKEN = "worker-tests"
OFFICE_ADDRESS = "whatsapp:+14155238886"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)

Json = dict[str, Any]


def echo(turn: Json) -> list[Json]:
    return [{"text": f"Jawaban untuk: {turn['text']}", "choices": []}]


@dataclass
class FakeRasa:
    """Answers a turn id that it has seen as it did before, like the real channel."""

    reply: Callable[[Json], list[Json]] = echo
    intent: Json = field(
        default_factory=lambda: {"name": "greet", "label": "greet", "confidence": 0.9}
    )
    status: int = 200
    poison: str = ""  # a turn with this in its text always fails
    seconds: float = 0.0
    turns: list[Json] = field(default_factory=list)  # every request, in order
    answers: dict[str, Json] = field(default_factory=dict)
    forgotten: list[str] = field(default_factory=list)  # senders

    async def forget(self, request: web.Request) -> web.Response:
        self.forgotten.append(request.match_info["sender"])
        return web.json_response({"deleted": True})

    async def handle(self, request: web.Request) -> web.Response:
        turn = await request.json()
        self.turns.append(turn)
        await asyncio.sleep(self.seconds)
        if self.status != 200:
            return web.json_response({"error": "down"}, status=self.status)
        if self.poison and self.poison in turn["text"]:
            return web.json_response({"error": "poison"}, status=500)
        answer = self.answers.setdefault(
            turn["turn_id"],
            {
                "turn_id": turn["turn_id"],
                "replies": self.reply(turn),
                "intent": self.intent,
                "entities": [],
            },
        )
        return web.json_response(answer)

    def application(self) -> web.Application:
        application = web.Application()
        application.router.add_post("/webhooks/wadul/turn", self.handle)
        application.router.add_delete("/webhooks/wadul/conversations/{sender}", self.forget)
        return application


@dataclass
class Sent:
    sid: str
    form: Json
    at: datetime

    @property
    def body(self) -> str:
        return str(self.form.get("Body", ""))


@dataclass
class FakeTwilio:
    """`faults` are taken one per send: an HTTP status, (status, code), "lose_answer" (accepted,
    but the connection ends without an answer) or "lose_request" (not accepted, no answer)."""

    faults: list[Any] = field(default_factory=list)
    seconds: float = 0.0
    sent: list[Sent] = field(default_factory=list)
    attempts: list[Json] = field(default_factory=list)
    lookups: int = 0
    contents: dict[str, Json] = field(default_factory=dict)
    media: dict[str, Any] = field(default_factory=dict)  # path -> bytes, status or handler
    media_auth: list[str | None] = field(default_factory=list)

    def bodies(self, address: str) -> list[str]:
        return [sent.body for sent in self.sent if sent.form["To"] == address]

    def counts(self) -> Counter[tuple[str, str]]:
        return Counter((sent.form["To"], sent.body) for sent in self.sent)

    async def create(self, request: web.Request) -> web.StreamResponse:
        assert request.headers["Authorization"] == _authorization()
        form = dict(await request.post())
        self.attempts.append(form)
        fault = self.faults.pop(0) if self.faults else 201
        if fault == "lose_request":
            return self._hang_up(request)
        if isinstance(fault, int) and fault != 201:
            return _problem(fault, 20429 if fault == 429 else 20500)
        if isinstance(fault, tuple):
            return _problem(*fault)
        if len(str(form.get("Body", ""))) > 1600:
            return _problem(400, 21617)
        row = Sent("SM" + uuid4().hex, form, datetime.now(UTC))
        self.sent.append(row)
        if fault == "lose_answer":
            return self._hang_up(request)
        await asyncio.sleep(self.seconds)
        return web.json_response(self._resource(row), status=201)

    async def index(self, request: web.Request) -> web.Response:
        self.lookups += 1
        rows = [r for r in reversed(self.sent) if r.form["To"] == request.query.get("To")]
        return web.json_response(
            {"messages": [self._resource(row) for row in rows], "next_page_uri": None}
        )

    async def create_content(self, request: web.Request) -> web.Response:
        body = await request.json()
        sid = "HX" + uuid4().hex
        self.contents[sid] = body
        return web.json_response({"sid": sid, **body}, status=201)

    async def show_media(self, request: web.Request) -> web.StreamResponse:
        self.media_auth.append(request.headers.get("Authorization"))
        found = self.media.get(request.path, 404)
        if callable(found):
            answer: web.StreamResponse = await found(request)
            return answer
        if isinstance(found, int):
            return web.Response(status=found)
        return web.Response(body=found, content_type="application/octet-stream")

    def application(self) -> web.Application:
        application = web.Application()
        account = f"/2010-04-01/Accounts/{ACCOUNT_SID}"
        application.router.add_post(f"{account}/Messages.json", self.create)
        application.router.add_get(f"{account}/Messages.json", self.index)
        application.router.add_post("/v1/Content", self.create_content)
        application.router.add_get("/{path:.*}", self.show_media)
        return application

    @staticmethod
    def _hang_up(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.close()
        return web.Response(status=500)

    @staticmethod
    def _resource(row: Sent) -> Json:
        stamp = format_datetime(row.at)
        return {
            "sid": row.sid,
            "to": row.form["To"],
            "from": row.form.get("From"),
            "body": row.body,
            "status": "queued",
            "direction": "outbound-api",
            "date_created": stamp,
            "date_sent": stamp,
            "date_updated": stamp,
            "account_sid": ACCOUNT_SID,
        }


def _problem(status: int, code: int) -> web.Response:
    headers = {"Retry-After": "1"} if status == 429 else {}
    text = json.dumps({"code": code, "message": "no", "status": status})
    return web.Response(status=status, text=text, content_type="application/json", headers=headers)


def _authorization() -> str:
    return "Basic " + base64.b64encode(f"{ACCOUNT_SID}:{AUTH_TOKEN}".encode()).decode()
