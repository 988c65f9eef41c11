"""Pages for what is not there."""

from __future__ import annotations

from pathlib import Path

import structlog
from starlette.responses import HTMLResponse, Response

from wadul.console.desk import Desk
from wadul.usecases.ticket_work import note_refusal

log = structlog.get_logger()

_FOLDER = Path(__file__).parents[1] / "static"


def not_found() -> Response:
    return HTMLResponse((_FOLDER / "not_found.html").read_text(), 404)


async def refused(desk: Desk, what: str) -> Response:
    """What is not there, and what is not for this person: the same page; both are noted."""
    log.warning("A page was refused.", action="page_refused", user=str(desk.actor.user_id))
    await desk.act(note_refusal, what, now=desk.now())
    return not_found()
