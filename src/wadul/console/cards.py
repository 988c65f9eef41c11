"""Plain pages beside the console's own: they work without scripts, and before anybody is in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nicegui
from jinja2 import Environment, FileSystemLoader
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from wadul.console.door import COOKIE
from wadul.usecases.console_sessions import LIFETIME

_TEMPLATES = Environment(loader=FileSystemLoader(Path(__file__).parent / "static"), autoescape=True)
_FONTS = f"/_nicegui/{nicegui.__version__}/static/fonts.css"
WRONG_CODE = "Kode salah atau sudah dipakai. Tunggu kode berikutnya, lalu coba lagi."


def card(template: str, status: int, **values: Any) -> Response:
    return HTMLResponse(_TEMPLATES.get_template(template).render(fonts=_FONTS, **values), status)


def go_on(request: Request, token: str, target: str) -> Response:
    """With a new session."""
    response = RedirectResponse(target, 303)
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(LIFETIME.total_seconds()),
        path="/",
        httponly=True,
        secure=request.url.scheme == "https",
        samesite="lax",
    )
    return response
