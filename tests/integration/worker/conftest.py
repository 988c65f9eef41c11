"""A wired system with fakes at both ends, and a worker inside the test's own event loop."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import structlog
from aiohttp import web
from sqlalchemy import select

from wadul.bootstrap import Wadul
from wadul.channels.incoming import IncomingFile, IncomingMessage
from wadul.clock import Clock, SystemClock
from wadul.core.states import DeliveryState, MessageKind
from wadul.database import Database
from wadul.models import Contact, Conversation, InboundMessage, OutboundMessage, Turn
from wadul.office import Office, load_offices
from wadul.settings import Settings
from wadul.usecases.inbox import store_incoming
from wadul.worker.service import Worker

from .fakes import ACCOUNT_SID, AUTH_TOKEN, OFFICE_ADDRESS, FakeRasa, FakeTwilio

OFFICE = "jatibarang"
REPOSITORY = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def plain_logs() -> Iterator[None]:
    """structlog's own default draws tracebacks with all their variables, which takes seconds."""
    structlog.configure(
        processors=[structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def offices() -> dict[str, Office]:
    return load_offices(REPOSITORY / "offices")


@asynccontextmanager
async def served(application: web.Application) -> AsyncIterator[int]:
    """The port on which it listens."""
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


@dataclass
class Desk:
    """What a test holds: both fakes, the database, and residents who write."""

    settings: Settings
    database: Database
    offices: dict[str, Office]
    rasa: FakeRasa
    twilio: FakeTwilio
    clock: Clock = field(default_factory=SystemClock)

    def says(self, address: str, text: str = "", *, sid: str = "", **extra: Any) -> None:
        """A resident writes."""
        kind = extra.pop("kind", MessageKind.TEXT if text else MessageKind.UNKNOWN)
        message = IncomingMessage(
            channel="whatsapp",
            external_id=sid or "SM" + uuid4().hex,
            address=address,
            office_address=OFFICE_ADDRESS,
            kind=kind,
            text=text,
            **extra,
        )
        with self.database.transaction() as session:
            store_incoming(session, OFFICE, message, now=self.clock.now(), settings=self.settings)

    def sends_file(self, address: str, path: str, kind: MessageKind = MessageKind.IMAGE) -> None:
        url = f"{self.settings.api_url}{path}"
        self.says(address, kind=kind, files=(IncomingFile(url, "image/png", kind),))

    def rows(self, model: type[Any], *where: Any) -> list[Any]:
        with self.database.transaction() as session:
            return list(session.scalars(select(model).where(*where).order_by(model.id)).all())

    def conversation(self, address: str) -> Conversation:
        with self.database.transaction() as session:
            return session.scalars(
                select(Conversation)
                .join(Contact, Contact.id == Conversation.contact_id)
                .where(Contact.address == address)
            ).one()

    def change(self, address: str, **values: Any) -> None:
        """Change columns of somebody's conversation."""
        conversation = self.conversation(address)
        with self.database.transaction() as session:
            row = session.get_one(Conversation, (OFFICE, conversation.id))
            for name, value in values.items():
                setattr(row, name, value)

    @property
    def turns(self) -> list[Turn]:
        return self.rows(Turn)

    @property
    def inbound(self) -> list[InboundMessage]:
        return self.rows(InboundMessage)

    @property
    def outbound(self) -> list[OutboundMessage]:
        return self.rows(OutboundMessage)

    def worker(self, drain_spool: Callable[[], int] = lambda: 0, **settings: Any) -> Worker:
        wadul = Wadul(
            settings=self.settings.model_copy(update=settings),
            database=self.database,
            clock=self.clock,
            offices=self.offices,
        )
        return Worker(wadul, drain_spool)

    @asynccontextmanager
    async def working(self, **settings: Any) -> AsyncIterator[Worker]:
        """While a worker runs."""
        worker = self.worker(**settings)
        stop = asyncio.Event()
        task = asyncio.create_task(worker.run(stop))
        try:
            yield worker
        finally:
            stop.set()
            await asyncio.wait_for(task, 10)


Until = Callable[[Callable[[], Any]], Awaitable[Any]]


async def until(condition: Callable[[], Any], seconds: float = 8.0) -> Any:
    """Wait until it holds; returns what it returned."""
    async with contextlib.AsyncExitStack() as stack:
        with contextlib.suppress(TimeoutError):
            await stack.enter_async_context(asyncio.timeout(seconds))
            while True:
                value = condition()
                if value:
                    return value
                await asyncio.sleep(0.01)
    raise AssertionError(f"not within {seconds} s: {condition()!r}")


def accepted(desk: Desk, count: int) -> bool:
    rows = [row for row in desk.outbound if row.state is DeliveryState.ACCEPTED]
    return len(rows) == count


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses of the outbox that a test can wait for."""
    monkeypatch.setattr("wadul.worker.outbox._BEFORE_LOOKING", 0.1)
    monkeypatch.setattr("wadul.worker.outbox.exponential", lambda *_, **__: 0.1)
    monkeypatch.setattr("wadul.worker.turns.exponential", lambda *_, **__: 0.1)


@pytest.fixture
def make_settings(database_url: str, tmp_path: Path) -> Callable[..., Settings]:
    def make(rasa_port: int, twilio_port: int, **extra: Any) -> Settings:
        twilio = f"http://127.0.0.1:{twilio_port}"
        values: dict[str, Any] = {
            "var_dir": tmp_path / "var",
            "database_url": database_url,
            "offices_dir": REPOSITORY / "offices",
            "simulator": "off",
            "public_url": "https://wadul.example.id",
            "twilio_account_sid": ACCOUNT_SID,
            "twilio_auth_token": AUTH_TOKEN,
            "twilio_api_url": twilio,
            "twilio_content_url": twilio,
            "twilio_timeout_seconds": 2.0,
            "rasa_port": rasa_port,
            "burst_seconds": 0,
        }
        return Settings(_env_file=None, **(values | extra))

    return make


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
async def desk(
    database: Database, make_settings: Callable[..., Settings], offices: dict[str, Office]
) -> AsyncIterator[Desk]:
    rasa, twilio = FakeRasa(), FakeTwilio()
    async with (
        served(rasa.application()) as rasa_port,
        served(twilio.application()) as twilio_port,
    ):
        settings = make_settings(rasa_port, twilio_port)
        yield Desk(settings, database, offices, rasa, twilio)
