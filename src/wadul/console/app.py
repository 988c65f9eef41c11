"""Wires the console: NiceGUI's pages inside one application, with guards around it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import structlog
import uvicorn
from fastapi import FastAPI
from nicegui import app as pages_app
from nicegui import core, ui

from wadul.bootstrap import Wadul
from wadul.clock import Clock, SystemClock
from wadul.console.chores import Chores
from wadul.console.door import Door
from wadul.console.entry import Entry
from wadul.console.exports import Exports
from wadul.console.files import Files
from wadul.console.first_steps import login_links
from wadul.console.guard import Guard
from wadul.console.live import Live
from wadul.console.offices import OfficeChange
from wadul.console.pages import account, admin, inbox, ticket, tickets, training
from wadul.console.reader import Reader
from wadul.console.shared import Feed, Shared
from wadul.console.watch import watch
from wadul.sealing import SecretUnreadable
from wadul.usecases.canned_replies import give_first_replies
from wadul.usecases.second_factors import seal_all

log = structlog.get_logger()

HOST = "127.0.0.1"
STATIC = Path(__file__).parent / "static"
RECONNECT_SECONDS = 90.0  # so long a page that lost its connection can catch up
_PING_SECONDS = 8


def create_app(wadul: Wadul) -> FastAPI:
    """One application per process: NiceGUI keeps its own state."""
    reader = Reader(wadul.database)
    live = Live()
    time = SystemClock()
    door = Door(wadul, reader, time, live, Shared(reader, live))
    feed = Feed(reader, live)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        core.sio.eio.ping_interval = _PING_SECONDS
        core.sio.eio.ping_timeout = _PING_SECONDS
        await _prepare(wadul, time)
        tasks = [
            asyncio.create_task(watch(wadul.settings.sqlalchemy_url, feed.changed)),
            asyncio.create_task(live.beat()),
            asyncio.create_task(Chores(wadul, time).run()),
        ]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        reader.close()

    app = FastAPI(lifespan=lifespan, openapi_url=None)
    app.router.routes.extend(Entry(wadul, time).routes())
    app.router.routes.extend(OfficeChange(wadul, door, time).routes())
    app.router.routes.extend(Files(wadul, door).routes())
    app.router.routes.extend(Exports(door).routes())
    pages_app.add_static_files("/aset", STATIC)
    for pages in (inbox, tickets, ticket, account, admin, training):
        pages.register(door)
    ui.run_with(
        app,
        title="Wadul",
        favicon=STATIC / "mark.svg",
        language="id",
        tailwind=False,
        reconnect_timeout=RECONNECT_SECONDS,
        binding_refresh_interval=None,
        show_welcome_message=False,
    )
    app.add_middleware(Guard, door=door)
    return app


async def _prepare(wadul: Wadul, time: Clock) -> None:
    unreadable = await wadul.database.run(seal_all, wadul.sealer)
    if unreadable:
        why = str(SecretUnreadable())
        log.error(why, action="second_factors_unreadable", count=unreadable)
    for office_id in wadul.offices:
        await wadul.database.run(give_first_replies, office_id, now=time.now())


def main(wadul: Wadul) -> None:
    """Run until told to stop."""
    for who, address in login_links(wadul, SystemClock()):
        print(f"masuk sekali pakai sebagai {who}: {address}", flush=True)
    config = uvicorn.Config(
        create_app(wadul),
        host=HOST,
        port=wadul.settings.console_port,
        log_config=None,
        log_level="warning",
        timeout_graceful_shutdown=3,
        proxy_headers=True,
        forwarded_allow_ips=HOST,
        ws_max_size=4 * 1024 * 1024,
    )
    uvicorn.Server(config).run()
