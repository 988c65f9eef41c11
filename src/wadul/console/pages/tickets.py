"""The table of tickets: filtered, sorted and paged on the server."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from nicegui import Client, ui
from starlette.requests import Request
from starlette.responses import Response

from wadul.console import tickets_shown, words
from wadul.console.desk import Desk
from wadul.console.door import Door
from wadul.console.elements import TicketTable
from wadul.console.exports import TICKETS_CSV
from wadul.console.live import OpenPage
from wadul.console.pages.frame import BUILD_SECONDS, attempt, frame, say
from wadul.console.ticket_csv import MOST, cut_words
from wadul.console.ticket_query import FILTER_KEYS, one_of, read_filter
from wadul.core.actors import Power
from wadul.core.dates import local_date
from wadul.core.states import Category, TicketClass, TicketKind, TicketStatus
from wadul.office import CATEGORIES
from wadul.queries.reference import list_filters, list_people
from wadul.queries.ticket_export import count_fitting
from wadul.queries.ticket_table import Order, list_page
from wadul.usecases.saved_filters import forget_filter, save_filter
from wadul.usecases.ticket_work import assign

_KEYS = (*FILTER_KEYS, "sort", "down", "page", "size")


def register(door: Door) -> None:
    @ui.page("/laporan", response_timeout=BUILD_SECONDS)
    async def tickets(request: Request, client: Client) -> Response | None:
        desk = await door.open(request)
        if not isinstance(desk, Desk):
            return desk
        if not desk.actor.may(Power.WORK_TICKETS):
            return Response("Peran Anda tidak bekerja dengan laporan.", 403)
        page = TicketsPage(door, desk, dict(request.query_params))
        async with frame(door, desk, "Laporan", "tickets", client):
            await page.build(client)
        return None


class TicketsPage:
    def __init__(self, door: Door, desk: Desk, query: dict[str, str]) -> None:
        self._door = door
        self._desk = desk
        self._query = {key: query[key] for key in _KEYS if query.get(key)}
        self._open = OpenPage(desk.actor, self.refresh)

    async def build(self, client: Client) -> None:
        self._table = TicketTable()
        self._table.show(rows=[], options=self._options(), query=self._query, saved=[])
        self._table.listen(
            query=self._on_query,
            assign=self._on_assign,
            save=self._on_save,
            forget=self._on_forget,
            download=self._on_download,
        )
        people = await self._desk.look(list_people)
        self._table.show(
            people=[{"id": str(p.id), "name": p.full_name} for p in people],
            me=str(self._desk.actor.user_id),
            lead=self._desk.actor.may(Power.LEAD),
        )
        await self._show_saved()
        await self.refresh()
        self._door.live.join(self._open, client)

    async def refresh(self) -> None:
        now, office = self._desk.now(), self._desk.office
        size = _number(self._query.get("size"), 50)
        page = _number(self._query.get("page"), 0)
        found = await self._desk.look(
            list_page,
            read_filter(self._query),
            today=self._today(),
            order=_order(self._query),
            descending=self._query.get("down") == "1",
            page=page,
            size=size,
        )
        self._table.show(
            rows=[tickets_shown.row(row, now=now, office=office) for row in found.rows],
            total=found.total,
            counted_all=found.counted_all,
            page=page,
            size=size,
            query=dict(self._query),
        )

    async def _show_saved(self) -> None:
        saved = await self._desk.look(list_filters)
        self._table.show(
            saved=[{"id": str(key), "name": name, "query": query} for key, name, query in saved]
        )

    async def _on_query(self, event: Any) -> None:
        told = event.args
        self._query = {key: str(told[key]) for key in _KEYS if told.get(key)}
        ui.navigate.history.replace(f"/laporan?{urlencode(self._query)}")
        await self.refresh()

    async def _on_assign(self, event: Any) -> None:
        seen = {str(number): int(version) for number, version in event.args["seen"][:100]}
        to = event.args.get("to")

        async def act() -> None:
            count = await self._desk.act(
                assign, seen, UUID(to) if to else None, now=self._desk.now()
            )
            say(f"{count} laporan ditugaskan.")

        await attempt(self._desk, act)
        await self.refresh()

    async def _on_save(self, event: Any) -> None:
        query = {key: value for key, value in self._query.items() if key != "page"}
        name = str(event.args)
        if await attempt(self._desk, lambda: self._desk.act(save_filter, name, query)):
            say(f"Saringan “{name}” disimpan.")
        await self._show_saved()

    async def _on_forget(self, event: Any) -> None:
        filter_id = UUID(event.args)
        await attempt(self._desk, lambda: self._desk.act(forget_filter, filter_id))
        await self._show_saved()

    async def _on_download(self) -> None:
        """The browser fetches the file; before that it is said if not everything fits."""
        wanted, today = read_filter(self._query), self._today()

        async def act() -> None:
            count = await self._desk.look(count_fitting, wanted, today=today, most=MOST + 1)
            if count > MOST:
                say(cut_words())
            chosen = {key: self._query[key] for key in FILTER_KEYS if key in self._query}
            ui.download.from_url(f"{TICKETS_CSV}?{urlencode(chosen)}")

        await attempt(self._desk, act)

    def _today(self) -> date:
        return local_date(self._desk.now(), self._desk.office.timezone)

    def _options(self) -> dict[str, Any]:
        sees = self._desk.actor.sees_supervisory
        classes = [c for c in TicketClass if sees or c is not TicketClass.SUPERVISORY]
        return {
            "status": [[s.value, words.STATUSES[s]] for s in TicketStatus],
            "kind": [[k.value, words.TICKET_KINDS[k]] for k in TicketKind],
            "class": [[c.value, words.CLASSES[c]] for c in classes],
            "category": [[c.value, CATEGORIES[c.value]] for c in Category],
            "desa": [[v.name, v.name] for v in self._desk.office.villages],
        }


def _order(query: dict[str, str]) -> Order:
    return one_of(Order, query.get("sort")) or Order.DUE


def _number(value: str | None, default: int) -> int:
    return int(value) if value and value.isdigit() else default
