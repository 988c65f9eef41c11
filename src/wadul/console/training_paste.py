"""Many examples at once: the pasted lines come as a body, are sorted out, and only then written.

`POST /latihan/tempel?label=…` tells what would happen; with `tulis=DIGEST` (of the preview) the
same lines are written, if the file is still as the preview saw it.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from wadul.console import training_words
from wadul.console.door import Door
from wadul.console.training_desk import TrainingDesk
from wadul.core.actors import Power
from wadul.exceptions import WadulError
from wadul.training import corpus, files
from wadul.usecases.training_log import note_training

LIMIT = 16 * 1_048_576  # bytes; far more than ten thousand messages
_SHOWN = 30


class Paste:
    def __init__(self, door: Door, training: TrainingDesk) -> None:
        self._door = door
        self._training = training

    def routes(self) -> list[Route]:
        return [Route("/latihan/tempel", self.paste, methods=["POST"])]

    async def paste(self, request: Request) -> Response:
        desk = await self._door.desk(request)
        if desk is None or not desk.actor.may(Power.TRAIN):
            return JSONResponse({"problem": "Sesi Anda sudah berakhir. Masuk kembali."}, 401)
        label = request.query_params.get("label", "")
        digest = request.query_params.get("tulis", "")
        with tempfile.TemporaryDirectory(prefix="wadul-paste-") as folder:
            lines = Path(folder) / "lines"
            if not await _received(request, lines):
                return JSONResponse(
                    {"problem": "Terlalu banyak sekaligus: paling banyak 16 MB."}, 413
                )
            try:
                async with self._training.writing:
                    told = await asyncio.to_thread(self._add, label, lines, digest)
                if digest and told["new"]:
                    await desk.act(
                        note_training,
                        "examples_added",
                        label,
                        details={"count": told["new"]},
                        now=desk.now(),
                    )
            except WadulError as error:
                return JSONResponse({"problem": training_words.told(error)}, 422)
        return JSONResponse(told)

    def _add(self, label: str, lines: Path, digest: str) -> dict[str, Any]:
        project = self._training.project
        preview = corpus.add(project, label, _lines(lines), dry_run=True)
        shown = project.shown(preview.path)
        seen = {shown: digest} if digest and digest != "-" else None
        done = preview
        if digest:
            done = corpus.add(project, label, _lines(lines), seen=seen)
        return {
            "file": shown,
            "digest": files.read(preview.path).digest or "-",
            "written": bool(digest),
            "new": len(done.new),
            "known": done.known,
            "masked": done.masked,
            "refused": len(done.refused),
            "elsewhere": [
                {"text": text, "place": corpus.place_of(project, other)}
                for text, other in done.elsewhere[:_SHOWN]
            ],
            "elsewhere_count": len(done.elsewhere),
            "first": list(done.new[:_SHOWN]),
        }


async def _received(request: Request, path: Path) -> bool:
    """The body on disk, piece by piece; False if it is too long."""
    size = 0
    with path.open("wb") as file:
        async for chunk in request.stream():
            size += len(chunk)
            if size > LIMIT:
                return False
            file.write(chunk)
    return True


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", errors="replace") as file:
        yield from file
