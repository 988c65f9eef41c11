"""Which model serves: one small file that trainers write and the supervisor follows."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from wadul.exceptions import NotFound
from wadul.settings import Settings
from wadul.training import files
from wadul.training.model import current_model, name_of
from wadul.training.project import Project
from wadul.training.registry import Registry, adopt

SERVING, LOADING, FAILED = "serving", "loading", "failed"


@dataclass(frozen=True)
class Served:
    """What the supervisor last said: which model it serves, and how the wanted one fares."""

    model: str
    wanted: str
    state: str
    process: int
    at: str

    @property
    def alive(self) -> bool:
        """Whether that supervisor still runs."""
        with suppress(OSError):
            os.kill(self.process, 0)
            return True
        return False


def chosen(settings: Settings) -> Path | None:
    """The promoted model's file; None if none was promoted, or it is gone or of other programs."""
    project = Project.of(settings)
    name = files.read(project.serving).text.strip()
    if not name:
        return None
    model = settings.model_dir / f"{name}.tar.gz"
    entry = Registry.load(project).find(name)
    usable = model.is_file() and entry is not None and entry.fits_programs
    return model if usable else None


def choose(project: Project, name: str) -> None:
    """Whoever serves on this machine follows within a second."""
    content = files.read(project.serving)
    files.replace(project.serving, f"{name}\n", expected=content.digest)


def pin(settings: Settings) -> None:
    """Choose the model that serves already, so that a new one does not serve by a mere restart."""
    project = Project.of(settings)
    said = what_is_served(project)
    if said is None or files.read(project.serving).text.strip():
        return
    if (settings.model_dir / f"{said.model}.tar.gz").is_file():
        adopt(project, said.model)
        choose(project, said.model)


def serving_name(settings: Settings) -> str | None:
    """The model that serves now, or would if the system were started; None if there is none yet."""
    if settings.model_file is not None:
        return name_of(settings.model_file)
    said = what_is_served(Project.of(settings))
    if said is not None and said.alive:
        return said.model
    model = chosen(settings) or current_model(settings)
    return name_of(model) if model.is_file() else None


def serving_model(settings: Settings) -> Path:
    """Its file. Raises `NotFound` while there is none."""
    if settings.model_file is not None:
        return settings.model_file
    name = serving_name(settings)
    model = settings.model_dir / f"{name}.tar.gz"
    if name is None or not model.is_file():
        raise NotFound("belum ada model yang melayani; latih dan pasang dahulu.")
    return model


def say_what_is_served(
    project: Project, *, model: str, wanted: str, state: str, now: datetime
) -> None:
    content = files.read(project.served)
    said = Served(model, wanted, state, os.getpid(), now.isoformat())
    text = json.dumps(asdict(said)) + "\n"
    files.replace(project.served, text, expected=content.digest)


def what_is_served(project: Project) -> Served | None:
    with suppress(ValueError, TypeError):
        return Served(**json.loads(files.read(project.served).text))
    return None
