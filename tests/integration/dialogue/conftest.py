"""The real action server and the real Rasa server, started once, and residents who talk to them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from integration.conftest import free_port
from integration.dialogue.phone import Desk, Phone
from wadul.migrations.runner import migrate
from wadul.settings import Settings
from wadul.supervisor.model import current_model
from wadul.supervisor.processes import LEGACY_PYTHON, rasa_environment

REPOSITORY = Path(__file__).parents[3]
if str(REPOSITORY) not in sys.path:
    sys.path.insert(0, str(REPOSITORY))  # `actions` is no part of the installed package
START_SECONDS = 90


def _model(settings: Settings) -> Path:
    """The model for the data as it is, or the one that WADUL_TEST_MODEL names."""
    named = os.environ.get("WADUL_TEST_MODEL")
    return Path(named) if named else current_model(settings)


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("dialogue")
    settings = Settings(
        _env_file=None,
        var_dir=folder,
        database_url=f"sqlite:///{folder}/wadul.db",
        simulator="on",
        actions_port=free_port(),
        rasa_port=free_port(),
        offices_dir=REPOSITORY / "offices",
        model_dir=REPOSITORY / "models",
        burst_seconds=0,
    )
    model = _model(settings)
    if not (model.is_file() and (REPOSITORY / LEGACY_PYTHON).exists()):
        pytest.skip("there is no trained model; `make train` makes one")
    desk = Desk(settings)
    migrate(desk.database.engine)
    environment = os.environ | {
        "WADUL_VAR_DIR": str(folder),
        "WADUL_DATABASE_URL": settings.database_url,
        "WADUL_ACTIONS_PORT": str(settings.actions_port),
        "WADUL_SIMULATOR": "on",
    }
    rasa = [str(REPOSITORY / LEGACY_PYTHON), "-m", "components.serve", "--model", str(model)]
    rasa += ["--port", str(settings.rasa_port)]
    children = []
    try:
        with (folder / "actions.log").open("wb") as log:
            children.append(start([sys.executable, "-m", "actions"], environment, log))
        with (folder / "rasa.log").open("wb") as log:
            children.append(start(rasa, environment | rasa_environment(settings), log))
        wait_for(f"{settings.actions_url}/health", children[0], folder / "actions.log")
        wait_for(f"{settings.rasa_url}/webhooks/wadul/", children[1], folder / "rasa.log")
        yield desk
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.wait(20)
        desk.close()


def start(command: list[str], environment: dict[str, str], log: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command, cwd=REPOSITORY, env=environment, stdout=log, stderr=subprocess.STDOUT
    )


def wait_for(url: str, child: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if child.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (OSError, urllib.error.HTTPError):
            time.sleep(0.2)
    pytest.fail(f"{url} did not come up:\n{log.read_text()[-3000:]}")


@pytest.fixture
def phone(desk: Desk, _numbers: Iterator[int]) -> Callable[[], Phone]:
    """A new resident each time."""
    return lambda: Phone(desk, f"whatsapp:+62812{next(_numbers):08d}")


@pytest.fixture(scope="session")
def _numbers() -> Iterator[int]:
    return count(1)
