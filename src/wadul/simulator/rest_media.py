"""`/2010-04-01/Accounts/{sid}/Messages/{sid}/Media`: files that residents sent.

As at Twilio, the file's own address asks for credentials and then redirects to a content server,
whose address is good without them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from email.utils import format_datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse

from wadul.simulator import problems
from wadul.simulator.faults import MediaDefect
from wadul.simulator.rest import Rest
from wadul.simulator.world import Media

HUGE = 20 * 1024 * 1024
WEB_PAGE = b"<!DOCTYPE html><html><body><h1>Bukan foto</h1></body></html>"


class MediaFiles:
    def __init__(self, rest: Rest) -> None:
        self._rest = rest
        self._world = rest.world

    async def index(self, request: Request) -> Response:
        message_sid = request.path_params["sid"]
        rows = [m for m in self._world.media.values() if m.message_sid == message_sid]
        return JSONResponse(
            {
                "media_list": [self._resource(m) for m in rows],
                "page": 0,
                "page_size": 50,
                "start": 0,
                "end": max(len(rows) - 1, 0),
                "uri": request.url.path,
                "first_page_uri": request.url.path,
                "previous_page_uri": None,
                "next_page_uri": None,
            }
        )

    async def show(self, request: Request) -> Response:
        """With `.json` the description, without it the file."""
        media = self._find(request)
        if request.path_params["media"].endswith(".json"):
            return JSONResponse(self._resource(media))
        if media.defect is MediaDefect.missing:
            raise problems.not_found(request.url.path)
        return RedirectResponse(f"{self._rest.settings.simulator_url}/content/{media.sid}", 307)

    async def delete(self, request: Request) -> Response:
        media = self._find(request)
        del self._world.media[media.sid]
        return Response(status_code=204)

    async def content(self, request: Request) -> Response:
        """The content server: no credentials, an unguessable address."""
        media = self._world.media.get(request.path_params["media"])
        if media is None:
            return problems.not_found(request.url.path).response()
        if media.defect is MediaDefect.endless:
            return StreamingResponse(self._drip(media.data), media_type=media.content_type)
        data = media.data
        if media.defect is MediaDefect.huge:
            data = data + bytes(HUGE - len(data))
        if media.defect is MediaDefect.wrong_type:
            data = WEB_PAGE
        headers = {"Content-Disposition": f'inline; filename="{_ascii(media.filename)}"'}
        return Response(data, media_type=media.content_type, headers=headers)

    async def _drip(self, start: bytes) -> AsyncIterator[bytes]:
        """A file that never ends: some bytes each second until the reader gives up."""
        yield start
        while not self._world.closing.is_set():
            await self._world.pause(1)
            yield bytes(1024)

    def _find(self, request: Request) -> Media:
        sid = request.path_params["media"].removesuffix(".json")
        media = self._world.media.get(sid)
        if media is None or media.message_sid != request.path_params["sid"]:
            raise problems.not_found(request.url.path)
        return media

    def _resource(self, media: Media) -> dict[str, Any]:
        account = self._rest.settings.account_sid
        stamp = format_datetime(media.created.replace(microsecond=0))
        return {
            "sid": media.sid,
            "account_sid": account,
            "parent_sid": media.message_sid,
            "content_type": media.content_type,
            "date_created": stamp,
            "date_updated": stamp,
            "uri": f"/2010-04-01/Accounts/{account}/Messages/{media.message_sid}"
            f"/Media/{media.sid}.json",
        }


def _ascii(name: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in name)
