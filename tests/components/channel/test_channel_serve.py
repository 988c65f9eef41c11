"""The launcher: settings, the log, and refusing to start without a usable model."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rasa.core.agent import Agent
from rasa.core.lock_store import InMemoryLockStore, LockStore, RedisLockStore
from rasa.core.utils import AvailableEndpoints

from components.serve import FramesOnly, check, prepare_environment

ENDPOINTS = Path(__file__).parents[3] / "endpoints.yml"


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
