"""The public door: verify, store, acknowledge; nothing else happens inside a webhook.

`POST /webhooks/twilio/whatsapp` and `/status` · `GET /healthz` · `GET /metrics` (loopback only).
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from wadul.bootstrap import Wadul
from wadul.channels.whatsapp.signature import is_signed
from wadul.gateway.health import Health
from wadul.gateway.intake import Intake
from wadul.gateway.metrics import REFUSED
from wadul.usecases.webhooks import MESSAGE, STATUS

log = structlog.get_logger()


class BodyTooLarge(Exception):
    """The body is longer than the limit."""


def create_app(wadul: Wadul) -> Starlette:
    """The gateway for a wired system."""
    intake = Intake(wadul)
    health = Health(wadul)

    async def message(request: Request) -> Response:
        return await take(request, MESSAGE)

    async def status(request: Request) -> Response:
        return await take(request, STATUS)

    async def take(request: Request, endpoint: str) -> Response:
        try:
            body = await _body(request, wadul.settings.webhook_body_limit)
        except BodyTooLarge:
            REFUSED.labels(endpoint, "too_large").inc()
            return Response(status_code=413)
        if not _verified(request, body, wadul):
            REFUSED.labels(endpoint, "signature").inc()
            log.warning("A webhook without a valid signature was refused.", action="refused")
            return Response(status_code=403)
        stored = await intake.take(endpoint, body)
        return Response(status_code=204 if stored else 503)

    async def healthz(_request: Request) -> Response:
        report = await health.report()
        return Response(
            json.dumps({"ready": report.ready, "parts": report.parts}),
            status_code=200 if report.ready else 503,
            media_type="application/json",
        )

    async def metrics(request: Request) -> Response:
        if not _from_this_machine(request):
            return Response(status_code=404)
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await health.close()
        wadul.database.close()

    return Starlette(
        routes=[
            Route("/webhooks/twilio/whatsapp", message, methods=["POST"]),
            Route("/webhooks/twilio/status", status, methods=["POST"]),
            Route("/healthz", healthz),
            Route("/metrics", metrics),
        ],
        lifespan=lifespan,
    )


async def _body(request: Request, limit: int) -> bytes:
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise BodyTooLarge
        chunks.append(chunk)
    return b"".join(chunks)


def _verified(request: Request, body: bytes, wadul: Wadul) -> bool:
    """The URL is rebuilt from the setting: behind a proxy the request's own is not what was
    signed."""
    query = f"?{request.url.query}" if request.url.query else ""
    return is_signed(
        wadul.settings.auth_token,
        wadul.settings.signed_url + request.url.path + query,
        body,
        request.headers.get("content-type", ""),
        request.headers.get("x-twilio-signature", ""),
    )


def _from_this_machine(request: Request) -> bool:
    """Directly, not through a proxy on this machine."""
    if request.client is None or "x-forwarded-for" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
