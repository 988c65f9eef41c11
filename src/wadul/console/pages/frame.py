"""What every page has: head, rail, and errors told in words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from nicegui import ui

from wadul.console import words
from wadul.console.desk import Desk
from wadul.console.elements import Rail
from wadul.console.present import initials
from wadul.console.problems import sentence
from wadul.core.actors import ON_DUTY_ROLES, Power
from wadul.exceptions import WadulError
from wadul.usecases.console_sessions import LoginRequired
from wadul.usecases.operators import change_duty

HEAD = '<link rel="stylesheet" href="/aset/console.css"><meta name="theme-color" content="#23563f">'


@contextmanager
def frame(desk: Desk, title: str, active: str) -> Iterator[Rail]:
    """The page's body goes inside; `active` names the rail's item."""
    ui.add_head_html(HEAD)
    ui.page_title(f"{title} · Wadul")
    with ui.element("div").classes("shell"):
        rail = Rail()
        rail.show(
            active=active,
            items=_items(desk),
            name=desk.actor.full_name,
            initials=initials(desk.actor.full_name),
            role=words.ROLES[desk.actor.role],
            office=desk.office.name,
            can_duty=desk.actor.role in ON_DUTY_ROLES,
            on_duty=desk.actor.on_duty,
            open=desk.office.is_open(desk.wadul.clock.now()),
            notices=[],
        )

        async def duty(event: Any) -> None:
            wanted = bool(event.args)
            if await attempt(
                desk, lambda: desk.act(change_duty, wanted, now=desk.wadul.clock.now())
            ):
                rail.show(on_duty=wanted)
                say("Anda bertugas: warga dapat diantrekan." if wanted else "Anda tidak bertugas.")

        rail.on("duty", duty)
        yield rail


def _items(desk: Desk) -> list[dict[str, str]]:
    items = []
    if desk.actor.may(Power.READ_CONVERSATIONS):
        items.append({"key": "inbox", "label": "Percakapan", "icon": "forum", "href": "/"})
    return items


async def attempt(desk: Desk, call: Callable[[], Awaitable[Any]]) -> bool:
    """True if it worked; else the person is told why."""
    try:
        await call()
    except LoginRequired as error:
        say(sentence(error), bad=True)
        ui.navigate.to("/masuk?lanjut=/")
    except WadulError as error:
        say(sentence(error), bad=True)
    else:
        return True
    return False


def say(text: str, *, bad: bool = False) -> None:
    ui.notify(
        text,
        position="bottom",
        classes="toast bad" if bad else "toast",
        timeout=6000 if bad else 3500,
        close_button="Tutup" if bad else False,
    )
