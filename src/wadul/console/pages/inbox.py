"""The inbox: list, conversation, ticket, live."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from nicegui import Client, background_tasks, ui
from starlette.requests import Request
from starlette.responses import Response

from wadul.console import present
from wadul.console.desk import Desk
from wadul.console.door import Door
from wadul.console.elements import Composer, Conversation, ConversationList, Panel, TicketSide
from wadul.console.live import OpenPage
from wadul.console.pages.frame import attempt, frame, say
from wadul.console.problems import sentence
from wadul.core.dates import local_date
from wadul.exceptions import NotFound, WadulError
from wadul.queries.inbox import InboxFilter, Tab, count_conversations, list_conversations
from wadul.queries.thread import PAGE, Thread, show_thread
from wadul.usecases.console_sessions import LoginRequired
from wadul.usecases.conversation_notes import add_note, mark_read
from wadul.usecases.operator_messages import send_text, try_again
from wadul.usecases.operators import (
    hand_back,
    prolong_leases,
    return_to_queue,
    take_over,
)

_LEASE_EVERY = 60.0  # seconds between signs of life


def register(door: Door) -> None:
    @ui.page("/")
    async def inbox(request: Request, client: Client) -> Response | None:
        return await _open(door, request, client, None)

    @ui.page("/percakapan/{conversation_id:uuid}")
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
    page = InboxPage(door, desk)
    with frame(desk, "Percakapan", "inbox"):
        page.build()
    await page.start(client, conversation_id)
    return None


class InboxPage:
    def __init__(self, door: Door, desk: Desk) -> None:
        self._door = door
        self._desk = desk
        self._filter = InboxFilter(tab=Tab.QUEUE)
        self._selected: UUID | None = None
        self._thread: Thread | None = None
        self._limit = PAGE
        self._open = OpenPage(desk.actor, self.refresh)

    def build(self) -> None:
        with ui.element("main").classes("inbox") as self._root:
            self._list = ConversationList()
            with ui.element("section").classes("middle"):
                self._conversation = Conversation()
                self._composer = Composer()
            self._side = TicketSide()
        self._list.show(rows=[], selected="", tab=self._filter.tab.value, counts={})
        self._composer.show(thread=None, now=self._now().isoformat())
        handlers: dict[str, Callable[..., Any]]
        handlers = {
            "select": self._on_select,
            "tab": self._on_tab,
            "search": self._on_search,
        }
        _listen(self._list, handlers)
        handlers = {
            "take": self._on_take,
            "back": self._on_back,
            "hand-back": self._on_hand_back,
            "release": self._on_release,
            "retry": self._on_retry,
            "older": self._on_older,
            "side": self._on_side,
        }
        _listen(self._conversation, handlers)
        handlers = {
            "send": self._on_send,
            "note": self._on_note,
            "typing": self._on_typing,
            "begin": self._on_begin,
        }
        _listen(self._composer, handlers)
        self._side.on("close", lambda: self._root.classes(remove="with-side"))

    async def start(self, client: Client, conversation_id: UUID | None) -> None:
        counts = await self._desk.look(count_conversations)
        if counts.mine:
            self._filter = InboxFilter(tab=Tab.MINE)
        elif not counts.queue:
            self._filter = InboxFilter(tab=Tab.ALL)
        if conversation_id is not None:
            await self._select(conversation_id, push=False)
        await self.refresh()
        self._door.live.add(self._open)
        follow = background_tasks.create(self._open.follow(), context=client)
        beat = background_tasks.create(self._beat(), context=client)

        def gone() -> None:
            self._door.live.remove(self._open)
            follow.cancel()
            beat.cancel()

        client.on_delete(gone)

    async def refresh(self) -> None:
        """Show how things are now."""
        try:
            await self._show_list()
            await self._show_thread()
        except LoginRequired as error:
            say(sentence(error), bad=True)
            here = f"/percakapan/{self._selected}" if self._selected else "/"
            ui.navigate.to(f"/masuk?lanjut={quote(here)}")

    async def _show_list(self) -> None:
        now, office = self._now(), self._desk.office
        rows = await self._desk.look(
            list_conversations, self._filter, today=local_date(now, office.timezone)
        )
        counts = await self._desk.look(count_conversations)
        typing = self._door.live.typing_in(office.id, self._desk.actor.user_id)
        self._list.show(
            rows=[
                present.row(
                    row, now=now, zone=office.zone, me=self._desk.actor.user_id, typing=typing
                )
                for row in rows
            ],
            counts={"mine": counts.mine, "queue": counts.queue, "waiting": counts.waiting},
            tab=self._filter.tab.value,
            selected=str(self._selected or ""),
        )

    async def _show_thread(self) -> None:
        if self._selected is None:
            return
        thread = await self._desk.look(show_thread, self._selected, limit=self._limit)
        news = self._thread is None or thread.last_inbound_at != self._thread.last_inbound_at
        self._thread = thread
        now, office = self._now(), self._desk.office
        shown = present.thread(thread, now=now, zone=office.zone, me=self._desk.actor.user_id)
        others = self._door.live.others_at(self._open, thread.id)
        self._conversation.show(
            thread=shown, others=[{"name": o.name, "typing": o.typing} for o in others]
        )
        head = {k: v for k, v in shown.items() if k not in ("entries", "tickets", "brief")}
        self._composer.show(thread=head, now=now.isoformat())
        self._side.show(tickets=shown["tickets"], thread=head)
        if news:
            await self._desk.act(mark_read, thread.id)

    async def _select(self, conversation_id: UUID, *, push: bool = True) -> None:
        self._selected, self._thread, self._limit = conversation_id, None, PAGE
        try:
            await self._show_thread()
        except NotFound:
            self._selected = None
            say("Percakapan ini tidak ada.", bad=True)
            return
        self._door.live.look_at(self._open, conversation_id)
        self._root.classes(add="with-thread")
        self._list.show(selected=str(conversation_id))
        if push:
            ui.navigate.history.push(f"/percakapan/{conversation_id}")

    async def _on_select(self, event: Any) -> None:
        await self._select(UUID(event.args))

    async def _on_back(self) -> None:
        """On a phone: from the conversation to the list."""
        self._selected = self._thread = None
        self._door.live.look_at(self._open, None)
        self._root.classes(remove="with-thread with-side")
        self._conversation.show(thread=None)
        self._composer.show(thread=None)
        self._list.show(selected="")
        ui.navigate.history.push("/")

    def _on_side(self) -> None:
        self._root.classes(toggle="with-side")

    async def _on_tab(self, event: Any) -> None:
        self._filter = InboxFilter(tab=Tab(event.args), text=self._filter.text)
        await self._show_list()

    async def _on_search(self, event: Any) -> None:
        text = str(event.args).strip()
        tab = Tab.ALL if text else self._filter.tab
        self._filter = InboxFilter(tab=tab, text=text)
        await self._show_list()

    async def _on_take(self, event: Any) -> None:
        force = bool(event.args)
        await self._do(take_over, now=self._now(), from_colleague=force)

    async def _on_begin(self) -> None:
        """The first keys of a reply take the conversation over."""
        if self._thread is not None and self._thread.owner_id is None:
            await self._do(take_over, now=self._now())
            say("Percakapan Anda ambil alih; bot tidak menjawab lagi.")

    async def _on_hand_back(self, event: Any) -> None:
        if await self._do(hand_back, note=str(event.args or "")[:1000], now=self._now()):
            say("Percakapan dikembalikan ke bot.")

    async def _on_release(self) -> None:
        if await self._do(return_to_queue, now=self._now()):
            say("Percakapan dikembalikan ke antrean.")

    async def _on_retry(self, event: Any) -> None:
        message_id = UUID(event.args)
        await attempt(self._desk, lambda: self._desk.act(try_again, message_id, now=self._now()))
        await self.refresh()

    async def _on_older(self) -> None:
        self._limit += PAGE
        await self._show_thread()

    async def _on_send(self, event: Any) -> None:
        request_id = str(event.args["request_id"])
        problem = ""
        try:
            await self._send(event.args)
        except LoginRequired as error:
            self._composer.run_method("failed", request_id, sentence(error))
            ui.navigate.to(f"/masuk?lanjut={quote(f'/percakapan/{self._selected}')}")
            return
        except WadulError as error:
            problem = sentence(error)
        if problem:
            self._composer.run_method("failed", request_id, problem)
        else:
            self._composer.run_method("sent", request_id)
        await self.refresh()

    async def _send(self, told: dict[str, Any]) -> None:
        if str(self._selected) != told["conversation_id"]:
            raise NotFound
        reply_to = told.get("reply_to")
        await self._desk.act(
            send_text,
            self._desk.office,
            UUID(told["conversation_id"]),
            str(told.get("text", "")),
            request_id=UUID(told["request_id"]),
            reply_to=UUID(reply_to) if reply_to else None,
            file_token=told.get("file_token") or None,
            file_base=self._file_base(),
            now=self._now(),
        )

    async def _on_note(self, event: Any) -> None:
        request_id = str(event.args["request_id"])
        try:
            named = await self._desk.act(
                add_note,
                UUID(event.args["conversation_id"]),
                str(event.args["text"]),
                now=self._now(),
            )
        except WadulError as error:
            self._composer.run_method("failed", request_id, sentence(error))
            return
        self._composer.run_method("sent", request_id)
        if named:
            say("Catatan disimpan; " + ", ".join(named) + " diberi tahu.")
        await self.refresh()

    def _on_typing(self) -> None:
        self._door.live.type(self._open)

    async def _do(self, use_case: Any, **keywords: Any) -> bool:
        if self._selected is None:
            return False
        selected = self._selected
        worked = await attempt(self._desk, lambda: self._desk.act(use_case, selected, **keywords))
        await self.refresh()
        return worked

    async def _beat(self) -> None:
        """While the page is open, the operator's hold lasts."""
        while True:
            await asyncio.sleep(_LEASE_EVERY)
            thread = self._thread
            if thread is None or thread.owner_id != self._desk.actor.user_id:
                continue
            with suppress(WadulError):
                await self._desk.act(prolong_leases, [thread.id], now=self._now())

    def _file_base(self) -> str:
        settings = self._desk.wadul.settings
        if settings.simulated:
            return f"http://127.0.0.1:{settings.console_port}/kirim/"
        return f"{settings.signed_url}/kirim/"

    def _now(self) -> datetime:
        return self._desk.wadul.clock.now()


def _listen(panel: Panel, handlers: Mapping[str, Callable[..., Any]]) -> None:
    for event, handler in handlers.items():
        panel.on(event, handler)
