"""A running simulator and a small gateway beside it, each on a free port in its own thread."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl

import httpx
import pytest
import uvicorn
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from wadul.settings import Settings
from wadul.simulator.app import create_app, server_for
from wadul.simulator.delivery import Timing

PUBLIC_URL = "https://wadul.example.id"
ACCOUNT = "AC" + "7" * 32
TOKEN = "test-token"
OFFICE = "whatsapp:+14155238886"
CASMINI = "whatsapp:+6281200000001"
HIDDEN = "whatsapp:ID.4100000000000003"
QUICK = Timing(sent=0.01, delivered=0.01, read=0.02, chaos=0.2)


@dataclass
class FakeGateway:
    """Verifies like the real one and keeps what came: (path, form, valid signature)."""

    received: list[tuple[str, dict[str, str], bool]] = field(default_factory=list)
    status: int = 204

    async def take(self, request: Request) -> Response:
        raw = (await request.body()).decode()
        form = dict(parse_qsl(raw, keep_blank_values=True))
        url = PUBLIC_URL + request.url.path
        url += f"?{request.url.query}" if request.url.query else ""
        valid = RequestValidator(TOKEN).validate(
            url, form, request.headers.get("x-twilio-signature", "")
        )
        self.received.append((request.url.path, form, valid))
        return Response(status_code=self.status if valid else 403)

    @property
    def messages(self) -> list[dict[str, str]]:
        return [f for path, f, ok in self.received if path.endswith("/whatsapp") and ok]

    def statuses(self, sid: str) -> list[str]:
        return [
            f["MessageStatus"]
            for _, f, ok in self.received
            if ok and f.get("MessageSid") == sid
            if "MessageStatus" in f
        ]

    def callback(self, sid: str, status: str) -> dict[str, str]:
        found = [f for _, f, ok in self.received if ok and f.get("MessageSid") == sid]
        return next(f for f in found if f.get("MessageStatus") == status)


@dataclass
class Running:
    url: str
    settings: Settings
    gateway: FakeGateway
    http: httpx.Client
    client: Client

    def act(self, act: str, /, **body: object) -> httpx.Response:
        headers = {"X-Simulator": "1", "Content-Type": "application/json"}
        return self.http.post(f"/sim/{act}", content=json.dumps(body), headers=headers)

    def state(self) -> dict[str, object]:
        return self.http.get("/sim/state").json()

    def message(self, sid: str) -> dict[str, object]:
        return next(m for m in self.state()["messages"] if m["sid"] == sid)


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@contextmanager
def serving(server: uvicorn.Server) -> Iterator[None]:
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait_for(lambda: server.started)
        yield
    finally:
        server.should_exit = True
        thread.join(10)


def wait_for(condition: Callable[[], object], seconds: float = 5) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def client_for(url: str, token: str = TOKEN) -> Client:
    """The official client with its three addresses replaced, as the worker does it."""
    http = TwilioHttpClient(timeout=5)
    assert http.session is not None
    http.session.trust_env = False
    client = Client(ACCOUNT, token, http_client=http)
    client.api.base_url = url
    client.content.base_url = url
    client.messaging.base_url = url
    return client


def settings_for(var_dir: Path, **more: object) -> Settings:
    values: dict[str, object] = {
        "var_dir": var_dir,
        "offices_dir": var_dir / "offices",
        "gateway_port": free_port(),
        "simulator_port": free_port(),
        "simulator": "on",
        "public_url": PUBLIC_URL,
        "twilio_account_sid": ACCOUNT,
        "twilio_auth_token": SecretStr(TOKEN),
    }
    return Settings(_env_file=None, **(values | more))


@contextmanager
def running(settings: Settings) -> Iterator[Running]:
    gateway = FakeGateway()
    front = Starlette(routes=[Route("/webhooks/twilio/{kind}", gateway.take, methods=["POST"])])
    doors = uvicorn.Server(uvicorn.Config(front, port=settings.gateway_port, log_level="warning"))
    simulator = server_for(create_app(settings, QUICK), settings.simulator_port)
    with serving(doors), serving(simulator):
        url = settings.simulator_url
        with httpx.Client(base_url=url, trust_env=False, timeout=10) as http:
            client = client_for(url)
            yield Running(url, settings, gateway, http, client)
            client.http_client.session.close()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(settings_for(tmp_path_factory.mktemp("simulator"))) as found:
        yield found


@pytest.fixture
def sim(shared: Running) -> Running:
    """One server per module; faults, clock and what the gateway saw are reset for each test."""
    shared.gateway.received.clear()
    shared.gateway.status = 204
    shared.act("faults", send="none", media="none", slow=0, chaos=False)
    shared.act("clock", reset=True)
    return shared
