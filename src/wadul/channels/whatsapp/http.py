"""The HTTP side of the Twilio library: other hosts, time limits, and typed errors.

The library's own asynchronous client ignores its time limit, cannot send JSON, and logs addresses;
it also gives nobody the `Retry-After` header. This one fills the same place.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import aiohttp
from twilio.http import AsyncHttpClient
from twilio.http.response import Response

from wadul.channels.sending import Ambiguous, Postponed
from wadul.channels.whatsapp.errors import send_error

_KEEP_ALIVE = (
    15.0  # seconds; shorter than what servers keep, so that no request meets a closed door
)
_CONNECTIONS = 64
# aiohttp raises these before a request has left.
_NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)


class TwilioHttp(AsyncHttpClient):  # type: ignore[misc]
    """`hosts` maps the beginning of an address ("https://api.twilio.com") to what replaces it."""

    def __init__(self, hosts: Mapping[str, str], timeout: float) -> None:
        super().__init__(logging.getLogger(__name__), True, timeout)
        self._hosts = dict(hosts)
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=timeout, connect=timeout / 2),
            connector=aiohttp.TCPConnector(limit=_CONNECTIONS, keepalive_timeout=_KEEP_ALIVE),
        )

    async def request(
        self,
        method: str,
        uri: str,
        params: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - the library's signature
        allow_redirects: bool = False,
    ) -> Response:
        """Raises `SendError` for every answer from 400 on and for every failure on the way."""
        sent_headers = dict(headers or {})
        if auth:
            sent_headers["Authorization"] = aiohttp.encode_basic_auth(*auth)
        try:
            async with self._session.request(
                method,
                self.address_of(uri),
                params=params,
                data=_body(data, sent_headers),
                headers=sent_headers,
                allow_redirects=allow_redirects,
            ) as answer:
                text = await answer.text()
        except _NOT_SENT as error:
            raise Postponed("unreachable") from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Ambiguous("no_answer") from error
        if answer.status >= 400:
            raise send_error(answer.status, _code(text), _retry_after(answer.headers))
        return Response(answer.status, text, answer.headers)

    def address_of(self, uri: str) -> str:
        for original, replacement in self._hosts.items():
            if uri.startswith(original + "/"):
                return replacement + uri.removeprefix(original)
        return uri

    async def close(self) -> None:
        await self._session.close()


def _body(data: Mapping[str, Any] | None, headers: Mapping[str, str]) -> Any:
    if not data:
        return None
    if headers.get("Content-Type") == "application/json":
        return json.dumps(data)
    return urlencode(dict(data), doseq=True)


def _code(text: str) -> str | None:
    try:
        code = json.loads(text).get("code")
    except (ValueError, AttributeError):
        return None
    return str(code)[:20] if code else None


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds; the other form, a date, is not used by Twilio."""
    try:
        return max(float(headers["Retry-After"]), 0.0)
    except (KeyError, ValueError):
        return None
