"""The inbox: list, conversation, ticket; each pane keeps itself up to date."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import quote
from uuid import UUID

from nicegui import Client, background_tasks, ui
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wadul.console.desk import Desk
from wadul.console.door import Door
from wadul.console.live import CONVERSATION_PAUSE, OpenPage
from wadul.console.pages.errors import refused
from wadul.console.pages.frame import BUILD_SECONDS, frame, say
from wadul.console.pages.inbox_list import ListPane
from wadul.console.pages.inbox_thread import ThreadPane
from wadul.console.problems import sentence
from wadul.core.actors import Power
from wadul.queries.inbox import is_here
from wadul.usecases.console_sessions import LoginRequired


def register(door: Door) -> None:
    @ui.page("/", response_timeout=BUILD_SECONDS)
    async def inbox(request: Request, client: Client) -> Response | None:
        return await _open(door, request, client, None)

    @ui.page("/percakapan/{conversation_id:uuid}", response_timeout=BUILD_SECONDS)
    async def conversation(
        request: Request, client: Client, conversation_id: UUID
    ) -> Response | None:
        return await _open(door, request, client, conversation_id)


async def _open(
    door: Door, request: Request, client: Client, conversation_id: UUID | None
) -> Response | None:
    desk = await door.open(request)
    if not isinstance(desk, Desk):
        return desk
    if not desk.actor.may(Power.READ_CONVERSATIONS):
        return RedirectResponse("/latihan" if desk.actor.may(Power.TRAIN) else "/akun", 303)
    if conversation_id is not None and not await desk.look(is_here, conversation_id):
        return await refused(desk, f"percakapan {conversation_id}")
    page = InboxPage(door, desk)
    async with frame(door, desk, "Percakapan", "inbox", client):
        page.build()
        await page.start(client, conversation_id)
    return None


class InboxPage:
    def __init__(self, door: Door, desk: Desk) -> None:
        self.door = door
        self.desk = desk
        self.open = OpenPage(
            desk.actor,
            lambda: self._unless_logged_out(self.thread.refresh),
            lambda: self.thread.redraw(),
            pause=CONVERSATION_PAUSE,
            watching=True,
        )
        self._later: asyncio.Task[None] | None = None
        self._list_open = OpenPage(
            desk.actor,
            lambda: self._unless_logged_out(self.list.refresh),
            lambda: self.list.redraw(),
        )

    def build(self) -> None:
        with ui.element("main").classes("inbox") as self.root:
            self.list = ListPane(self)
            self.thread = ThreadPane(self)

    async def start(self, client: Client, conversation_id: UUID | None) -> None:
        await self.list.start()
        await self.thread.start()
        if conversation_id is not None:
            await self.select(conversation_id, push=False)
        await self.refresh()
        self.door.live.join(self.open, client)
        self.door.live.join(self._list_open, client)

    async def refresh(self) -> None:
        """Show how things are now."""
        self.door.live.forget()
        await self._unless_logged_out(self.list.refresh)
        await self._unless_logged_out(self.thread.refresh)

    async def _unless_logged_out(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except LoginRequired as error:
            say(sentence(error), bad=True)
            self.to_login()

    def later(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do it beside what is shown; what was to be done before and was not is dropped."""
        if self._later is not None:
            self._later.cancel()
        self._later = background_tasks.create(self._unless_logged_out(work))

    async def select(self, conversation_id: UUID, *, push: bool = True) -> None:
        if not await self.thread.select(conversation_id):
            return
        self.door.live.look_at(self.open, conversation_id)
        self.root.classes(add="with-thread", remove="with-side")
        self.list.mark(conversation_id)
        if push:
            ui.navigate.history.push(f"/percakapan/{conversation_id}")

    def close(self) -> None:
        """On a phone: back to the list."""
        self.thread.clear()
        self.door.live.look_at(self.open, None)
        self.root.classes(remove="with-thread with-side")
        self.list.mark(None)
        ui.navigate.history.push("/")

    def to_login(self) -> None:
        """What is written stays in the browser and is there again afterwards."""
        selected = self.thread.selected
        here = f"/percakapan/{selected}" if selected else "/"
        ui.navigate.to(f"/masuk?lanjut={quote(here)}")
