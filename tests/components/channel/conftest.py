"""A small real project: trained once, served by `components.serve`, with real rasa-sdk actions.

Everything lives in a temporary folder and listens on free loopback ports.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from components.lean import import_late, spare_the_server

from .programs import Desk, Program, free_port

import_late()

ROOT = Path(__file__).parents[3]
PROJECT = Path(__file__).parent / "project"
MODERN_PYTHON = ROOT / ".venv" / "bin" / "python"
TRAIN = (
    "import sys; from rasa.model_training import train; "
    "sys.exit(train('domain.yml', 'config.yml', ['data'], 'models').code)"
)


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the trained project."""
    folder = tmp_path_factory.mktemp("rasa") / "project"
    shutil.copytree(PROJECT, folder)
    for name in ("endpoints.yml", "credentials.yml"):
        shutil.copy(ROOT / name, folder / name)
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", TRAIN],
        cwd=folder,
        env={**os.environ, "RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3"},
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return folder


@pytest.fixture(scope="session")
def actions(project: Path) -> Iterator[Program]:
    if not MODERN_PYTHON.exists():
        pytest.skip("the modern environment with rasa-sdk is missing")
    port = free_port()
    program = Program(
        [str(MODERN_PYTHON), "run_actions.py", str(port)],
        f"http://127.0.0.1:{port}/health",
        project,
        {**os.environ, "JOURNAL": str(project / "journal")},
    )
    program.start()
    yield program
    program.stop()


@pytest.fixture(scope="session")
def environment(project: Path, actions: Program) -> dict[str, str]:
    """What the supervisor sets for the Rasa server."""
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "WADUL_ACTIONS_URL": actions.url.replace("/health", "/webhook"),
        "WADUL_RASA_TRACKER_URL": f"sqlite:///{project / 'var' / 'rasa.db'}",
    }


@pytest.fixture(scope="session")
def rasa_server(project: Path, environment: dict[str, str]) -> Iterator[Program]:
    port = free_port()
    program = Program(
        [sys.executable, "-m", "components.serve", "--port", str(port)],
        f"http://127.0.0.1:{port}/webhooks/wadul/",
        project,
        environment,
    )
    program.start()
    yield program
    program.stop()


@pytest.fixture
def desk(rasa_server: Program) -> Desk:
    return Desk(rasa_server.url.rstrip("/"))


@pytest.fixture
def journal(project: Path) -> Path:
    """One line per action that ran."""
    path = project / "journal"
    path.touch()
    return path


@pytest.fixture(scope="session")
def agent(project: Path, environment: dict[str, str]) -> Any:
    """The trained agent in this process, with Rasa's own in-memory stores."""
    spare_the_server()
    from rasa.core.agent import load_agent
    from rasa.core.utils import AvailableEndpoints
    from rasa.utils.endpoints import EndpointConfig

    endpoints = AvailableEndpoints(action=EndpointConfig(environment["WADUL_ACTIONS_URL"]))
    return asyncio.run(load_agent(model_path=str(project / "models"), endpoints=endpoints))
