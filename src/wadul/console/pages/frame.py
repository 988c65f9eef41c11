"""What every page has: head, rail with notices, and errors told in words."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from nicegui import Client, ui

from wadul.console import present, words
from wadul.console.desk import Desk
from wadul.console.door import Door
from wadul.console.elements import Announcer, Rail
from wadul.console.live import RAIL_PAUSE, OpenPage
from wadul.console.problems import sentence
from wadul.core.actors import ON_DUTY_ROLES, Power
from wadul.core.states import NoticeKind
from wadul.exceptions import WadulError
from wadul.queries.board import Board
from wadul.queries.inbox_rows import InboxRow
from wadul.queries.reference import NoticeRow, list_notices
from wadul.usecases.console_sessions import LoginRequired
from wadul.usecases.conversation_notes import see_notices
from wadul.usecases.linked_accounts import list_linked
from wadul.usecases.operators import change_duty, prolong_leases

BUILD_SECONDS = 30.0  # a page that waits for a busy database is still built
HEAD = '<link rel="stylesheet" href="/aset/console.css"><meta name="theme-color" content="#23563f">'


@asynccontextmanager
async def frame(
    door: Door, desk: Desk, title: str, active: str, client: Client
) -> AsyncIterator[RailOfPage]:
    """The page's body goes inside; `active` names the rail's item."""
    ui.add_head_html(HEAD)
    ui.page_title(f"{title} · Wadul")
    with ui.element("div").classes("shell"):
        rail = RailOfPage(door, desk, active)
        await rail.start(client)
        yield rail


class RailOfPage:
    """Navigation, duty, notices and news from residents; keeps itself up to date."""

    def __init__(self, door: Door, desk: Desk, active: str) -> None:
        self._door = door
        self._desk = desk
        self._heard = desk.now()
        self._rail = Rail()
        self._rail.show(
            active=active,
            items=_items(desk),
            name=desk.actor.full_name,
            initials=present.initials(desk.actor.full_name),
            role=words.ROLES[desk.actor.role],
            office=desk.office.name,
            offices=[],
            can_duty=desk.actor.role in ON_DUTY_ROLES,
            on_duty=desk.actor.on_duty,
            open=desk.office.is_open(desk.now()),
            notices=[],
            unread=0,
        )
        self._rail.on("duty", self._on_duty)
        self._rail.on("notices-seen", self._on_seen)
        self._announcer = Announcer()
        self._announcer.show(asks=active == "inbox", drafts=active in ("inbox", "tickets"))
        self._announcer.on("active", self._on_active)
        self._open = OpenPage(desk.actor, self.refresh, pause=RAIL_PAUSE)

    async def start(self, client: Client) -> None:
        await self.show_offices()
        await self.refresh()
        self._door.live.join(self._open, client)

    async def show_offices(self) -> None:
        """Where else this person has an account to go on with."""
        offices = self._desk.wadul.offices
        linked = await self._desk.look(list_linked)
        self._rail.show(
            offices=[
                {
                    "id": one.office_id,
                    "name": offices[one.office_id].name,
                    "role": words.ROLES[one.role],
                }
                for one in linked
                if one.active and one.office_id in offices
            ]
        )

    async def refresh(self) -> None:
        notices = await self._desk.look(list_notices)
        board = await self._board()
        now, zone, me = self._desk.now(), self._desk.office.zone, self._desk.actor.user_id
        self._rail.show(
            unread=sum(1 for row in board.mine(me) if row.unread),
            notices=[
                {
                    "id": str(notice.id),
                    "text": _notice_words(notice),
                    "icon": "alternate_email" if notice.kind == NoticeKind.MENTION else "timer_off",
                    "when": present.when(notice.created_at, now, zone),
                    "href": f"/percakapan/{notice.conversation_id}",
                    "fresh": notice.fresh,
                }
                for notice in notices
            ],
        )
        self._tell(board.news(me, self._heard))

    async def _board(self) -> Board:
        """With nothing on it for who may not read conversations."""
        actor = await self._desk.check()
        if not actor.may(Power.READ_CONVERSATIONS):
            return Board({}, [])
        return await self._door.shared.board(actor)

    def _tell(self, news: InboxRow | None) -> None:
        if news is None or news.last_inbound_at is None:
            return
        self._heard = max(self._heard, news.last_inbound_at)
        name = present.person(news.name, news.address, masked=news.anonymous)
        at = news.last_inbound_at.isoformat()
        self._announcer.run_method("announce", name, str(news.id), at)

    async def _on_active(self) -> None:
        """Who works on any page keeps what they hold; that a session has ended, `refresh` finds."""
        with suppress(WadulError):
            await self._desk.act(prolong_leases, now=self._desk.now())

    async def _on_duty(self, event: Any) -> None:
        wanted, now = bool(event.args), self._desk.now()
        if await attempt(self._desk, lambda: self._desk.act(change_duty, wanted, now=now)):
            self._rail.show(on_duty=wanted)
            say("Anda bertugas: warga dapat diantrekan." if wanted else "Anda tidak bertugas.")

    async def _on_seen(self) -> None:
        now = self._desk.now()
        await attempt(self._desk, lambda: self._desk.act(see_notices, now=now))


def _notice_words(notice: NoticeRow) -> str:
    if notice.kind == NoticeKind.FELL_BACK:
        return f"Percakapan yang dipegang {notice.text} kembali ke antrean karena tidak ada kabar."
    return notice.text


def _items(desk: Desk) -> list[dict[str, str]]:
    table = (
        (Power.READ_CONVERSATIONS, "inbox", "Percakapan", "forum", "/"),
        (Power.WORK_TICKETS, "tickets", "Laporan", "assignment", "/laporan"),
        (Power.TRAIN, "training", "Latihan", "school", "/latihan"),
    )
    items = [
        {"key": key, "label": label, "icon": icon, "href": href}
        for power, key, label, icon, href in table
        if desk.actor.may(power)
    ]
    if any(map(desk.actor.may, (Power.LEAD, Power.ADMINISTER, Power.READ_AUDIT))):
        items.append(
            {"key": "admin", "label": "Kelola", "icon": "settings", "href": "/pengelolaan"}
        )
    return items


async def attempt(desk: Desk, call: Callable[[], Awaitable[Any]]) -> bool:
    """True if it worked; else the person is told why."""
    try:
        await call()
    except LoginRequired as error:
        say(sentence(error), bad=True)
        ui.navigate.to("/masuk?lanjut=/")
    except WadulError as error:
        say(sentence(error), bad=True)
    else:
        return True
    return False


def say(text: str, *, bad: bool = False) -> None:
    ui.notify(
        text,
        position="bottom",
        classes="toast bad" if bad else "toast",
        timeout=6000 if bad else 3500,
        close_button="Tutup" if bad else False,
    )
