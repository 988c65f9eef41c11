"""The official library against a server that answers as Twilio does, and sometimes worse."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from wadul.channels.sending import (
    Ambiguous,
    MessageTemplate,
    Misconfigured,
    OutgoingMessage,
    Postponed,
    Refused,
    WindowClosed,
)
from wadul.channels.whatsapp.client import WhatsAppSender
from wadul.channels.whatsapp.http import TwilioHttp
from wadul.core.choices import Choice
from wadul.settings import Settings

SID = "AC" + "1" * 32
MESSAGE = OutgoingMessage("jatibarang", "whatsapp:+628121", "whatsapp:+14155238886", "Halo & apa?")
CHOICES = (Choice("Ya", "/affirm"), Choice("Tidak", "/deny"))


@dataclass
class MemoryContentIds:
    known: dict[tuple[str, str], str] = field(default_factory=dict)

    async def get(self, office_id: str, fingerprint: str) -> str | None:
        return self.known.get((office_id, fingerprint))

    async def put(self, office_id: str, fingerprint: str, external_id: str) -> None:
        self.known[office_id, fingerprint] = external_id


@dataclass
class Server:
    """`answers`: (status, JSON, headers) per request, the last one again and again."""

    answers: list[tuple[int, Any, dict[str, str]]]
    requests: list[tuple[str, str, Any]] = field(default_factory=list)
    headers: list[Any] = field(default_factory=list)
    seconds: float = 0.0

    async def handle(self, request: web.Request) -> web.StreamResponse:
        json_body = request.content_type == "application/json"
        body = await request.json() if json_body else dict(await request.post())
        self.requests.append((request.method, request.path_qs, body))
        self.headers.append(request.headers)
        await asyncio.sleep(self.seconds)
        status, answer, headers = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if status == 0:
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        return web.json_response(answer, status=status, headers=headers)


def accepted(sid: str = "SM1") -> tuple[int, Any, dict[str, str]]:
    return 201, {"sid": sid, "status": "queued"}, {}


@asynccontextmanager
async def sender(
    *answers: tuple[int, Any, dict[str, str]], **settings: Any
) -> AsyncIterator[tuple[WhatsAppSender, Server]]:
    server = Server(list(answers))
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", server.handle)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    values = {
        "simulator": "off",
        "twilio_account_sid": SID,
        "twilio_auth_token": "secret",
        "twilio_api_url": url,
        "twilio_content_url": url,
        "twilio_timeout_seconds": 0.5,
        "public_url": "https://wadul.example.id/",
    }
    channel = WhatsAppSender(Settings(_env_file=None, **(values | settings)), MemoryContentIds())
    try:
        yield channel, server
    finally:
        await channel.close()
        await runner.cleanup()


async def test_plain_text() -> None:
    async with sender(accepted("SM77")) as (channel, server):
        assert (await channel.send(MESSAGE)).external_id == "SM77"
    method, path, form = server.requests[0]
    assert (method, path) == ("POST", f"/2010-04-01/Accounts/{SID}/Messages.json")
    assert form == {
        "To": "whatsapp:+628121",
        "From": "whatsapp:+14155238886",
        "Body": "Halo & apa?",
        "StatusCallback": "https://wadul.example.id/webhooks/twilio/status",
    }
    expected = "Basic " + base64.b64encode(f"{SID}:secret".encode()).decode()
    assert server.headers[0]["Authorization"] == expected


async def test_messaging_service_and_no_callback_that_twilio_cannot_reach() -> None:
    settings = {"twilio_messaging_service_sid": "MG1", "public_url": "http://192.168.1.2:8000"}
    async with sender(accepted(), **settings) as (channel, server):
        await channel.send(MESSAGE)
    form = server.requests[0][2]
    assert form["MessagingServiceSid"] == "MG1"
    assert "From" not in form
    assert "StatusCallback" not in form


async def test_template_and_media() -> None:
    template = MessageTemplate("HX1", {"1": "JTB-1", "2": "Senin"})
    message = OutgoingMessage("j", "whatsapp:+1", "whatsapp:+2", "teks", template=template)
    picture = OutgoingMessage("j", "whatsapp:+1", "whatsapp:+2", "teks", media_url="https://a/b")
    async with sender(accepted()) as (channel, server):
        await channel.send(message)
        await channel.send(picture)
    assert server.requests[0][2]["ContentSid"] == "HX1"
    assert json.loads(server.requests[0][2]["ContentVariables"]) == {"1": "JTB-1", "2": "Senin"}
    assert "Body" not in server.requests[0][2]
    assert server.requests[1][2]["MediaUrl"] == "https://a/b"


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, 63016, WindowClosed),
        (400, 21211, Refused),
        (401, 20003, Misconfigured),
        (429, 20429, Postponed),
        (503, None, Postponed),
        (500, None, Ambiguous),
        (0, None, Ambiguous),
    ],
)
async def test_errors(status: int, code: int | None, kind: type[Exception]) -> None:
    async with sender((status, {"code": code, "message": "no", "status": status}, {})) as (
        channel,
        server,
    ):
        with pytest.raises(kind):
            await channel.send(MESSAGE)
    assert len(server.requests) == 1  # the outbox repeats, not the library


async def test_retry_after_and_what_is_no_json() -> None:
    async with sender((429, "busy", {"Retry-After": "7"})) as (channel, _):
        with pytest.raises(Postponed) as caught:
            await channel.send(MESSAGE)
    assert caught.value.retry_after == 7
    assert caught.value.code == "http_429"


async def test_nobody_there_is_not_ambiguous(unused_tcp_port: int) -> None:
    url = f"http://127.0.0.1:{unused_tcp_port}"
    async with sender(accepted(), twilio_api_url=url) as (channel, _):
        with pytest.raises(Postponed):
            await channel.send(MESSAGE)


async def test_a_slow_answer_is_ambiguous() -> None:
    async with sender(accepted(), twilio_timeout_seconds=0.1) as (channel, server):
        server.seconds = 0.5
        with pytest.raises(Ambiguous):
            await channel.send(MESSAGE)
    assert len(server.requests) == 1


def listed(sid: str, body: str, at: datetime, direction: str = "outbound-api") -> dict[str, Any]:
    stamp = at.strftime("%a, %d %b %Y %H:%M:%S +0000")
    return {
        "sid": sid,
        "body": body,
        "direction": direction,
        "from": MESSAGE.office_address,
        "date_created": stamp,
    }


async def test_find_lists_what_was_sent_since_then() -> None:
    now = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
    rows = [
        listed("SM5", " " + MESSAGE.text, now + timedelta(seconds=2)),
        listed("SM4", "lain", now),
        listed("SM3", MESSAGE.text, now, "inbound"),
        listed("SM2", MESSAGE.text, now - timedelta(hours=1)),
    ]
    async with sender((200, {"messages": rows, "next_page_uri": None}, {})) as (channel, server):
        found = await channel.find(MESSAGE, now)
    assert [(f.external_id, f.same_text) for f in found] == [("SM4", False), ("SM5", True)]
    assert "To=whatsapp:%2B628121&" in server.requests[0][1]


async def test_native_choices_are_made_once() -> None:
    message = OutgoingMessage(
        "j", "whatsapp:+1", "whatsapp:+2", "Benar?\n\n1. Ya\n2. Tidak", CHOICES
    )
    answers = [(201, {"sid": "HX9"}, {}), accepted(), accepted()]
    async with sender(*answers, native_choices=True) as (channel, server):
        await channel.send(message)
        await channel.send(message)
    paths = [path for _, path, _ in server.requests]
    assert paths[0] == "/v1/Content"
    assert paths.count("/v1/Content") == 1
    content = server.requests[0][2]
    assert content["types"]["twilio/quick-reply"]["actions"][0] == {"title": "Ya", "id": "/affirm"}
    form = server.requests[1][2]
    assert form["ContentSid"] == "HX9"
    assert json.loads(form["ContentVariables"]) == {"1": message.text}


@pytest.mark.parametrize(
    "answers",
    [
        [(500, {}, {}), accepted("SM3")],
        [(201, {"sid": "HX9"}, {}), (400, {"code": 63021}, {}), accepted("SM3")],
    ],
)
async def test_choices_that_cannot_go_natively_go_as_text(answers: list[Any]) -> None:
    message = OutgoingMessage("j", "whatsapp:+1", "whatsapp:+2", "Benar?", CHOICES)
    async with sender(*answers, native_choices=True) as (channel, server):
        assert (await channel.send(message)).external_id == "SM3"
    assert server.requests[-1][2]["Body"] == "Benar?"


async def test_only_known_hosts_are_replaced() -> None:
    http = TwilioHttp({"https://api.twilio.com": "http://127.0.0.1:1"}, timeout=1)
    assert http.address_of("https://api.twilio.com/x") == "http://127.0.0.1:1/x"
    assert http.address_of("https://api.twilio.com.evil/x") == "https://api.twilio.com.evil/x"
    await http.close()
