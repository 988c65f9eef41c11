"""Real databases for integration tests: SQLite, and a private PostgreSQL server.

`database_url` runs a test once on each. The PostgreSQL server is started once, on a free port, in
a temporary folder, and lives as long as the test session. PostgreSQL refuses to run as root, so
that there it runs as another user.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from wadul.database import create_database_engine
from wadul.migrations.runner import migrate
from wadul.models import Base

NAME = "wadul"
START_SECONDS = 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def postgres_programs() -> Path | None:
    """The folder with `initdb` and `postgres`, the newest version first."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which("initdb")
    if found:
        folders.append(Path(found).resolve().parent)
    return next((f for f in folders if (f / "initdb").exists() and (f / "postgres").exists()), None)


def _other_user() -> dict[str, Any]:
    """Arguments for subprocess: root becomes somebody else."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    return {}


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """`host:port` of a server whose user `wadul` needs no password, with a migrated database."""
    programs = postgres_programs()
    if programs is None:
        pytest.skip("no PostgreSQL server programs (initdb, postgres) on this machine")
    folder = Path(tempfile.mkdtemp(prefix="wadul-pg-"))
    other = _other_user()
    if other:
        os.chown(folder, other["user"], other["group"])
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    subprocess.run(
        [programs / "initdb", "-D", folder / "data", "-U", "wadul", "-A", "trust", "-N"],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=folder,
        env=environment,
        **other,
    )
    port = free_port()
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [programs / "postgres", "-D", folder / "data", "-k", folder, *_options(port)],
            stdout=log,
            stderr=log,
            cwd=folder,
            env=environment,
            **other,
        )
    try:
        _wait_for(port, server)
        _make_database(port)
        yield f"127.0.0.1:{port}"
    finally:
        server.send_signal(signal.SIGINT)  # does not wait for clients
        server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def _options(port: int) -> list[str]:
    """As quick as it gets: nobody needs this data after a crash of the machine."""
    settings = ("fsync=off", "full_page_writes=off", "max_connections=120")
    return ["-h", "127.0.0.1", "-p", str(port), *(f"--{setting}" for setting in settings)]


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            with psycopg.connect(f"postgresql://wadul@127.0.0.1:{port}/postgres"):
                return
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > end:
                raise
            time.sleep(0.05)


def _make_database(port: int) -> None:
    base = f"postgresql://wadul@127.0.0.1:{port}"
    with psycopg.connect(f"{base}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {NAME}")
    _migrate(f"postgresql+psycopg://wadul@127.0.0.1:{port}/{NAME}")


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
