"""Webhooks to the gateway, signed as Twilio signs them.

The signature covers the public address; the request itself goes to the gateway on loopback and
nowhere else, whatever address a message names for its callbacks.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
from twilio.request_validator import RequestValidator

from wadul.settings import Settings

INBOUND_PATH = "/webhooks/twilio/whatsapp"
STATUS_PATH = "/webhooks/twilio/status"
TIMEOUT = 15.0  # seconds; Twilio's own limit


@dataclass(frozen=True)
class Answer:
    """`status` None: the gateway did not answer."""

    status: int | None
    milliseconds: float

    @property
    def ok(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def words(self) -> str:
        return str(self.status) if self.status is not None else "tidak ada jawaban"


class GatewayClient:
    def __init__(self, settings: Settings, http: httpx.AsyncClient) -> None:
        self._http = http
        self._signed_base = settings.signed_url
        self._base = f"http://127.0.0.1:{settings.gateway_port}"
        self._validator = RequestValidator(settings.auth_token)

    def signature(self, url: str, form: dict[str, str]) -> str:
        return str(self._validator.compute_signature(url, form))

    async def post(
        self, path: str, form: dict[str, str], *, url: str = "", signature: str | None = None
    ) -> Answer:
        """`url` is the address to sign where a message named its own; `signature` forges one."""
        signed = url or self._signed_base + path
        parts = urlsplit(signed)
        target = self._base + (parts.path if url else path)
        if url and parts.query:
            target += "?" + parts.query
        headers = {
            "X-Twilio-Signature": self.signature(signed, form) if signature is None else signature,
            "User-Agent": "TwilioProxy/1.1",
            "I-Twilio-Idempotency-Token": str(uuid.uuid4()),
        }
        started = time.perf_counter()
        try:
            response = await self._http.post(target, data=form, headers=headers, timeout=TIMEOUT)
        except httpx.HTTPError:
            return Answer(None, (time.perf_counter() - started) * 1000)
        return Answer(response.status_code, (time.perf_counter() - started) * 1000)
