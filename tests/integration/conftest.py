"""Real databases for integration tests: SQLite, and a private PostgreSQL server.

`database_url` runs a test once on each. The PostgreSQL server is started once and lives as long
as the test session.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from integration.postgres import free_port, make_database, postgres_programs, private_server
from wadul.database import create_database_engine
from wadul.migrations.runner import migrate
from wadul.models import Base

__all__ = ["free_port"]  # many tests take it from here
NAME = "wadul"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """`host:port` of a server whose user `wadul` needs no password, with a migrated database."""
    programs = postgres_programs()
    if programs is None:
        pytest.skip("no PostgreSQL server programs (initdb, postgres) on this machine")
    # As quick as it gets: nobody needs this data after a crash of the machine.
    quick = ("fsync=off", "full_page_writes=off", "max_connections=120")
    with private_server(programs, *quick) as server:
        _migrate(make_database(server, NAME))
        yield server.address


def _migrate(url: str) -> None:
    engine = create_database_engine(url)
    migrate(engine)
    engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "wadul.db"
    _migrate(f"sqlite:///{file}")
    return file


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A migrated SQLite database of its own."""
    file = tmp_path / "wadul.db"
    shutil.copy(sqlite_template, file)
    return f"sqlite:///{file}"


@pytest.fixture
def postgres_url(postgres_server: str) -> str:
    """The migrated PostgreSQL database, empty. Making a new one would take a second."""
    tables = ", ".join(table.name for table in Base.metadata.sorted_tables)
    with psycopg.connect(f"postgresql://wadul@{postgres_server}/{NAME}") as connection:
        connection.execute("SET session_replication_role = replica")  # append-only tables too
        connection.execute(f"TRUNCATE {tables}")
    return f"postgresql+psycopg://wadul@{postgres_server}/{NAME}"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The test runs once on each database."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url
