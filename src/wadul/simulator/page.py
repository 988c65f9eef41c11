"""The page's own interface: one state to start from, one stream of changes, and the acts.

Every act needs the header `X-Simulator`, which a page of another origin cannot send unasked.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from wadul.settings import Settings
from wadul.simulator.faults import MediaDefect, SendFault
from wadul.simulator.moved_clock import read_offset, write_offset
from wadul.simulator.offices import OfficeNumber
from wadul.simulator.phone import Phone, kind_of
from wadul.simulator.rest_messages import ADDRESS
from wadul.simulator.samples import PHRASES, PLACES, Sample, samples
from wadul.simulator.world import (
    QUEUE_LENGTH,
    Direction,
    Message,
    Resident,
    World,
    new_user_id,
)

UPLOAD_LIMIT = 32 * 1024 * 1024  # above WhatsApp's 16 MB, so that too large a file can be tried
BEAT_SECONDS = 10.0
SHOWN_INLINE = ("image/jpeg", "image/png", "image/webp", "image/gif", "audio/", "video/")


class Page:
    def __init__(
        self, settings: Settings, world: World, phone: Phone, offices: list[OfficeNumber]
    ) -> None:
        self._settings = settings
        self._world = world
        self._phone = phone
        self._offices = offices

    def routes(self) -> list[Route]:
        acts = {
            "residents": self.add_resident,
            "resident": self.change_resident,
            "text": self.text,
            "sample": self.sample,
            "upload": self.upload,
            "location": self.location,
            "tap": self.tap,
            "again": self.again,
            "forge": self.forge,
            "clock": self.clock,
            "faults": self.faults,
        }
        return [
            Route("/sim/state", self.state),
            Route("/sim/events", self.events),
            Route("/sim/media/{media}", self.media),
            Route("/sim/samples/{key}", self.sample_file),
            *(Route(f"/sim/{name}", act, methods=["POST"]) for name, act in acts.items()),
        ]

    async def state(self, _: Request) -> Response:
        world = self._world
        return JSONResponse(
            {
                "offices": [{"address": o.address, "name": o.name} for o in self._offices],
                "residents": [r.as_json() for r in world.residents.values()],
                "messages": [m.as_json() for m in world.messages.values()],
                "log": list(world.log),
                "faults": world.faults.as_json(),
                "clock": self._clock(),
                "samples": [
                    {"key": s.key, "title": s.title, "kind": s.kind} for s in samples().values()
                ],
                "places": PLACES,
                "phrases": PHRASES,
                "gateway_port": self._settings.gateway_port,
            }
        )

    async def events(self, _: Request) -> Response:
        return StreamingResponse(
            self._stream(), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    async def _stream(self) -> AsyncIterator[str]:
        queue: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue(QUEUE_LENGTH)
        self._world.watchers.add(queue)
        try:
            yield "retry: 1000\n\n"
            while True:
                try:
                    event = await asyncio.wait_for(queue.get(), BEAT_SECONDS)
                except TimeoutError:
                    event = {"type": "clock", "clock": self._clock()}
                if event is None:
                    return
                yield f"data: {json.dumps(event)}\n\n"
        finally:
            self._world.watchers.discard(queue)

    async def media(self, request: Request) -> Response:
        """A file for the phone's screen, however broken it is for the office."""
        media = self._world.media.get(request.path_params["media"])
        if media is None:
            raise HTTPException(404)
        return _file(media.data, media.content_type, media.filename)

    async def sample_file(self, request: Request) -> Response:
        sample = samples().get(request.path_params["key"])
        if sample is None:
            raise HTTPException(404)
        return _file(sample.data, sample.content_type, sample.filename)

    async def add_resident(self, request: Request) -> Response:
        body = await _body(request)
        name = str(body.get("name") or "").strip()[:60] or "Warga baru"
        hidden = bool(body.get("hidden"))
        number = normal_number(str(body.get("number") or ""))
        if not number and not hidden:
            raise HTTPException(422, "Nomor HP belum benar. Contoh: 0812 3456 7890.")
        resident = Resident(name=name, number=number, user_id=new_user_id(), hidden=hidden)
        if resident.address in self._world.residents:
            raise HTTPException(422, "Nomor itu sudah ada di daftar warga.")
        self._world.add_resident(resident)
        return JSONResponse(resident.as_json(), 201)

    async def change_resident(self, request: Request) -> Response:
        """Switch the phone on or off, or the blue ticks."""
        body = await _body(request)
        resident = self._resident(body)
        if "read_receipts" in body:
            resident.read_receipts = bool(body["read_receipts"])
        if "offline" in body:
            resident.offline = bool(body["offline"])
            if resident.offline:
                resident.back_online.clear()
            else:
                resident.back_online.set()
        self._world.publish({"type": "resident", "resident": resident.as_json()})
        return JSONResponse(resident.as_json())

    async def text(self, request: Request) -> Response:
        body = await _body(request)
        text = str(body.get("text") or "")
        reply_to = str(body.get("reply_to") or "")
        resident, office = self._resident(body), self._office(body)
        return _sent(await self._phone.text(resident, office, text, reply_to))

    async def sample(self, request: Request) -> Response:
        body = await _body(request)
        sample = samples().get(str(body.get("key")))
        if sample is None:
            raise HTTPException(404)
        caption = str(body.get("caption") or "")
        resident, office = self._resident(body), self._office(body)
        return _sent(await self._phone.file(resident, office, sample, caption))

    async def upload(self, request: Request) -> Response:
        """The file is the body; who sends it and its name are in the query."""
        _guard(request)
        query = dict(request.query_params)
        resident, office = self._resident(query), self._office(query)
        content_type = request.headers.get("content-type") or "application/octet-stream"
        data = bytearray()
        async for chunk in request.stream():
            data += chunk
            if len(data) > UPLOAD_LIMIT:
                raise HTTPException(413, "Berkas lebih dari 32 MB.")
        name = query.get("name", "berkas")[:120]
        file = Sample("upload", name, kind_of(content_type), content_type, name, bytes(data))
        return _sent(await self._phone.file(resident, office, file, query.get("caption", "")))

    async def location(self, request: Request) -> Response:
        body = await _body(request)
        given: dict[str, Any] = body.get("place") or {}
        try:
            place = {"lat": float(given["lat"]), "lon": float(given["lon"])}
        except (KeyError, TypeError, ValueError):
            raise HTTPException(422, "Lintang dan bujur harus angka.") from None
        if not (abs(place["lat"]) <= 90 and abs(place["lon"]) <= 180):
            raise HTTPException(422, "Lintang atau bujur di luar bumi.")
        words = {k: str(given.get(k) or "") for k in ("label", "address")}
        resident, office = self._resident(body), self._office(body)
        return _sent(await self._phone.location(resident, office, place | words))

    async def tap(self, request: Request) -> Response:
        body = await _body(request)
        asked = self._world.messages.get(str(body.get("sid")))
        if asked is None:
            raise HTTPException(404)
        resident = self._world.resident(asked.address)
        try:
            return _sent(await self._phone.tap(resident, asked, str(body.get("value"))))
        except LookupError:
            raise HTTPException(404) from None

    async def again(self, request: Request) -> Response:
        """Repeat one webhook, or the last one; `times` at once."""
        body = await _body(request)
        message = self._world.messages.get(str(body.get("sid"))) or self._last_inbound()
        if message is None or not message.form:
            raise HTTPException(409, "Belum ada pesan yang bisa diulang.")
        times = min(max(int(body.get("times") or 1), 1), 10)
        answers = await asyncio.gather(*(self._phone.again(message) for _ in range(times)))
        return JSONResponse({"answers": [a.status for a in answers]})

    async def forge(self, request: Request) -> Response:
        body = await _body(request)
        answer = await self._phone.forged(self._resident(body), self._office(body))
        return JSONResponse({"status": answer.status})

    async def clock(self, request: Request) -> Response:
        body = await _body(request)
        seconds = 0.0
        if not body.get("reset"):
            try:
                seconds = read_offset(self._settings.var_dir) + float(body["move"])
            except (KeyError, TypeError, ValueError):
                raise HTTPException(422, "Berapa detik jam digeser?") from None
        write_offset(self._settings.var_dir, seconds)
        self._world.publish({"type": "clock", "clock": self._clock()})
        return JSONResponse(self._clock())

    async def faults(self, request: Request) -> Response:
        body = await _body(request)
        faults = self._world.faults
        try:
            if "send" in body:
                faults.send = SendFault(body["send"])
                faults.remaining = min(max(int(body.get("remaining", 1)), 0), 1000)
            if "media" in body:
                faults.media = MediaDefect(body["media"])
            if "slow" in body:
                faults.slow = min(max(float(body["slow"]), 0.0), 120.0)
            if "chaos" in body:
                faults.chaos = bool(body["chaos"])
        except (TypeError, ValueError):
            raise HTTPException(422, "Gangguan itu tidak dikenal.") from None
        self._world.publish({"type": "faults", "faults": faults.as_json()})
        return JSONResponse(faults.as_json())

    def _clock(self) -> dict[str, Any]:
        return {
            "offset": read_offset(self._settings.var_dir),
            "now": self._world.clock.now().isoformat(),
        }

    def _resident(self, body: dict[str, Any]) -> Resident:
        address = str(body.get("address") or "")
        if not ADDRESS.fullmatch(address):
            raise HTTPException(422, "Pilih dulu warganya.")
        return self._world.resident(address)

    def _office(self, body: dict[str, Any]) -> str:
        address = str(body.get("office") or self._offices[0].address)
        if address not in [o.address for o in self._offices]:
            raise HTTPException(422, "Nomor kantor itu tidak ada.")
        return address

    def _last_inbound(self) -> Message | None:
        found = [m for m in self._world.messages.values() if m.direction is Direction.inbound]
        return found[-1] if found else None


