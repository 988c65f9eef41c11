"""One ticket: story, files, map, history, and what can be done next."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from nicegui import Client, ui
from starlette.requests import Request
from starlette.responses import Response

from wadul.console import present, tickets_shown, words
from wadul.console.desk import Desk
from wadul.console.door import Door
from wadul.console.elements import TicketDetailPanel
from wadul.console.live import OpenPage
from wadul.console.pages.errors import refused
from wadul.console.pages.frame import BUILD_SECONDS, attempt, frame, say
from wadul.console.problems import sentence
from wadul.core.actors import Power
from wadul.core.states import Category, TicketKind, TicketStatus
from wadul.exceptions import Conflict, NotFound, NotPermitted, WadulError
from wadul.office import CATEGORIES
from wadul.queries.reference import list_people
from wadul.queries.ticket_detail import show_detail
from wadul.usecases.console_sessions import LoginRequired
from wadul.usecases.ticket_joining import merge_tickets
from wadul.usecases.ticket_work import (
    add_fact,
    answer,
    assign,
    move_ticket,
    open_identity,
    reclassify,
)


def register(door: Door) -> None:
    @ui.page("/laporan/{number}", response_timeout=BUILD_SECONDS)
    async def ticket(request: Request, client: Client, number: str) -> Response | None:
        desk = await door.open(request)
        if not isinstance(desk, Desk):
            return desk
        try:
            await desk.look(show_detail, number)
        except (NotFound, NotPermitted):
            return await refused(desk, f"laporan {number[:40]}")
        page = TicketPage(door, desk, number.upper())
        async with frame(door, desk, number.upper(), "tickets", client):
            await page.build(client)
        return None


class TicketPage:
    def __init__(self, door: Door, desk: Desk, number: str) -> None:
        self._door = door
        self._desk = desk
        self._number = number
        self._address = ""  # of an anonymous reporter, once it was opened
        self._open = OpenPage(desk.actor, self.refresh)

    async def build(self, client: Client) -> None:
        self._panel = TicketDetailPanel()
        self._panel.listen(
            move=self._on_move,
            answer=self._on_answer,
            fact=self._on_fact,
            reclassify=self._on_reclassify,
            merge=self._on_merge,
            assign=self._on_assign,
            identity=self._on_identity,
        )
        people = await self._desk.look(list_people)
        self._panel.show(
            ticket=None,
            people=[{"id": str(p.id), "name": p.full_name} for p in people],
            me=str(self._desk.actor.user_id),
            lead=self._desk.actor.may(Power.LEAD),
            options={
                "kind": [[k.value, words.TICKET_KINDS[k]] for k in TicketKind],
                "category": [[c.value, CATEGORIES[c.value]] for c in Category],
                "desa": [v.name for v in self._desk.office.villages],
            },
        )
        await self.refresh()
        self._door.live.join(self._open, client)

    async def refresh(self) -> None:
        try:
            found = await self._desk.look(show_detail, self._number)
        except NotFound:  # became supervisory meanwhile
            ui.navigate.to("/laporan")
            return
        shown = tickets_shown.detail(
            found,
            now=self._desk.now(),
            office=self._desk.office,
            me=self._desk.actor.user_id,
        )
        if self._address:
            shown |= {"address": self._address, "masked": False}
        self._panel.show(ticket=shown)

    async def _on_move(self, event: Any) -> None:
        wanted = TicketStatus(event.args["to"])
        await self._do(
            event,
            move_ticket,
            self._desk.office,
            self._number,
            wanted,
            reason=str(event.args.get("reason", "")),
            version=int(event.args["version"]),
            now=self._desk.now(),
            done=f"Status menjadi {words.STATUSES[wanted]}.",
        )

    async def _on_answer(self, event: Any) -> None:
        await self._do(
            event,
            answer,
            self._desk.office,
            self._number,
            str(event.args["text"]),
            version=int(event.args["version"]),
            now=self._desk.now(),
            done="Jawaban dikirim kepada warga.",
        )

    async def _on_fact(self, event: Any) -> None:
        await self._do(
            event,
            add_fact,
            self._number,
            str(event.args["text"]),
            version=int(event.args["version"]),
            now=self._desk.now(),
            done="Keterangan disimpan.",
        )

    async def _on_reclassify(self, event: Any) -> None:
        told = event.args
        await self._do(
            event,
            reclassify,
            self._desk.office,
            self._number,
            kind=TicketKind(told["kind"]),
            category=Category(told["category"]),
            desa=str(told.get("desa") or "") or None,
            version=int(told["version"]),
            now=self._desk.now(),
            done="Golongan laporan diperbarui.",
        )

    async def _on_merge(self, event: Any) -> None:
        await self._do(
            event,
            merge_tickets,
            self._desk.office,
            self._number,
            str(event.args["into"]),
            version=int(event.args["version"]),
            now=self._desk.now(),
            done="Laporan digabung.",
        )

    async def _on_assign(self, event: Any) -> None:
        to, seen = event.args["to"], {self._number: int(event.args["version"])}
        await attempt(
            self._desk,
            lambda: self._desk.act(assign, seen, UUID(to) if to else None, now=self._desk.now()),
        )
        await self.refresh()

    async def _on_identity(self) -> None:
        async def act() -> None:
            address = await self._desk.act(open_identity, self._number, now=self._desk.now())
            self._address = present.address_words(address)

        if await attempt(self._desk, act):
            say("Identitas dibuka; tindakan ini tercatat.")
        await self.refresh()

    async def _do(self, event: Any, use_case: Any, *args: Any, done: str, **keywords: Any) -> None:
        """The panel keeps what was written until it is told that it worked."""
        try:
            await self._desk.act(use_case, *args, **keywords)
        except LoginRequired as error:
            self._panel.run_method("failed", sentence(error))
            ui.navigate.to(f"/masuk?lanjut=/laporan/{self._number}")
            return
        except Conflict as error:
            self._panel.run_method("failed", sentence(error))
            await self.refresh()
            return
        except WadulError as error:
            self._panel.run_method("failed", sentence(error))
            return
        self._panel.run_method("done")
        say(done)
        await self.refresh()
