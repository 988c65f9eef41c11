"""Which pages are open, who looks at which conversation, and waking pages when data changed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import structlog
from nicegui import Client, background_tasks

from wadul.core.actors import Actor

log = structlog.get_logger()

TYPING_SECONDS = 6.0
_CLOSED_PAUSE = 0.5
_SHORTEST_PAUSE = 0.25  # between two refreshes of one page


@dataclass
class OpenPage:
    """One browser tab."""

    actor: Actor
    refresh: Callable[[], Awaitable[None]]
    connected: Callable[[], bool] = lambda: True  # a closed tab is not refreshed
    key: UUID = field(default_factory=uuid4)
    conversation_id: UUID | None = None
    typing_until: float = 0.0  # monotonic
    active_at: float = field(default_factory=time.monotonic)
    dirty: asyncio.Event = field(default_factory=asyncio.Event)

    async def follow(self) -> None:
        """Refresh whenever something changed, but not more often than a person can see."""
        while True:
            await self.dirty.wait()
            self.dirty.clear()
            if not self.connected():
                await asyncio.sleep(_CLOSED_PAUSE)
                self.dirty.set()  # it may come back
                continue
            try:
                await self.refresh()
            except Exception as error:  # a page that fails once goes on living
                log.error("A page could not be refreshed.", action="refresh_failed", exc_info=error)
            await asyncio.sleep(_SHORTEST_PAUSE)


@dataclass(frozen=True)
class Colleague:
    user_id: UUID
    name: str
    typing: bool


class Live:
    """All of one process; presence is kept in memory only."""

    def __init__(self) -> None:
        self._pages: dict[UUID, OpenPage] = {}
        self.generation = 0  # counts changes, so that equal queries are asked once

    def join(self, page: OpenPage, client: Client, *others: Coroutine[Any, Any, None]) -> None:
        """Keep a page up to date, and run its other tasks, for as long as it is open."""
        page.connected = lambda: client.has_socket_connection
        self._pages[page.key] = page
        tasks = [background_tasks.create(task, context=client) for task in (page.follow(), *others)]

        def gone() -> None:
            self._pages.pop(page.key, None)
            for task in tasks:
                task.cancel()
            self.tell(page.actor.office_id)

        client.on_connect(page.dirty.set)
        client.on_delete(gone)

    def changed(self) -> None:
        """Something in the database changed."""
        self.generation += 1
        for page in self._pages.values():
            page.dirty.set()

    def tell(self, office_id: str) -> None:
        """Presence of somebody in this office changed."""
        for page in self._pages.values():
            if page.actor.office_id == office_id:
                page.dirty.set()

    def look_at(self, page: OpenPage, conversation_id: UUID | None) -> None:
        page.conversation_id = conversation_id
        page.typing_until = 0.0
        self.tell(page.actor.office_id)

    def type(self, page: OpenPage) -> None:
        """Called with every few keystrokes."""
        before = page.typing_until
        page.typing_until = time.monotonic() + TYPING_SECONDS
        office_id = page.actor.office_id
        if before < time.monotonic():
            self.tell(office_id)
        asyncio.get_running_loop().call_later(TYPING_SECONDS + 0.1, self.tell, office_id)

    def others_at(self, page: OpenPage, conversation_id: UUID) -> list[Colleague]:
        """Colleagues with the same conversation open."""
        now = time.monotonic()
        found: dict[UUID, Colleague] = {}
        for other in self._of_office(page.actor.office_id):
            if (
                other.conversation_id != conversation_id
                or other.actor.user_id == page.actor.user_id
            ):
                continue
            typing = other.typing_until > now
            known = found.get(other.actor.user_id)
            found[other.actor.user_id] = Colleague(
                other.actor.user_id, other.actor.full_name, typing or bool(known and known.typing)
            )
        return list(found.values())

    def typing_in(self, office_id: str, except_user: UUID) -> dict[UUID, str]:
        """Who is typing, by conversation."""
        now = time.monotonic()
        return {
            page.conversation_id: page.actor.full_name
            for page in self._of_office(office_id)
            if page.conversation_id is not None
            and page.typing_until > now
            and page.actor.user_id != except_user
        }

    def present(self, office_id: str) -> set[UUID]:
        """People with a page open."""
        return {page.actor.user_id for page in self._of_office(office_id)}

    def _of_office(self, office_id: str) -> list[OpenPage]:
        return [
            page
            for page in self._pages.values()
            if page.actor.office_id == office_id and page.connected()
        ]
