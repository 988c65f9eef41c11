"""One's own account."""

from __future__ import annotations

import asyncio
from typing import Any

from nicegui import Client, ui
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wadul.console import present, words
from wadul.console.desk import Desk
from wadul.console.door import ACCOUNT, LOGIN, Door, source_of
from wadul.console.elements import AccountPanel
from wadul.console.pages.account_links import AccountLinks
from wadul.console.pages.frame import BUILD_SECONDS, frame
from wadul.console.problems import sentence
from wadul.core.actors import Actor
from wadul.exceptions import WadulError
from wadul.queries.administration import list_own_sessions
from wadul.usecases.console_sessions import SignedIn, log_out_everywhere
from wadul.usecases.passwords import hash_fits
from wadul.usecases.second_factors import has_second_factor
from wadul.usecases.staff import change_password, hashed, own_password_hash

_BROWSERS = (
    ("Edg/", "Edge"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("Windows", "Windows"),
    ("Mac", "Mac"),
    ("Linux", "Linux"),
)


def register(door: Door) -> None:
    @ui.page(ACCOUNT, response_timeout=BUILD_SECONDS)
    async def account(request: Request, client: Client) -> Response | None:
        desk = await door.open(request)
        if not isinstance(desk, Desk):
            return desk
        signed = await door.signed_in(request)
        if signed is None:  # ended a moment ago
            return RedirectResponse(LOGIN, 303)
        async with frame(door, desk, "Akun saya", "", client) as rail:
            page = AccountPage(desk, signed)
            links = AccountLinks(desk, rail, page.panel, signed.session_id, source_of(request))
            await links.refresh()
            await page.refresh()
        return None


class AccountPage:
    def __init__(self, desk: Desk, signed: SignedIn) -> None:
        self._desk = desk
        self._session_id = signed.session_id
        self._first = signed.sets_password  # whoever came by a link knows no password
        self.panel = AccountPanel()
        self.panel.listen(password=self._on_password, everywhere=self._on_everywhere)

    async def refresh(self) -> None:
        actor, zone = self._desk.actor, self._desk.office.zone
        now = self._desk.real_time.now()
        sessions = await self._desk.look(list_own_sessions)
        self.panel.show(
            name=f"{actor.full_name} ({actor.name})",
            role=words.ROLES[actor.role],
            office=self._desk.office.name,
            first=self._first,
            second=await self._desk.look(_has_factor),
            sessions=[
                {
                    "id": str(one.id),
                    "browser": _browser(one.browser),
                    "created": present.when(one.created_at, now, zone),
                    "seen": present.when(one.seen_at, now, zone),
                    "here": one.id == self._session_id,
                }
                for one in sessions
            ],
        )

    async def _on_password(self, event: Any) -> None:
        try:
            current = await self._desk.look(own_password_hash)
            await self._desk.act(
                change_password,
                password_hash=await asyncio.to_thread(hashed, str(event.args["fresh"])),
                right=await asyncio.to_thread(hash_fits, current, str(event.args["old"])),
                keep=self._session_id,
                now=self._desk.real_time.now(),
            )
        except WadulError as error:
            self.panel.run_method("failed", sentence(error))
            return
        self._first = False
        self.panel.run_method("done", "Kata sandi disimpan; perangkat lain dikeluarkan.")
        await self.refresh()

    async def _on_everywhere(self) -> None:
        await self._desk.act(log_out_everywhere, now=self._desk.real_time.now())
        ui.navigate.to("/masuk")


def _has_factor(session: Session, actor: Actor) -> bool:
    return has_second_factor(session, actor)


def _browser(agent: str) -> str:
    """What people call it."""
    name = next((words for sign, words in _BROWSERS if sign in agent), "Peramban")
    system = next((words for sign, words in _SYSTEMS if sign in agent), "")
    return f"{name} di {system}" if system else name
