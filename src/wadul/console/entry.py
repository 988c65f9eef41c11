"""Logging in and out: plain forms, so that they work without scripts."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from wadul.bootstrap import Wadul
from wadul.clock import Clock
from wadul.console.cards import WRONG_CODE, card, go_on
from wadul.console.door import ACCOUNT, CODE, COOKIE, LOGIN, browser_of, source_of
from wadul.console.problems import sentence
from wadul.console.qr import svg
from wadul.sealing import SecretUnreadable
from wadul.usecases.console_sessions import (
    LoginRequired,
    SignedIn,
    authenticate,
    begin_login,
    finish_login,
    log_out,
    use_link,
)
from wadul.usecases.login_limits import LockedOut
from wadul.usecases.passwords import hash_fits
from wadul.usecases.second_factors import begin_enrolment, give_code

_WRONG = "Nama pengguna atau kata sandi salah."
_COMPARING = 2  # passwords at once: each costs a core for a moment


class Entry:
    def __init__(self, wadul: Wadul, time: Clock) -> None:
        self._wadul = wadul
        self._time = time
        self._comparing = asyncio.Semaphore(_COMPARING)

    def routes(self) -> list[Route]:
        return [
            Route(LOGIN, self.show, methods=["GET"]),
            Route(LOGIN, self.log_in, methods=["POST"]),
            Route(CODE, self.show_code, methods=["GET"]),
            Route(CODE, self.take_code, methods=["POST"]),
            Route(f"{LOGIN}/tautan/{{token}}", self.follow_link, methods=["GET"]),
            Route("/keluar", self.leave, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        ended = "lanjut" in request.query_params and COOKIE in request.cookies
        if ended and (signed := await self._signed_in(request)) and signed.verified:
            return RedirectResponse("/", 303)  # went on at another office, in another tab
        notice = "Sesi Anda sudah berakhir. Silakan masuk kembali." if ended else ""
        return self._login_page(request, notice=notice)

    async def log_in(self, request: Request) -> Response:
        form = await request.form()
        offices = list(self._wadul.offices)
        office_id = str(form.get("kantor") or offices[0])
        name = str(form.get("nama", "")).strip().lower()
        if office_id not in self._wadul.offices:
            return self._login_page(request, problem=_WRONG, name=name)
        database, now = self._wadul.database, self._time.now()
        try:
            check = await database.run(
                begin_login, office_id, name=name[:60], source=source_of(request), now=now
            )
        except LockedOut as error:
            return self._login_page(request, problem=sentence(error), name=name, status=429)
        async with self._comparing:
            right = await asyncio.to_thread(
                hash_fits, check.password_hash, str(form.get("sandi", ""))
            )
        token = await database.run(
            finish_login, office_id, check, right=right, browser=browser_of(request), now=now
        )
        if token is None:
            return self._login_page(request, problem=_WRONG, name=name, status=401)
        return await self._welcome(request, token, str(form.get("lanjut", "")))

    async def follow_link(self, request: Request) -> Response:
        try:
            token = await self._wadul.database.run(
                use_link,
                request.path_params["token"],
                browser=browser_of(request),
                now=self._time.now(),
            )
        except LoginRequired:
            problem = "Tautan ini sudah dipakai atau kedaluwarsa."
            return self._login_page(request, problem=problem, status=410)
        return await self._welcome(request, token, ACCOUNT)  # to set a password first of all

    async def show_code(self, request: Request) -> Response:
        signed = await self._signed_in(request)
        if signed is None:
            return RedirectResponse(LOGIN, 303)
        return await self._code_page(request, signed)

    async def take_code(self, request: Request) -> Response:
        signed = await self._signed_in(request)
        if signed is None:
            return RedirectResponse(LOGIN, 303)
        form = await request.form()
        try:
            right = await self._wadul.database.run(
                give_code,
                signed.actor,
                self._wadul.sealer,
                signed.session_id,
                str(form.get("kode", "")),
                source=source_of(request),
                now=self._time.now(),
            )
        except LockedOut as error:
            return await self._code_page(request, signed, problem=sentence(error), status=429)
        except SecretUnreadable as error:
            return await self._code_page(request, signed, problem=sentence(error), status=503)
        if not right:
            return await self._code_page(request, signed, problem=WRONG_CODE, status=401)
        return RedirectResponse(_inside(str(form.get("lanjut", ""))), 303)

    async def leave(self, request: Request) -> Response:
        token = request.cookies.get(COOKIE, "")
        await self._wadul.database.run(log_out, token, now=self._time.now())
        response = RedirectResponse(LOGIN, 303)
        response.delete_cookie(COOKIE, path="/")
        return response

    async def _welcome(self, request: Request, token: str, further: str) -> Response:
        signed = await self._wadul.database.run(authenticate, token, now=self._time.now())
        target = _inside(further)
        if not signed.verified:
            target = f"{CODE}?lanjut={quote(target)}"
        return go_on(request, token, target)

    async def _signed_in(self, request: Request) -> SignedIn | None:
        try:
            signed = await self._wadul.database.run(
                authenticate, request.cookies.get(COOKIE, ""), now=self._time.now()
            )
        except LoginRequired:
            return None
        return signed if signed.actor.office_id in self._wadul.offices else None

    async def _code_page(
        self, request: Request, signed: SignedIn, *, problem: str = "", status: int = 200
    ) -> Response:
        office = self._wadul.offices[signed.actor.office_id]
        enrolment = None
        try:
            enrolment = await self._wadul.database.run(
                begin_enrolment,
                signed.actor,
                self._wadul.sealer,
                issuer=f"Wadul {office.name}",
                now=self._time.now(),
            )
        except SecretUnreadable as error:
            problem, status = sentence(error), 503
        return card(
            "code.html",
            status,
            name=signed.actor.full_name,
            problem=problem,
            further=request.query_params.get("lanjut", "/"),
            secret=_in_groups(enrolment.secret) if enrolment else "",
            qr=svg(enrolment.uri) if enrolment else "",
        )

    def _login_page(
        self,
        request: Request,
        *,
        problem: str = "",
        notice: str = "",
        name: str = "",
        status: int = 200,
    ) -> Response:
        offices = [(office.id, office.name) for office in self._wadul.offices.values()]
        return card(
            "login.html",
            status,
            offices=offices,
            problem=problem,
            notice=notice,
            name=name,
            further=_inside(request.query_params.get("lanjut", "/")),
        )


def _inside(path: str) -> str:
    """Only ways within the console: what looks like another site leads home."""
    fits = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if fits else "/"


def _in_groups(secret: str) -> str:
    return " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
