"""Administration: one page, one section for each thing that an office manages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from nicegui import Client, ui
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wadul.console.desk import Desk
from wadul.console.door import Door
from wadul.console.elements import AdminTable
from wadul.console.pages.admin_audit import AuditSection
from wadul.console.pages.admin_hours import HolidaySection, HoursSection
from wadul.console.pages.admin_office import OfficeSection
from wadul.console.pages.admin_people import PeopleSection
from wadul.console.pages.admin_replies import RepliesSection
from wadul.console.pages.admin_services import ServicesSection, TemplatesSection
from wadul.console.pages.errors import not_found
from wadul.console.pages.frame import BUILD_SECONDS, frame, say
from wadul.console.problems import sentence
from wadul.core.actors import Actor, Power
from wadul.exceptions import WadulError
from wadul.usecases.console_sessions import LoginRequired


class Section(Protocol):
    """What the page shows and does; its methods raise `WadulError`."""

    @property
    def title(self) -> str: ...

    @property
    def intro(self) -> str: ...

    @property
    def add_label(self) -> str: ...

    @property
    def columns(self) -> Sequence[Mapping[str, Any]]: ...

    @property
    def fields(self) -> Sequence[Mapping[str, Any]] | None: ...

    async def rows(self) -> list[dict[str, Any]]: ...

    async def save(self, told: dict[str, Any]) -> str | tuple[str, str]:
        """What to say, or (title, secret) to show once."""
        ...

    async def act(self, told: dict[str, Any]) -> str | tuple[str, str]: ...


SECTIONS: dict[str, tuple[str, Power, Callable[[Desk], Section]]] = {
    "balasan": ("Balasan siap pakai", Power.LEAD, RepliesSection),
    "jam": ("Jam pelayanan", Power.LEAD, HoursSection),
    "libur": ("Libur kantor", Power.LEAD, HolidaySection),
    "kantor": ("Kantor", Power.ADMINISTER, OfficeSection),
    "petugas": ("Petugas", Power.ADMINISTER, PeopleSection),
    "layanan": ("Isi layanan", Power.ADMINISTER, ServicesSection),
    "templat": ("Pesan templat", Power.ADMINISTER, TemplatesSection),
    "catatan": ("Catatan audit", Power.READ_AUDIT, AuditSection),
}


def sections_of(actor: Actor) -> list[str]:
    return [key for key, (_, power, _) in SECTIONS.items() if actor.may(power)]


def register(door: Door) -> None:
    @ui.page("/pengelolaan", response_timeout=BUILD_SECONDS)
    async def first(request: Request) -> Response:
        desk = await door.open(request)
        if not isinstance(desk, Desk):
            return desk
        keys = sections_of(desk.actor)
        return RedirectResponse(f"/pengelolaan/{keys[0]}", 303) if keys else not_found()

    @ui.page("/pengelolaan/{key}", response_timeout=BUILD_SECONDS)
    async def section(request: Request, client: Client, key: str) -> Response | None:
        desk = await door.open(request)
        if not isinstance(desk, Desk):
            return desk
        if key not in sections_of(desk.actor):
            return not_found()
        label, _, make = SECTIONS[key]
        async with frame(door, desk, label, "admin", client):
            await AdminPage(desk, key, make(desk)).refresh()
        return None


class AdminPage:
    """`tabs`: those of another room that shows its lists the same way, and its address."""

    def __init__(
        self,
        desk: Desk,
        key: str,
        section: Section,
        tabs: Sequence[Mapping[str, str]] = (),
        home: str = "/pengelolaan",
    ) -> None:
        self._section = section
        self._home = home
        self._table = AdminTable()
        self._table.show(
            title=section.title,
            intro=section.intro,
            add_label=section.add_label,
            adds=getattr(section, "adds", ()),
            columns=section.columns,
            fields=section.fields,
            active=key,
            tabs=tabs
            or [
                {"key": one, "label": SECTIONS[one][0], "href": f"/pengelolaan/{one}"}
                for one in sections_of(desk.actor)
            ],
            rows=[],
        )
        self._table.listen(save=self._on_save, act=self._on_act, more=self._on_more)

    async def refresh(self) -> None:
        rows = await self._section.rows()
        self._table.show(rows=rows, more=getattr(self._section, "more", False))

    async def _on_save(self, event: Any) -> None:
        await self._do(self._section.save, event.args)

    async def _on_act(self, event: Any) -> None:
        await self._do(self._section.act, event.args)

    async def _on_more(self) -> None:
        self._section.older()  # type: ignore[attr-defined]
        await self.refresh()

    async def _do(self, what: Callable[[dict[str, Any]], Any], told: dict[str, Any]) -> None:
        try:
            words = await what(told)
        except LoginRequired:
            ui.navigate.to(f"/masuk?lanjut={self._home}")
            return
        except WadulError as error:
            self._table.run_method("failed", sentence(error))
            return
        self._table.run_method("done")
        if isinstance(words, tuple):
            self._table.run_method("tell", *words)
        elif words:
            say(words)
        await self.refresh()
