from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from wadul.channels.incoming import IncomingFile, IncomingMessage
from wadul.clock import FixedClock
from wadul.core.states import MessageKind
from wadul.database import Database
from wadul.models import Contact, Conversation
from wadul.office import Office, load_offices
from wadul.settings import Settings
from wadul.usecases.inbox import store_incoming

JATIBARANG = Path(__file__).parents[3] / "offices"
RESIDENT = "whatsapp:+6281200000001"


@pytest.fixture(scope="session")
def office() -> Office:
    return load_offices(JATIBARANG)["jatibarang"]


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.close()


class Resident:
    """Writes messages straight into the inbox."""

    def __init__(self, database: Database, clock: FixedClock, address: str = RESIDENT) -> None:
        self.database, self.clock, self.address = database, clock, address
        self._count = 0

    def writes(self, text: str = "", photo: bool = False, **more: float) -> UUID:
        self._count += 1
        files = (IncomingFile("https://x/Media/1", "image/png", MessageKind.IMAGE),)
        incoming = IncomingMessage(
            channel="whatsapp",
            external_id=f"{self.address}-{self._count}",
            address=self.address,
            office_address="whatsapp:+14155238886",
            kind=MessageKind.IMAGE if photo else MessageKind.TEXT,
            text=text,
            files=files if photo else (),
            **more,  # type: ignore[arg-type]
        )
        with self.database.transaction() as session:
            now, settings = self.clock.now(), Settings(_env_file=None)
            stored = store_incoming(session, "jatibarang", incoming, now=now, settings=settings)
        assert stored.message_id is not None
        return stored.message_id

    @property
    def contact_id(self) -> UUID:
        with self.database.transaction() as session:
            return session.scalars(select(Contact.id).where(Contact.address == self.address)).one()

    @property
    def conversation_id(self) -> UUID:
        query = (
            select(Conversation.id)
            .join(Contact, Contact.id == Conversation.contact_id)
            .where(Contact.address == self.address)
        )
        with self.database.transaction() as session:
            return session.scalars(query).one()


@pytest.fixture
def resident(database: Database, clock: FixedClock) -> Resident:
    return Resident(database, clock)


@pytest.fixture
def another(database: Database, clock: FixedClock) -> Callable[[str], Resident]:
    return lambda address: Resident(database, clock, address)
