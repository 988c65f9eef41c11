"""`models/registry.json`: which model was made by whom from what, how it did, and what it served.

People may read the file; programs change it through here, locked and in one step.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wadul.exceptions import NotFound
from wadul.training import files
from wadul.training.exceptions import BrokenFile
from wadul.training.model import code_fingerprint
from wadul.training.project import Project


@dataclass(frozen=True)
class Entry:
    """One model. `metrics` is what `evaluation.py` measured, None until then."""

    name: str
    data: str  # fingerprint of everything it was made from
    code: str  # fingerprint of the programs alone
    created_at: str
    created_by: str
    seconds: float = 0.0  # of training
    size: int = 0  # bytes
    examples: int = 0
    labels: int = 0
    errors: int = 0  # findings of the check when it was trained
    metrics: dict[str, Any] | None = None
    verdict: dict[str, Any] | None = None  # of the gate, at the last evaluation

    @property
    def fits_programs(self) -> bool:
        return self.code == code_fingerprint()


@dataclass(frozen=True)
class Change:
    """Another model began to serve. `reason` is why the gate was overruled."""

    at: str
    who: str
    what: str  # promoted, rolled_back
    model: str
    previous: str | None
    forced: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Registry:
    models: tuple[Entry, ...] = ()
    history: tuple[Change, ...] = ()
    digest: str = field(default="", compare=False)

    @classmethod
    def load(cls, project: Project) -> Registry:
        """Raises `BrokenFile`."""
        content = files.read(project.registry)
        if not content.text:
            return cls(digest=content.digest)
        try:
            read = json.loads(content.text)
            return cls(
                tuple(Entry(**each) for each in read["models"]),
                tuple(Change(**each) for each in read["history"]),
                content.digest,
            )
        except (ValueError, KeyError, TypeError) as error:
            raise BrokenFile(project.registry, None, "daftar model rusak.") from error

    def find(self, name: str) -> Entry | None:
        return next((entry for entry in self.models if entry.name == name), None)

    def get(self, name: str) -> Entry:
        """By name or its unique beginning, with or without `wadul-`. Raises `NotFound`."""
        alike = [
            entry
            for entry in self.models
            if entry.name.startswith(name) or entry.name.startswith(f"wadul-{name}")
        ]
        exact = [entry for entry in alike if entry.name == name]
        if len(found := exact or alike) != 1:
            raise NotFound(f"model {name} tidak ada di daftar; lihat `wadul nlu list`.")
        return found[0]

    def with_entry(self, entry: Entry) -> Registry:
        others = tuple(each for each in self.models if each.name != entry.name)
        return replace(self, models=(*others, entry))

    def without(self, name: str) -> Registry:
        """The history goes on telling of it."""
        return replace(self, models=tuple(each for each in self.models if each.name != name))

    def with_change(self, change: Change) -> Registry:
        return replace(self, history=(*self.history, change))


def update(project: Project, change: Callable[[Registry], Registry]) -> Registry:
    """Apply `change` to the registry as it is now, and write it."""
    with files.locked(_lock(project)):
        old = Registry.load(project)
        new = change(old)
        text = json.dumps(
            {
                "models": [asdict(entry) for entry in new.models],
                "history": [asdict(each) for each in new.history],
            },
            ensure_ascii=False,
            indent=1,
        )
        digest = files.replace(project.registry, text + "\n", expected=old.digest)
    return replace(new, digest=digest)


def adopt(project: Project, name: str) -> None:
    """Enter a model that `wadul run` trained, which keeps no registry; it serves, so it fits."""
    model = project.models / f"{name}.tar.gz"
    if Registry.load(project).find(name) is not None or not model.is_file():
        return
    file = model.stat()
    made_at = datetime.fromtimestamp(file.st_mtime, UTC).isoformat()
    data, code = name.removeprefix("wadul-"), code_fingerprint()
    entry = Entry(name, data, code, made_at, "sistem", size=file.st_size)
    update(project, lambda registry: registry.with_entry(entry))


def _lock(project: Project) -> Path:
    return project.models / "registry.lock"
