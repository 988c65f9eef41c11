"""The trainers' pages: which there are, and who may open them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from nicegui import Client, ui
from nicegui import app as pages_app
from starlette.requests import Request
from starlette.responses import Response

from wadul.console.desk import Desk
from wadul.console.door import Door
from wadul.console.pages import (
    training_answers,
    training_data,
    training_inbox,
    training_model,
    training_report,
)
from wadul.console.pages.errors import not_found
from wadul.console.pages.frame import BUILD_SECONDS, frame
from wadul.console.training_desk import TrainingDesk
from wadul.console.training_paste import Paste
from wadul.console.training_pictures import Pictures
from wadul.core.actors import Power

Build = Callable[[Desk, TrainingDesk, list[dict[str, str]], Client], Coroutine[Any, Any, None]]

PAGES: tuple[tuple[str, str, str, Build], ...] = (
    ("inbox", "Pesan", "/latihan", training_inbox.build),
    ("data", "Contoh", "/latihan/data", training_data.build),
    ("responses", "Jawaban", "/latihan/jawaban", training_answers.build_responses),
    ("services", "Layanan", "/latihan/layanan", training_answers.build_services),
    ("model", "Model", "/latihan/model", training_model.build),
    ("report", "Hasil", "/latihan/hasil", training_report.build),
)


def register(door: Door) -> None:
    training = TrainingDesk(door.wadul)
    pages_app.routes.extend(Paste(door, training).routes())
    pages_app.routes.extend(Pictures(door, training).routes())
    tabs = [{"key": key, "label": label, "href": path} for key, label, path, _ in PAGES]
    for _, label, path, build in PAGES:
        _register(door, training, tabs, label, path, build)


def _register(
    door: Door,
    training: TrainingDesk,
    tabs: list[dict[str, str]],
    label: str,
    path: str,
    build: Build,
) -> None:
    @ui.page(path, response_timeout=BUILD_SECONDS)
    async def page(request: Request, client: Client) -> Response | None:
        desk = await door.open(request)
        if not isinstance(desk, Desk):
            return desk
        if not desk.actor.may(Power.TRAIN):
            return not_found()
        async with _frame(door, desk, label, client):
            await build(desk, training, tabs, client)
        return None


@asynccontextmanager
async def _frame(door: Door, desk: Desk, label: str, client: Client) -> AsyncIterator[None]:
    ui.add_head_html('<link rel="stylesheet" href="/aset/training.css">')
    async with frame(door, desk, f"Latihan: {label}", "training", client):
        yield
