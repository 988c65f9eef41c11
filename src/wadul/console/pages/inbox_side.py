"""The right pane of the inbox: the resident's tickets, and making one from messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from wadul.console import present, words
from wadul.console.elements import TicketSide
from wadul.console.pages.frame import say
from wadul.console.problems import sentence
from wadul.core.states import Category, TicketKind
from wadul.exceptions import WadulError
from wadul.office import CATEGORIES
from wadul.queries.thread import Thread
from wadul.queries.thread_entries import Entry
from wadul.usecases.ticket_joining import Split, split_conversation

if TYPE_CHECKING:
    from wadul.console.pages.inbox import InboxPage

_OFFERED = 30  # latest messages that a ticket can be made of


class SidePane:
    def __init__(self, page: InboxPage) -> None:
        self._page = page
        self._desk = page.desk
        self._panel = TicketSide()
        self._panel.show(
            tickets=[],
            thread=None,
            messages=[],
            options={
                "kind": [[k.value, words.TICKET_KINDS[k]] for k in TicketKind],
                "category": [[c.value, CATEGORIES[c.value]] for c in Category],
                "desa": [v.name for v in page.desk.office.villages],
            },
        )
        self._panel.listen(
            split=self._on_split, close=lambda: page.root.classes(remove="with-side")
        )

    def show(self, thread: Thread | None, shown: dict[str, Any] | None) -> None:
        if thread is None or shown is None:
            self._panel.show(thread=None, tickets=[], messages=[])
            return
        zone, now = self._desk.office.zone, self._desk.now()
        said = [e for e in thread.entries if e.entry is Entry.IN and not e.hidden][-_OFFERED:]
        self._panel.show(
            thread={"id": shown["id"], "since": shown["since"]},
            tickets=shown["tickets"],
            messages=[
                {
                    "id": entry.id,
                    "text": entry.text or f"[{words.KINDS[entry.kind]}]",
                    "when": present.when(entry.at, now, zone),
                }
                for entry in said
            ],
        )

    async def _on_split(self, event: Any) -> None:
        told = event.args
        try:
            split = Split(
                TicketKind(told["kind"]),
                Category(told["category"]),
                [UUID(each) for each in told["message_ids"]],
                desa=told.get("desa") or None,
                place=str(told.get("place") or "")[:300] or None,
                anonymous=bool(told.get("anonymous")),
                confidential=bool(told.get("confidential")),
            )
            view = await self._desk.act(
                split_conversation,
                self._desk.office,
                UUID(told["conversation_id"]),
                split,
                request_id=UUID(told["request_id"]),
                now=self._desk.now(),
            )
        except WadulError as error:
            self._panel.run_method("failed", sentence(error))
            return
        self._panel.run_method("done")
        say(f"Laporan {view.number} dibuat; warga diberi tahu nomornya.")
        await self._page.refresh()
