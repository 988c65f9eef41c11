"""The stand-in for Twilio's REST API: routes, authorisation and faults.

Messages are in `rest_messages.py`, media in `rest_media.py`, contents in `rest_contents.py`.
"""

from __future__ import annotations

import base64
import hmac
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from wadul.settings import Settings
from wadul.simulator.delivery import Delivery
from wadul.simulator.offices import OfficeNumber
from wadul.simulator.problems import Problem, authenticate, not_found
from wadul.simulator.world import Status, World

Handler = Callable[[Request], Awaitable[Response]]
TYPING_SECONDS = 25


@dataclass
class Rest:
    """What every REST handler works with; `offices` are the senders that exist."""

    settings: Settings
    world: World
    delivery: Delivery
    offices: list[OfficeNumber]

    def guarded(self, handler: Handler, name: str) -> Handler:
        """Check the credentials, turn a `Problem` into Twilio's JSON, and note the call."""

        async def endpoint(request: Request) -> Response:
            started = time.perf_counter()
            try:
                self._authorise(request)
                response = await handler(request)
            except Problem as problem:
                response = problem.response()
                result = f"{problem.status} · {problem.code}"
            else:
                result = str(response.status_code)
            took = (time.perf_counter() - started) * 1000
            self.world.note("Wadul → Twilio", name, result, response.status_code < 400, took)
            return response

        return endpoint

    def _authorise(self, request: Request) -> None:
        pair = f"{self.settings.account_sid}:{self.settings.auth_token}".encode()
        wanted = "Basic " + base64.b64encode(pair).decode()
        given = request.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode(), wanted.encode()):
            raise authenticate()
        account = request.path_params.get("account")
        if account is not None and account != self.settings.account_sid:
            raise not_found(request.url.path)

    async def typing(self, request: Request) -> Response:
        """Shows "mengetik…" until the next message, at most 25 s; marks the message as read."""
        form = await form_of(request)
        message = self.world.messages.get(form.get("messageId", ""))
        if message is None:
            raise not_found(request.url.path)
        self.delivery.read_by_office(message.address, message.office)
        message.status = Status.read
        self.world.publish(
            {
                "type": "typing",
                "address": message.address,
                "office": message.office,
                "seconds": TYPING_SECONDS,
            }
        )
        return JSONResponse({"success": True})


async def form_of(request: Request) -> dict[str, str]:
    """The last value of each field; blank ones kept."""
    return dict(await pairs_of(request))


async def pairs_of(request: Request) -> list[tuple[str, str]]:
    raw = await request.body()
    return parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True)
