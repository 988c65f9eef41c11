"""The trained model for the data as it is now: found by fingerprint, trained if it is missing."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from wadul.exceptions import InvalidInput, WadulError
from wadul.settings import Settings
from wadul.supervisor.processes import LEGACY_PYTHON, rasa_environment
from wadul.supervisor.saying import say

_FILES = ("domain.yml", "config.yml", "envs/rasa/requirements.txt")
_FOLDERS = (("data", "*.yml"), ("components", "*.py"), ("components", "*.yml"))


class TrainingFailed(WadulError):
    """Rasa could not train a model; the lines above say why."""


def fingerprint(settings: Settings) -> str:
    """Changes whenever a file changes that the model is made from, wherever the files lie."""
    digest = hashlib.sha256()
    for name, file in sorted(_sources(settings)):
        digest.update(name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _sources(settings: Settings) -> Iterator[tuple[str, Path]]:
    yield from ((name, Path(name)) for name in _FILES)
    for folder, pattern in _FOLDERS:
        yield from ((str(file), file) for file in Path(folder).rglob(pattern))
    offices = settings.offices_dir
    yield from ((str(file.relative_to(offices)), file) for file in offices.rglob("*.yml"))


def current_model(settings: Settings) -> Path:
    return settings.model_dir / f"wadul-{fingerprint(settings)}.tar.gz"


def ensure_model(settings: Settings) -> Path:
    """Train unless there is a model for the current data, or one is named by the settings.

    Raises `TrainingFailed`, or `InvalidInput` for a named model that is not there.
    """
    if settings.model_file is not None:
        if not settings.model_file.is_file():
            raise InvalidInput(f"WADUL_MODEL_FILE names {settings.model_file}, which is not there")
        return settings.model_file
    model = current_model(settings)
    if not model.is_file():
        train(settings, model)
    return model


def train(settings: Settings, model: Path) -> None:
    """Progress goes to standard error; a model that was not finished is not left behind."""
    settings.model_dir.mkdir(parents=True, exist_ok=True)
    unfinished = settings.model_dir / f"unfinished-{model.name}"
    command = [
        *(str(LEGACY_PYTHON), "-W", "ignore", "-m", "components.train"),
        *("--out", str(settings.model_dir), "--name", unfinished.name.partition(".")[0]),
    ]
    say("training a model for the current data …")
    environment = os.environ | rasa_environment(settings)
    done = subprocess.run(command, env=environment, stdout=sys.stderr)
    if done.returncode or not unfinished.is_file():
        unfinished.unlink(missing_ok=True)
        raise TrainingFailed
    unfinished.rename(model)
