"""Pages for what is not there."""

from __future__ import annotations

from pathlib import Path

from starlette.responses import HTMLResponse, Response

_FOLDER = Path(__file__).parents[1] / "static"


def not_found() -> Response:
    return HTMLResponse((_FOLDER / "not_found.html").read_text(), 404)
