"""Downloads residents' files from Twilio: credentials only for Twilio, limits for everything."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from wadul.exceptions import WadulError
from wadul.settings import Settings

_API = "https://api.twilio.com"
_REDIRECTS = 5
_CHUNK = 65_536
_CONNECT_SECONDS = 10.0


class DownloadFailed(WadulError):
    """The file could not be downloaded; `code` says why.

    gone: it is not there · too_big · too_slow · unreachable: try later · foreign: not Twilio's
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class MediaDownloader:
    """Make it inside a running event loop; close it after."""

    def __init__(
        self, settings: Settings, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._api = settings.api_url
        self._auth = (settings.account_sid, settings.auth_token)
        self._limit = settings.media_limit_bytes
        self._seconds = settings.media_timeout_seconds
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(self._seconds, connect=_CONNECT_SECONDS),
            trust_env=False,
            transport=transport,
        )

    async def download(self, url: str, target: Path) -> tuple[str, int]:
        """(sha256, size in bytes) of what is in `target` now. Raises `DownloadFailed`."""
        if url.startswith(_API + "/"):
            url = self._api + url.removeprefix(_API)
        if not self._is_twilio(url):
            raise DownloadFailed("foreign")
        try:
            async with asyncio.timeout(self._seconds):
                return await self._follow(url, target)
        except TimeoutError as error:
            raise DownloadFailed("too_slow") from error
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise DownloadFailed("gone") from error
        except httpx.TimeoutException as error:
            raise DownloadFailed("too_slow") from error
        except httpx.HTTPError as error:
            raise DownloadFailed("unreachable") from error

    async def close(self) -> None:
        await self._client.aclose()

    async def _follow(self, url: str, target: Path) -> tuple[str, int]:
        for _ in range(_REDIRECTS):
            auth: Any = self._auth if self._is_twilio(url) else None
            async with self._client.stream("GET", url, auth=auth) as answer:
                if not answer.is_redirect:
                    _check(answer.status_code)
                    return await self._write(answer, target)
                url = urljoin(url, answer.headers.get("location", ""))
            if urlsplit(url).scheme != "https" and not self._is_twilio(url):
                raise DownloadFailed("foreign")
        raise DownloadFailed("gone")

    async def _write(self, answer: httpx.Response, target: Path) -> tuple[str, int]:
        if int(answer.headers.get("content-length") or 0) > self._limit:
            raise DownloadFailed("too_big")
        digest, size = hashlib.sha256(), 0
        with target.open("wb") as file:
            async for chunk in answer.aiter_bytes(_CHUNK):
                size += len(chunk)
                if size > self._limit:
                    raise DownloadFailed("too_big")
                digest.update(chunk)
                file.write(chunk)
        return digest.hexdigest(), size

    def _is_twilio(self, url: str) -> bool:
        """Twilio's API, or what replaces it; a CDN is not, whatever it is called."""
        parts, api = urlsplit(url), urlsplit(self._api)
        if (parts.scheme, parts.netloc) == (api.scheme, api.netloc):
            return True
        host = (parts.hostname or "").lower()
        return parts.scheme == "https" and host.endswith(".twilio.com") and parts.port is None


def _check(status: int) -> None:
    if status in (404, 410):
        raise DownloadFailed("gone")
    if status != httpx.codes.OK:
        # 401 and 403 too: a credential that is being repaired
        raise DownloadFailed("unreachable")
