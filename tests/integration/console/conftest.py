"""A database with an office's people."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from integration.console.people import People, people_of_two_offices
from integration.console.support import Desk
from wadul.database import Database
from wadul.office import Office, load_offices


@pytest.fixture(scope="session")
def office() -> Office:
    return load_offices(Path("offices"))["jatibarang"]


@pytest.fixture
def desk(database_url: str, office: Office) -> Iterator[Desk]:
    database = Database(database_url)
    desk = Desk(database, office)
    desk.hire()
    yield desk
    database.close()


@pytest.fixture
def people(desk: Desk) -> People:
    return people_of_two_offices(desk)
