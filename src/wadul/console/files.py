"""Files through the browser: what residents sent, what operators send, what the provider fetches.

The type is always decided by the content, and whatever could run in a browser is only downloaded.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from wadul.bootstrap import Wadul
from wadul.console.desk import Desk
from wadul.console.door import Door
from wadul.console.fingerprints import fingerprint
from wadul.console.problems import sentence
from wadul.console.tickets_shown import ANOTHER
from wadul.exceptions import NotFound, WadulError
from wadul.media import MediaStore, content_type_of
from wadul.queries.files import (
    StoredFile,
    find_attachment,
    find_by_token,
    find_proof,
    find_sent_file,
)
from wadul.usecases.outgoing_files import keep_file
from wadul.usecases.proofs import NewProof, add_proof, begin_proof

UPLOAD_LIMIT = 16 * 1_048_576
_INLINE = re.compile(r"image/(jpeg|png|webp)|(audio|video)/[\w.-]+|application/pdf")
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_ORDINARY_BODY = 64 * 1024  # what a form adds around a file


@dataclass(frozen=True)
class Received:
    """An upload; the type by content."""

    path: Path
    name: str
    content_type: str | None
    sha256: str
    size: int
    version: int  # of the ticket it is for


class Files:
    def __init__(self, wadul: Wadul, door: Door) -> None:
        self._wadul = wadul
        self._door = door
        self._store = MediaStore(wadul.settings.media_store)

    def routes(self) -> list[Route]:
        return [
            Route("/lampiran/{id:uuid}", self.attachment),
            Route("/kiriman/{id:uuid}", self.sent),
            Route("/bukti/{id:uuid}", self.proof),
            Route("/kirim/{token}", self.fetched),
            Route("/unggah", self.upload, methods=["POST"]),
            Route("/laporan/{number}/bukti", self.add_proof, methods=["POST"]),
        ]

    async def attachment(self, request: Request) -> Response:
        return await self._for_person(request, find_attachment)

    async def sent(self, request: Request) -> Response:
        return await self._for_person(request, find_sent_file)

    async def proof(self, request: Request) -> Response:
        return await self._for_person(request, find_proof)

    async def fetched(self, request: Request) -> Response:
        try:
            found = await self._door.reader.run(
                find_by_token, request.path_params["token"], self._door.wadul.clock.now()
            )
        except NotFound:
            raise HTTPException(404) from None
        return await self._answer(request, found)

    async def upload(self, request: Request) -> Response:
        """One file in the form field `berkas`; answers {id, name, type, url}."""
        desk = await self._door.desk(request)
        if desk is None:
            return JSONResponse({"problem": "Sesi Anda sudah berakhir."}, 401)
        try:
            return JSONResponse(await self._keep(request, desk))
        except WadulError as error:
            return JSONResponse({"problem": sentence(error)}, 422)

    async def add_proof(self, request: Request) -> Response:
        """A file in `berkas` for the ticket as shown in version `versi`; answers {warning}."""
        desk = await self._door.desk(request)
        if desk is None:
            return JSONResponse({"problem": "Sesi Anda sudah berakhir."}, 401)
        try:
            return JSONResponse({"warning": await self._prove(request, desk)})
        except WadulError as error:
            return JSONResponse({"problem": sentence(error)}, 422)

    async def _keep(self, request: Request, desk: Desk) -> dict[str, Any]:
        async with self._received(request) as file:
            kept = await desk.act(
                keep_file,
                name=file.name,
                content_type=file.content_type,
                sha256=file.sha256,
                size=file.size,
                now=self._wadul.clock.now(),
            )
            await asyncio.to_thread(self._store.save, file.path, file.sha256)
        return {
            "id": str(kept.id),
            "name": kept.name,
            "type": kept.content_type,
            "url": f"/kiriman/{kept.id}",
            "token": kept.token,
        }

    async def _prove(self, request: Request, desk: Desk) -> str:
        number = str(request.path_params["number"])
        async with self._received(request) as file:
            unknown = await desk.act(begin_proof, number, file.content_type, version=file.version)
            photos = await self._fingerprints(unknown)
            with file.path.open("rb") as opened:
                print_ = await asyncio.to_thread(fingerprint, opened)
            await asyncio.to_thread(self._store.save, file.path, file.sha256)
            matches = await desk.act(
                add_proof,
                number,
                NewProof(file.name, file.content_type, file.sha256, file.size, print_),
                version=file.version,
                complaint_photos=photos,
                now=self._wadul.clock.now(),
            )
        if not matches:
            return ""
        alike = ", ".join(
            f"{'bukti' if match.proof else 'foto laporan'} {match.number or ANOTHER}"
            for match in matches
        )
        return f"Foto ini sangat mirip dengan {alike}. Kemiripan ini tercatat di laporan."

    async def _fingerprints(self, hashes: list[str]) -> dict[str, str]:
        found = {}
        for sha256 in hashes:
            try:
                with self._store.open(sha256) as file:
                    print_ = await asyncio.to_thread(fingerprint, file)
            except FileNotFoundError:
                continue
            if print_ is not None:
                found[sha256] = print_
        return found

    @asynccontextmanager
    async def _received(self, request: Request) -> AsyncIterator[Received]:
        """The one uploaded file, on disk until the end. Raises `_TooBig`."""
        length = request.headers.get("content-length", "")
        if not length.isdigit():
            raise HTTPException(411)
        if int(length) > UPLOAD_LIMIT + _ORDINARY_BODY:
            raise _TooBig
        async with request.form(max_files=1, max_fields=2) as form:
            file = form.get("berkas")
            if not isinstance(file, UploadFile):
                raise HTTPException(400)
            version = str(form.get("versi", ""))
            with tempfile.TemporaryDirectory(prefix="wadul-") as folder:
                path = Path(folder) / "file"
                sha256, size = await asyncio.to_thread(_copy, file, path)
                kind = await asyncio.to_thread(content_type_of, path)
                yield Received(
                    path,
                    file.filename or "",
                    kind,
                    sha256,
                    size,
                    int(version) if version.isdigit() else 0,
                )

    async def _for_person(self, request: Request, find: Any) -> Response:
        desk = await self._door.desk(request)
        if desk is None:
            raise HTTPException(404)
        try:
            found = await desk.look(find, UUID(str(request.path_params["id"])))
        except WadulError:
            raise HTTPException(404) from None
        return await self._answer(request, found)

    async def _answer(self, request: Request, found: StoredFile) -> Response:
        try:
            content = await asyncio.to_thread(self._read, found.sha256)
        except FileNotFoundError:
            raise HTTPException(404) from None
        inline = _INLINE.fullmatch(found.content_type)
        way, name = "inline" if inline else "attachment", quote(found.name)
        headers = {
            "Content-Disposition": f"{way}; filename*=UTF-8''{name}",
            "Content-Security-Policy": "default-src 'none'; sandbox; style-src 'unsafe-inline'",
            "X-Content-Type-Options": "nosniff",
            "Accept-Ranges": "bytes",
        }
        kind = found.content_type if inline else "application/octet-stream"
        part = _wanted_part(request.headers.get("range"), len(content))
        if part is None:
            return Response(content, media_type=kind, headers=headers)
        start, end = part
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{len(content)}"
        return Response(content[start:end], 206, media_type=kind, headers=headers)

    def _read(self, sha256: str) -> bytes:
        with self._store.open(sha256) as file:
            return file.read()


class _TooBig(WadulError):
    """The file is too big."""

    code = "too_big"
    sentence = "Berkas terlalu besar: paling besar 16 MB."


def _copy(file: UploadFile, to: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with to.open("wb") as target:
        while chunk := file.file.read(1_048_576):
            digest.update(chunk)
            size += len(chunk)
            if size > UPLOAD_LIMIT:
                raise _TooBig
            target.write(chunk)
    return digest.hexdigest(), size


def _wanted_part(header: str | None, length: int) -> tuple[int, int] | None:
    """Start and end (exclusive); None for all of it. Players ask for parts to jump ahead."""
    match = _RANGE.fullmatch(header or "")
    if match is None or not any(match.groups()):
        return None
    first, last = match.groups()
    if not first:
        return max(0, length - int(last)), length
    start = int(first)
    end = min(int(last) + 1 if last else length, length)
    return (start, end) if start < end else None
