"""Changing office: a plain form, which asks for the other account's code if it needs one."""

from __future__ import annotations

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from wadul.bootstrap import Wadul
from wadul.clock import Clock
from wadul.console.cards import WRONG_CODE, card, go_on
from wadul.console.desk import Desk
from wadul.console.door import LOGIN, Door, browser_of, source_of
from wadul.console.problems import sentence
from wadul.exceptions import NotFound
from wadul.sealing import SecretUnreadable
from wadul.usecases.console_sessions import LoginRequired
from wadul.usecases.login_limits import LockedOut
from wadul.usecases.office_change import Changed, FactorMissing, change_office
from wadul.usecases.ticket_work import note_refusal

log = structlog.get_logger()

OFFICE = "/kantor"
_GONE = "Akun Anda di kantor itu tidak ada, tidak aktif, atau tidak tertaut lagi."


class OfficeChange:
    def __init__(self, wadul: Wadul, door: Door, time: Clock) -> None:
        self._wadul = wadul
        self._door = door
        self._time = time

    def routes(self) -> list[Route]:
        return [Route(OFFICE, self.change, methods=["POST"])]

    async def change(self, request: Request) -> Response:
        desk = await self._door.desk(request)
        if desk is None:
            return RedirectResponse(f"{LOGIN}?lanjut=/", 303)
        form = await request.form()
        office_id = str(form.get("kantor", ""))
        if office_id not in self._wadul.offices:
            return await self._refuse(desk, office_id)
        try:
            changed = await self._change(request, desk, office_id, str(form.get("kode", "")))
        except NotFound:
            return await self._refuse(desk, office_id)
        except LockedOut as error:
            return self._card(office_id, 429, problem=sentence(error), asks=True)
        except SecretUnreadable as error:
            return self._card(office_id, 503, problem=sentence(error))
        except FactorMissing as error:
            return self._card(office_id, 409, problem=sentence(error))
        except LoginRequired:
            return RedirectResponse(f"{LOGIN}?lanjut=/", 303)
        if changed.token is not None:
            return go_on(request, changed.token, "/")
        if changed.wrong_code:
            return self._card(office_id, 401, problem=WRONG_CODE, asks=True)
        return self._card(office_id, 200, asks=True)

    async def _change(self, request: Request, desk: Desk, office_id: str, code: str) -> Changed:
        return await self._wadul.database.run(
            change_office,
            desk.token,
            self._wadul.sealer,
            office_id,
            code=code,
            source=source_of(request),
            browser=browser_of(request),
            now=self._time.now(),
        )

    async def _refuse(self, desk: Desk, office_id: str) -> Response:
        log.warning("An office was refused.", action="office_refused", user=str(desk.actor.user_id))
        await desk.act(note_refusal, f"kantor {office_id[:40]}", now=desk.now())
        return self._card("", 404, problem=_GONE)

    def _card(
        self, office_id: str, status: int, *, problem: str = "", asks: bool = False
    ) -> Response:
        name = self._wadul.offices[office_id].name if office_id else ""
        return card("office.html", status, id=office_id, name=name, problem=problem, asks=asks)
