"""Wires the simulator and runs it: `create_app` for tests, `main` for the process."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wadul.clock import OFFSET_FILE, SimulatedClock
from wadul.settings import Settings
from wadul.simulator.contents import Contents
from wadul.simulator.delivery import Delivery, Timing
from wadul.simulator.gateway_client import GatewayClient
from wadul.simulator.offices import office_numbers, register_templates
from wadul.simulator.page import Page
from wadul.simulator.phone import Phone
from wadul.simulator.rest import Rest
from wadul.simulator.rest_contents import ContentApi
from wadul.simulator.rest_media import MediaFiles
from wadul.simulator.rest_messages import Messages
from wadul.simulator.samples import STATIC
from wadul.simulator.world import Resident, World

CONTENTS_FILE = "simulator-contents.json"
HOST = "127.0.0.1"
# Made up; the number block is not handed out.
RESIDENTS = (
    ("Ibu Casmini", "+6281200000001", "ID.4100000000000001", False),
    ("Pak Warsidi", "+6281200000002", "ID.4100000000000002", False),
    ("Nok Ratih", "", "ID.4100000000000003", True),
)
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def create_app(settings: Settings, timing: Timing | None = None) -> Starlette:
    http = httpx.AsyncClient(trust_env=False)
    world = World(
        clock=SimulatedClock(settings.var_dir / OFFSET_FILE),
        contents=Contents(settings.var_dir / CONTENTS_FILE),
    )
    offices = office_numbers(settings.offices_dir)
    register_templates(settings.offices_dir, world.contents)
    for name, number, user_id, hidden in RESIDENTS:
        world.add_resident(Resident(name, number, user_id, hidden))
    gateway = GatewayClient(settings, http)
    delivery = Delivery(world, gateway, settings.account_sid, timing)
    rest = Rest(settings, world, delivery, offices)
    page = Page(settings, world, Phone(settings, world, gateway), offices)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        world.close()
        for job in list(world.jobs):
            job.cancel()
        await asyncio.gather(*world.jobs, return_exceptions=True)
        await http.aclose()

    app = Starlette(
        routes=[
            Route("/", _index),
            Route("/healthz", _healthy),
            Mount("/static", StaticFiles(directory=STATIC)),
            *page.routes(),
            *rest_routes(rest),
        ],
        middleware=[
            # A name that is made to point here (DNS rebinding) does not open the page.
            Middleware(TrustedHostMiddleware, allowed_hosts=[HOST, "localhost"]),
            Middleware(PolicyHeaders),
        ],
        exception_handlers={HTTPException: _refused},
        lifespan=lifespan,
    )
    app.state.world = world
    return app


def rest_routes(rest: Rest) -> list[Route]:
    messages, media, contents = Messages(rest), MediaFiles(rest), ContentApi(rest)
    account = "/2010-04-01/Accounts/{account}"
    table: list[tuple[str, str, Any, str]] = [
        ("POST", f"{account}/Messages.json", messages.create, "kirim pesan"),
        ("GET", f"{account}/Messages.json", messages.index, "daftar pesan"),
        ("GET", f"{account}/Messages/{{sid}}/Media.json", media.index, "daftar berkas"),
        ("GET", f"{account}/Messages/{{sid}}/Media/{{media}}", media.show, "ambil berkas"),
        ("DELETE", f"{account}/Messages/{{sid}}/Media/{{media}}", media.delete, "hapus berkas"),
        ("GET", f"{account}/Messages/{{sid}}.json", messages.show, "lihat pesan"),
        ("DELETE", f"{account}/Messages/{{sid}}.json", messages.delete, "hapus pesan"),
        ("POST", "/v1/Content", contents.create, "buat konten"),
        ("GET", "/v1/Content", contents.index, "daftar konten"),
        ("GET", "/v1/Content/{sid}", contents.show, "lihat konten"),
        ("DELETE", "/v1/Content/{sid}", contents.delete, "hapus konten"),
        ("POST", "/v1/Content/{sid}/ApprovalRequests/whatsapp", contents.approve, "ajukan templat"),
        ("GET", "/v1/Content/{sid}/ApprovalRequests", contents.approval, "status templat"),
        ("POST", "/v2/Indicators/Typing.json", rest.typing, "sedang mengetik"),
    ]
    routes = [
        Route(path, rest.guarded(handler, name), methods=[method])
        for method, path, handler, name in table
    ]
    return [*routes, Route("/content/{media}", media.content)]


class PolicyHeaders:
    """The page loads nothing from elsewhere, whatever a message contains."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Content-Security-Policy", POLICY)
                headers.setdefault("X-Content-Type-Options", "nosniff")
            await send(message)

        await self._app(scope, receive, with_policy)


async def _index(_: Request) -> Response:
    return FileResponse(STATIC / "index.html", headers={"Cache-Control": "no-cache"})


async def _healthy(_: Request) -> Response:
    return JSONResponse({"status": "ok"})


async def _refused(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    detail = error.detail if isinstance(error, HTTPException) else ""
    return JSONResponse(
        {"detail": detail, "code": 20404, "message": detail, "status": status}, status
    )


class Server(uvicorn.Server):
    """Ends the pages' event streams first, which would otherwise hold the shutdown up."""

    world: World

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.world.close()
        await super().shutdown(sockets)


def server_for(app: Starlette, port: int) -> Server:
    config = uvicorn.Config(
        app, host=HOST, port=port, log_level="warning", timeout_graceful_shutdown=3
    )
    server = Server(config)
    server.world = app.state.world
    return server


def main(settings: Settings) -> None:
    """Run until Ctrl-C. Refuses to stand in for Twilio where real credentials are in use."""
    if not settings.simulated:
        raise SystemExit(
            "Simulator dimatikan: WADUL_SIMULATOR=off, atau kredensial Twilio terpasang."
        )
    server_for(create_app(settings), settings.simulator_port).run()
