"""A PostgreSQL server of our own: on a free port, in a temporary folder, gone afterwards.

PostgreSQL refuses to run as root, so that there it runs as another user.
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
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

USER = "wadul"  # needs no password
START_SECONDS = 30


@dataclass(frozen=True)
class Server:
    address: str  # host:port
    pid: int


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


@contextmanager
def private_server(programs: Path, *settings: str) -> Iterator[Server]:
    """`settings` as postgres takes them after --, for example `fsync=off`."""
    folder = Path(tempfile.mkdtemp(prefix="wadul-pg-"))
    other = _other_user()
    if other:
        os.chown(folder, other["user"], other["group"])
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    subprocess.run(
        [programs / "initdb", "-D", folder / "data", "-U", USER, "-A", "trust", "-N"],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=folder,
        env=environment,
        **other,
    )
    port = free_port()
    options = ["-h", "127.0.0.1", "-p", str(port), *(f"--{setting}" for setting in settings)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [programs / "postgres", "-D", folder / "data", "-k", folder, *options],
            stdout=log,
            stderr=log,
            cwd=folder,
            env=environment,
            **other,
        )
    try:
        _wait_for(port, server)
        yield Server(f"127.0.0.1:{port}", server.pid)
    finally:
        server.send_signal(signal.SIGINT)  # does not wait for clients
        server.wait(60)
        shutil.rmtree(folder, ignore_errors=True)


def make_database(server: Server, name: str) -> str:
    """An empty one; returns its SQLAlchemy URL."""
    base = f"postgresql://{USER}@{server.address}"
    with psycopg.connect(f"{base}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"postgresql+psycopg://{USER}@{server.address}/{name}"


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


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            with psycopg.connect(f"postgresql://{USER}@127.0.0.1:{port}/postgres"):
                return
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > end:
                raise
            time.sleep(0.05)
