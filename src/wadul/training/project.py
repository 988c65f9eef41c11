"""Where the language data, the tests and the models are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from wadul.settings import Settings


@dataclass(frozen=True)
class Project:
    """`root` is the folder with domain.yml; paths of findings are given relative to it."""

    root: Path
    offices: Path
    models: Path
    var: Path

    @classmethod
    def of(cls, settings: Settings, root: Path | None = None) -> Project:
        return cls(
            root=root or Path(),
            offices=settings.offices_dir,
            models=settings.model_dir,
            var=settings.var_dir,
        )

    @property
    def nlu(self) -> Path:
        return self.root / "data" / "nlu"

    @property
    def domain(self) -> Path:
        return self.root / "domain.yml"

    @property
    def held_out(self) -> Path:
        """Utterances that no training may see."""
        return self.root / "tests" / "nlu"

    @property
    def conversations(self) -> Path:
        return self.root / "tests" / "conversations"

    @property
    def gate(self) -> Path:
        return self.root / "gate.yml"

    @property
    def registry(self) -> Path:
        return self.models / "registry.json"

    @property
    def serving(self) -> Path:
        """Names the model that serves; the supervisor watches it."""
        return self.var / "serving-model"

    @property
    def served(self) -> Path:
        """What the supervisor says about it."""
        return self.var / "served-model.json"

    def nlu_files(self) -> list[Path]:
        return sorted(path for path in self.nlu.rglob("*.yml"))

    def dialogue_files(self) -> list[Path]:
        folders = (self.root / "data" / name for name in ("rules", "stories"))
        return sorted(path for folder in folders for path in folder.rglob("*.yml"))

    def shown(self, path: Path) -> str:
        """How people name the file."""
        try:
            return path.relative_to(self.root).as_posix()
        except ValueError:
            return path.as_posix()
