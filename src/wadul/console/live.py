"""Which pages are open, who looks at which conversation, and waking pages when data changed.

A page is woken by what concerns it: a conversation when it changed itself, all lists together at
most every so often, so that they share what is asked for them, presence without asking the
database. So 50 open consoles stay quick.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import structlog
from nicegui import Client, background_tasks, ui

from wadul.core.actors import Actor
from wadul.usecases.console_sessions import LoginRequired

log = structlog.get_logger()

TYPING_SECONDS = 6.0
CONVERSATION_PAUSE, LIST_PAUSE, RAIL_PAUSE = 0.2, 0.1, 1.5  # s between two refreshes
BEAT = 0.5  # s between two times that all lists are told of changes
QUIET = 15.0  # s without changes, after which lists are told all the same: time passes too
_CLOSED_PAUSE = 0.5
AGAIN = 30.0  # s, after which an open conversation is read anew: no mark tells of a new name
_AGAIN_AT_ONCE = 4  # not all together, they would wait for each other
_LATE_TIMES, _LATE_MOST = 10.0, 4.0  # lists wait so many times as long as a beat was late; s
_MANY = 150  # open parts of pages (three of an inbox), from which on lists come more slowly


def to_login() -> None:
    """What is on the page was shown to somebody who is no longer logged in.

    The browser knows best where to come back to.
    """
    here = "encodeURIComponent(location.pathname + location.search)"
    ui.run_javascript(f"location.href = '/masuk?lanjut=' + {here}")


@dataclass
class OpenPage:
    """A part of a browser tab that keeps itself up to date.

    `refresh` asks the database, `redraw` only shows anew who is there. With `watching` only the
    conversation `conversation_id` is of interest.
    """

    actor: Actor
    refresh: Callable[[], Awaitable[None]]
    redraw: Callable[[], None] = lambda: None
    leave: Callable[[], None] = to_login
    pause: float = LIST_PAUSE
    watching: bool = False
    connected: Callable[[], bool] = lambda: True  # a closed tab is not refreshed
    crowd: Callable[[], float] = lambda: 1.0  # how much longer to pause while many are open
    key: UUID = field(default_factory=uuid4)
    conversation_id: UUID | None = None
    typing_until: float = 0.0  # monotonic
    told_at: float = field(default_factory=time.monotonic)
    stale: bool = False
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    def touch(self) -> None:
        """The data changed."""
        self.told_at = time.monotonic()
        self.stale = True
        self.woken.set()

    async def follow(self) -> None:
        while True:
            await self.woken.wait()
            if not self.connected():
                await asyncio.sleep(_CLOSED_PAUSE)  # it may come back
                continue
            self.woken.clear()
            stale, self.stale = self.stale, False
            try:
                if stale:
                    await self.refresh()
                else:
                    self.redraw()
            except LoginRequired:
                self.leave()
            except Exception as error:  # a page that fails once goes on living
                log.error("A page could not be refreshed.", action="refresh_failed", exc_info=error)
            await asyncio.sleep(self.pause * self.crowd())


@dataclass(frozen=True)
class Colleague:
    user_id: UUID
    name: str
    typing: bool


class Live:
    """All of one process; presence is kept in memory only."""

    def __init__(self, quiet: float = QUIET) -> None:
        self._quiet = quiet
        self._pages: dict[UUID, OpenPage] = {}
        self.generation = 0  # counts beats with changes, so that equal queries are asked once
        self._due = asyncio.Event()

    def join(self, page: OpenPage, client: Client) -> None:
        """Keep a page up to date for as long as it is open."""
        page.connected = lambda: client.has_socket_connection
        if not page.watching:
            page.crowd = self._crowd
        self._pages[page.key] = page
        following = background_tasks.create(page.follow(), context=client)

        def gone() -> None:
            self._pages.pop(page.key, None)
            following.cancel()
            self.tell(page.actor.office_id)

        client.on_connect(page.touch)
        client.on_delete(gone)

    def open_conversations(self) -> set[tuple[str, UUID]]:
        """(office, conversation) that somebody looks at."""
        return {(page.actor.office_id, conversation) for conversation, page in self._watching()}

    def changed(self, conversations: Collection[UUID]) -> None:
        """Something in the database changed; of the open conversations, these."""
        looked_at = list(self._watching())
        for conversation_id, page in looked_at:
            if conversation_id in conversations:
                page.touch()
        before = time.monotonic() - AGAIN
        overdue = [page for _, page in looked_at if page.told_at < before]
        for page in sorted(overdue, key=lambda page: page.told_at)[:_AGAIN_AT_ONCE]:
            page.touch()
        self._due.set()

    def _watching(self) -> Iterator[tuple[UUID, OpenPage]]:
        for page in self._pages.values():
            if page.watching and page.conversation_id is not None and page.connected():
                yield page.conversation_id, page

    async def beat(self) -> None:
        """Tell the lists of changes, until cancelled.

        In quiet times too: minutes of waiting go up, and a name that no mark tells is seen.
        Where the machine is late with its work, lists wait longer than conversations do.
        """
        late = 0.0
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._due.wait(), self._quiet)
            self._due.clear()
            self.forget()
            for page in self._pages.values():
                if not page.watching:
                    page.touch()
            pause = BEAT * self._crowd() + min(_LATE_TIMES * late, _LATE_MOST)
            began = time.monotonic()
            await asyncio.sleep(pause)
            late = time.monotonic() - began - pause

    def forget(self) -> None:
        """Somebody changed something here and wants to see it: shared answers are asked anew."""
        self.generation += 1

    def _crowd(self) -> float:
        return max(1.0, len(self._pages) / _MANY)

    def tell(self, office_id: str) -> None:
        """Presence of somebody in this office changed."""
        for page in self._pages.values():
            if page.actor.office_id == office_id:
                page.woken.set()

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
        asyncio.get_running_loop().call_later(TYPING_SECONDS + 0.1, self._stopped, page)

    def _stopped(self, page: OpenPage) -> None:
        if page.typing_until <= time.monotonic():
            self.tell(page.actor.office_id)

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
