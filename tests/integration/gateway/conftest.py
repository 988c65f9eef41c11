from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from pydantic import SecretStr
from sqlalchemy import func, select
from twilio.request_validator import RequestValidator

from wadul.bootstrap import Wadul, bootstrap
from wadul.gateway.app import create_app
from wadul.models import Base
from wadul.settings import Settings

TOKEN = "a-token-for-tests"
PUBLIC = "https://wadul.example.id"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class Gateway:
    """A running gateway and the hand that signs for Twilio."""

    wadul: Wadul
    http: httpx.AsyncClient

    async def post(
        self,
        body: bytes | dict[str, str],
        *,
        path: str = "/webhooks/twilio/whatsapp",
        signature: str | None = None,
    ) -> httpx.Response:
        fields = body if isinstance(body, dict) else None
        content = str(httpx.QueryParams(fields)).encode() if fields is not None else body
        if signature is None:
            signed = fields if fields is not None else {}
            signature = str(RequestValidator(TOKEN).compute_signature(PUBLIC + path, signed))
        headers = FORM | ({"X-Twilio-Signature": signature} if signature else {})
        return await self.http.post(path, content=content, headers=headers)

    def rows(self, model: type[Base]) -> list[Any]:
        with self.wadul.database.transaction() as session:
            return list(session.scalars(select(model)))

    def count(self, model: type[Base]) -> int:
        with self.wadul.database.transaction() as session:
            return session.scalar(select(func.count()).select_from(model)) or 0


def message(body: str = "halo", **more: str) -> dict[str, str]:
    sid = "SM" + uuid.uuid4().hex
    return {
        "MessageSid": sid,
        "SmsMessageSid": sid,
        "NumMedia": "0",
        "Body": body,
        "From": "whatsapp:+6281200000001",
        "To": "whatsapp:+14155238886",
        "MessageType": "text",
        "ProfileName": "Warga Uji",
    } | more


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        _env_file=None,
        var_dir=tmp_path / "var",
        database_url=database_url,
        simulator="off",
        public_url=PUBLIC,
        twilio_account_sid="AC" + "0" * 32,
        twilio_auth_token=SecretStr(TOKEN),
        webhook_body_limit=300_000,
        flood_messages=5,
    )


@pytest.fixture
async def start(settings: Settings) -> AsyncIterator[Callable[..., Any]]:
    """Start a real gateway on a free port; keywords replace parts of the wired system."""
    running: list[tuple[uvicorn.Server, asyncio.Task[None], httpx.AsyncClient]] = []

    async def begin(**replaced: Any) -> Gateway:
        wadul = replace(bootstrap(settings), **replaced)
        config = uvicorn.Config(create_app(wadul), port=0, log_level="error")
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        http = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20, trust_env=False)
        running.append((server, task, http))
        return Gateway(wadul, http)

    yield begin
    for server, task, http in running:
        await http.aclose()
        server.should_exit = True
        await task


@pytest.fixture
async def gateway(start: Callable[..., Any]) -> Gateway:
    started: Gateway = await start()
    return started
