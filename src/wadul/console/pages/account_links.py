"""One's accounts at other offices, on the account's page: linking them, and parting them again."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from wadul.console import words
from wadul.console.cards import WRONG_CODE
from wadul.console.desk import Desk
from wadul.console.elements import AccountPanel
from wadul.console.pages.frame import RailOfPage
from wadul.console.problems import sentence
from wadul.exceptions import InvalidInput, WadulError
from wadul.usecases.linked_accounts import (
    LinkedAccount,
    Linking,
    begin_link,
    finish_link,
    list_linked,
    unlink,
)
from wadul.usecases.passwords import hash_fits

_TOLD = {
    Linking.WRONG_OWN_PASSWORD: "Kata sandi Anda di kantor ini salah.",
    Linking.WRONG_ACCOUNT: "Nama pengguna atau kata sandi di kantor itu salah.",
    Linking.WRONG_CODE: WRONG_CODE,
    Linking.LINKED_BEFORE: "Akun itu sudah tertaut.",
    Linking.SAME_OFFICE: "Hanya satu akun di setiap kantor yang dapat ditautkan. Lepas dulu "
    "tautan yang lama.",
}


class AccountLinks:
    """`session_id`: the session one is in, which goes on; `source`: where the browser is."""

    def __init__(
        self, desk: Desk, rail: RailOfPage, panel: AccountPanel, session_id: UUID, source: str
    ) -> None:
        self._desk = desk
        self._rail = rail
        self._panel = panel
        self._session_id = session_id
        self._source = source
        panel.listen(link=self._on_link, unlink=self._on_unlink)

    async def refresh(self) -> None:
        offices = self._desk.wadul.offices
        linked = await self._desk.look(list_linked)
        taken = {self._desk.actor.office_id, *(one.office_id for one in linked)}
        self._panel.show(
            linked=[self._row(one) for one in linked],
            offices=[[each.id, each.name] for each in offices.values() if each.id not in taken],
        )

    def _row(self, one: LinkedAccount) -> dict[str, str]:
        office = self._desk.wadul.offices.get(one.office_id)
        state = "" if one.active else "Nonaktif"
        return {
            "id": one.office_id,
            "office": office.name if office else one.office_id,
            "name": one.name,
            "role": words.ROLES[one.role],
            "state": state if office else "Kantor tidak dilayani lagi",
        }

    async def _on_link(self, event: Any) -> None:
        told = {key: str(value) for key, value in event.args.items()}
        try:
            outcome = await self._link(told)
        except WadulError as error:
            self._tell("bad", sentence(error))
            return
        if outcome is Linking.CODE_NEEDED:
            self._tell("code")
        elif outcome is Linking.LINKED:
            self._tell("good", "Akun ditautkan. Ganti kantor dari nama kantor di menu.")
            await self._show_both()
        else:
            self._tell("bad", _TOLD[outcome])

    async def _link(self, told: dict[str, str]) -> Linking:
        if told["office"] not in self._desk.wadul.offices:
            raise InvalidInput
        now = self._desk.real_time.now()
        check = await self._desk.act(
            begin_link,
            office_id=told["office"],
            name=told["name"].strip().lower()[:60],
            source=self._source,
            now=now,
        )
        return await self._desk.act(
            finish_link,
            self._desk.wadul.sealer,
            check,
            own_right=await asyncio.to_thread(hash_fits, check.own.password_hash, told["own"]),
            other_right=await asyncio.to_thread(
                hash_fits, check.other.password_hash, told["password"]
            ),
            code=told["code"],
            source=self._source,
            now=now,
        )

    async def _on_unlink(self, event: Any) -> None:
        now = self._desk.real_time.now()
        try:
            await self._desk.act(unlink, str(event.args), keep=self._session_id, now=now)
        except WadulError as error:
            self._tell("bad", sentence(error))
            return
        self._tell("good", "Tautan dilepas; sesi lain diakhiri.")
        await self._show_both()

    async def _show_both(self) -> None:
        await self._rail.show_offices()
        await self.refresh()

    def _tell(self, kind: str, text: str = "") -> None:
        self._panel.run_method("link_ended", kind, text)