def normal_number(raw: str) -> str:
    """`0812-3456 7890`, `62812…` or `+62812…` as E.164; '' if it is none of them."""
    digits = "".join(c for c in raw if c.isdecimal() and c.isascii())
    if digits.startswith("0"):
        digits = "62" + digits[1:]
    number = "+" + digits
    return number if ADDRESS.fullmatch("whatsapp:" + number) else ""


def _guard(request: Request) -> None:
    if "x-simulator" not in request.headers:
        raise HTTPException(403)


async def _body(request: Request) -> dict[str, Any]:
    _guard(request)
    try:
        body = json.loads(await request.body() or b"{}")
    except ValueError:
        raise HTTPException(400) from None
    if not isinstance(body, dict):
        raise HTTPException(400)
    return body


def _sent(message: Message) -> Response:
    return JSONResponse(message.as_json(), 201)


def _file(data: bytes, content_type: str, name: str) -> Response:
    """Pictures, sound and film open in the page; everything else is only ever downloaded."""
    inline = content_type.startswith(SHOWN_INLINE)
    way = "inline" if inline else "attachment"
    headers = {
        "Content-Disposition": f"{way}; filename*=UTF-8''{quote(name)}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return Response(
        data,
        media_type=content_type if inline else "application/octet-stream",
        headers=headers,
    )
