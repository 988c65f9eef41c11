"""Pictures of models, for trainers only."""

from __future__ import annotations

import re

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from wadul.console.door import Door
from wadul.console.training_desk import TrainingDesk
from wadul.core.actors import Power

_NAME = re.compile(r"[A-Za-z0-9_.-]+-(?:confusion|calibration)\.(?P<kind>svg|png)")
_TYPES = {"svg": "image/svg+xml", "png": "image/png"}


class Pictures:
    def __init__(self, door: Door, training: TrainingDesk) -> None:
        self._door = door
        self._models = training.project.models

    def routes(self) -> list[Route]:
        return [Route("/latihan/gambar/{name}", self.picture)]

    async def picture(self, request: Request) -> Response:
        desk = await self._door.desk(request)
        match = _NAME.fullmatch(request.path_params["name"])
        if desk is None or not desk.actor.may(Power.TRAIN) or match is None:
            raise HTTPException(404)
        path = self._models / match[0]
        if not path.is_file():
            raise HTTPException(404)
        # styles of the picture are its own; nothing in it may run
        policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
        return FileResponse(
            path,
            media_type=_TYPES[match["kind"]],
            headers={"Content-Security-Policy": policy},
        )
