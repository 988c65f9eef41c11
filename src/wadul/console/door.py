"""From a request to the person behind it: every page and file begins here."""

from __future__ import annotations

import hashlib
from urllib.parse import quote

from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse

from wadul.bootstrap import Wadul
from wadul.clock import Clock
from wadul.console.desk import Desk
from wadul.console.live import Live
from wadul.console.reader import Reader
from wadul.console.shared import Shared
from wadul.usecases.console_sessions import LoginRequired, SignedIn, authenticate

COOKIE = "wadul_console"
LOGIN, CODE, ACCOUNT = "/masuk", "/masuk/kode", "/akun"


class Door:
    def __init__(
        self, wadul: Wadul, reader: Reader, time: Clock, live: Live, shared: Shared
    ) -> None:
        self.wadul = wadul
        self.reader = reader
        self.time = time
        self.live = live
        self.shared = shared

    async def signed_in(self, connection: HTTPConnection) -> SignedIn | None:
        token = connection.cookies.get(COOKIE, "")
        try:
            signed = await self.reader.run_quick(
                authenticate, token, now=self.time.now(), touch=False
            )
        except LoginRequired:
            return None
        return signed if signed.actor.office_id in self.wadul.offices else None

    async def desk(self, connection: HTTPConnection) -> Desk | None:
        """None unless somebody is logged in, second factor and all."""
        signed = await self.signed_in(connection)
        if signed is None or not signed.verified:
            return None
        token = connection.cookies[COOKIE]
        base = f"{connection.url.scheme.replace('ws', 'http')}://{connection.url.netloc}"
        return Desk(self.wadul, self.reader, self.time, token, signed.actor, base)

    async def open(self, connection: HTTPConnection) -> Desk | RedirectResponse:
        """The desk, or the way to it."""
        desk = await self.desk(connection)
        if desk is not None:
            return desk
        signed = await self.signed_in(connection)
        path = connection.url.path
        if connection.url.query:
            path += f"?{connection.url.query}"
        return RedirectResponse(f"{CODE if signed else LOGIN}?lanjut={quote(path)}", 303)


def source_of(connection: HTTPConnection) -> str:
    """The network address, as a hash: enough to count."""
    host = connection.client.host if connection.client else ""
    return hashlib.sha256(host.encode()).hexdigest()


def browser_of(connection: HTTPConnection) -> str:
    return connection.headers.get("user-agent", "")[:200]
