"""The left pane of the inbox: tabs, search, filters, rows, and news from them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from wadul.console import present, words
from wadul.console.elements import ConversationList
from wadul.core.actors import ON_DUTY_ROLES, Power
from wadul.core.dates import local_date
from wadul.core.states import Category, TicketClass
from wadul.core.waiting import pace
from wadul.office import CATEGORIES, Office
from wadul.queries.board import Board
from wadul.queries.inbox import (
    PAGE,
    Crowd,
    Due,
    InboxFilter,
    Tab,
    count_crowd,
    list_conversations,
    recent_takings,
)
from wadul.queries.inbox_rows import InboxRow
from wadul.queries.reference import Person, people_of

if TYPE_CHECKING:
    from wadul.console.pages.inbox import InboxPage

_LONGEST = 200


class ListPane:
    def __init__(self, page: InboxPage) -> None:
        self._page = page
        self._desk = page.desk
        self._shared = page.door.shared
        self._filter = InboxFilter(tab=Tab.QUEUE)
        self._limit = PAGE
        self._asked = 0
        self._found: _Found | None = None
        self._panel = ConversationList()
        self._panel.show(
            rows=[],
            selected="",
            tab=Tab.QUEUE.value,
            counts={},
            filters=_options(page.desk.office, page.desk.actor.sees_supervisory),
            chosen={},
        )
        self._panel.listen(
            select=self._on_select,
            tab=self._on_tab,
            search=self._on_search,
            filter=self._on_filter,
            more=self._on_more,
        )

    async def start(self) -> None:
        board = await self._shared.board(self._desk.actor)
        if board.mine(self._desk.actor.user_id):
            self._filter = InboxFilter(tab=Tab.MINE)
        elif not board.queue:
            self._filter = InboxFilter(tab=Tab.ALL)

    async def refresh(self) -> None:
        office, me = self._desk.office, self._desk.actor.user_id
        self._asked += 1
        asked, wanted = self._asked, self._filter
        (await self._desk.check()).require(Power.READ_CONVERSATIONS)
        board = await self._shared.board(self._desk.actor)
        found = _Found(
            await self._rows(wanted, board),
            board.mine(me),
            await self._shared.get(count_crowd, office.id),
            await self._shared.get(people_of, office.id),
            board.places(),
            pace(await self._shared.get(recent_takings, office.id)) if board.queue else None,
        )
        if asked != self._asked:  # somebody chose another tab meanwhile
            return
        self._found = found
        self.redraw()

    async def _rows(self, wanted: InboxFilter, board: Board) -> list[InboxRow]:
        """One's own conversations are on the board; everything else is asked for."""
        if wanted == InboxFilter(tab=Tab.MINE):
            return board.mine(self._desk.actor.user_id)[: self._limit]
        today = local_date(self._desk.now(), self._desk.office.timezone)
        return await self._desk.look(list_conversations, wanted, today=today, limit=self._limit)

    def redraw(self) -> None:
        """What was found, with who is there now."""
        found = self._found
        if found is None:
            return
        now, office, me = self._desk.now(), self._desk.office, self._desk.actor.user_id
        typing = self._page.door.live.typing_in(office.id, me)
        usual = found.pace if self._is_served(found.people, now) else None
        self._panel.show(
            rows=[
                present.row(row, now=now, zone=office.zone, me=me, typing=typing)
                | present.turn(found.places.get(row.id), usual)
                for row in found.rows
            ],
            counts={
                "mine": len(found.own),
                "queue": found.crowd.queue,
                "waiting": found.crowd.waiting,
            },
            tab=self._filter.tab.value,
            more=len(found.rows) >= self._limit,
            crew=self._crew(found.people, now),
        )

    def mark(self, selected: UUID | None) -> None:
        self._panel.show(selected=str(selected or ""))

    def _is_served(self, people: list[Person], now: datetime) -> bool:
        """Whether somebody answers now, so that a wait can be guessed."""
        return self._desk.office.is_open(now) and any(map(_on_duty, people))

    def _crew(self, people: list[Person], now: datetime) -> dict[str, Any]:
        """Who is on duty, who has the console open, and whether the office is open."""
        online = self._page.door.live.present(self._desk.actor.office_id)
        return {
            "people": [
                {"name": person.full_name, "online": person.id in online}
                for person in people
                if _on_duty(person)
            ],
            "hours": _hours(self._desk.office, now.replace(second=0, microsecond=0)),
        }

    async def _on_select(self, event: Any) -> None:
        await self._page.select(UUID(event.args))

    async def _on_tab(self, event: Any) -> None:
        self._filter = replace(self._filter, tab=Tab(event.args))
        self._limit = PAGE
        await self.refresh()

    async def _on_search(self, event: Any) -> None:
        text = str(event.args).strip()[:_LONGEST]
        tab = Tab.ALL if text else self._filter.tab
        self._filter = replace(self._filter, tab=tab, text=text)
        self._limit = PAGE
        await self.refresh()

    async def _on_filter(self, event: Any) -> None:
        told = event.args
        self._filter = replace(
            self._filter,
            desa=told.get("desa") or None,
            category=Category(told["category"]) if told.get("category") else None,
            class_=TicketClass(told["class"]) if told.get("class") else None,
            due=Due(told["due"]) if told.get("due") else None,
        )
        self._panel.show(chosen=told)
        await self.refresh()

    async def _on_more(self) -> None:
        self._limit = min(self._limit + PAGE, 5 * PAGE)
        await self.refresh()


@dataclass(frozen=True)
class _Found:
    rows: list[InboxRow]
    own: list[InboxRow]
    crowd: Crowd
    people: list[Person]
    places: dict[UUID, int]  # of who waits in the queue
    pace: timedelta | None


def _on_duty(person: Person) -> bool:
    return person.on_duty and person.role in ON_DUTY_ROLES


def _options(office: Office, sees_supervisory: bool) -> dict[str, Any]:
    classes = [c for c in TicketClass if sees_supervisory or c is not TicketClass.SUPERVISORY]
    return {
        "desa": {"label": "Desa", "options": [[v.name, v.name] for v in office.villages]},
        "category": {
            "label": "Topik",
            "options": [[c.value, CATEGORIES[c.value]] for c in Category],
        },
        "class": {"label": "Golongan", "options": [[c.value, words.CLASSES[c]] for c in classes]},
        "due": {
            "label": "Tenggat",
            "options": [[Due.LATE.value, "Sudah lewat"], [Due.SOON.value, "Tiga hari lagi"]],
        },
    }


_hours_known: dict[str, tuple[datetime, str]] = {}  # by office, for one minute


def _hours(office: Office, minute: datetime) -> str:
    known = _hours_known.get(office.id)
    if known is None or known[0] != minute:
        known = _hours_known[office.id] = minute, _hours_words(office, minute)
    return known[1]


def _hours_words(office: Office, now: datetime) -> str:
    closing = office.next_closing(now)
    if closing is not None:
        return f"Kantor buka sampai {closing:%H.%M}"
    break_ends = office.break_ends(now)
    if break_ends is not None:
        return f"Istirahat sampai {break_ends:%H.%M}; warga tetap masuk antrean"
    opening = office.next_opening(now)
    if opening is None:
        return "Kantor tutup"
    return f"Kantor tutup; buka {present.opening_words(opening, now, office.zone)}"
