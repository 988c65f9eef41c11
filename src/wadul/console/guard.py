"""Around everything: headers for every answer, and no door for pages of other origins."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wadul.console.door import Door

# Vue compiles the components' templates in the browser, hence 'unsafe-eval'.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "font-src 'self' data:; connect-src 'self' ws: wss:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
_SAFE = {"GET", "HEAD", "OPTIONS"}
_SOCKET = "/_nicegui_ws"


class Guard:
    def __init__(self, app: ASGIApp, door: Door) -> None:
        self._app = app
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        socket = scope["path"].startswith(_SOCKET)
        changes = scope["type"] == "websocket" or scope["method"] not in _SAFE
        foreign = changes and not _same_origin(connection.headers)
        if foreign or (socket and await self._door.signed_in(connection) is None):
            await _refuse(scope, receive, send)
            return
        await self._app(scope, receive, _with_headers(scope, send))


def _same_origin(headers: Headers) -> bool:
    """Browsers send Origin with every POST and WebSocket; what sends none is no browser."""
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")


def _with_headers(scope: Scope, send: Send) -> Send:
    async def wrapped(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.setdefault("Content-Security-Policy", POLICY)
            headers.setdefault("X-Content-Type-Options", "nosniff")
            headers.setdefault("X-Frame-Options", "DENY")
            headers.setdefault("Referrer-Policy", "same-origin")
            headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
            if not scope["path"].startswith(("/_nicegui/", "/aset/")):
                headers["Cache-Control"] = "no-store"
        await send(message)

    return wrapped


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 4403})
        return
    await PlainTextResponse("Forbidden", 403)(scope, receive, send)
