"""One thing that is wrong, and what to do about it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from wadul.office import Severity
from wadul.training.exceptions import BrokenFile
from wadul.training.project import Project

__all__ = ["Finding", "Severity", "broken"]


@dataclass(frozen=True, order=True)
class Finding:
    """`line` 0 is the whole file; `code` is stable, the words are for people."""

    file: str
    line: int
    code: str
    message: str
    advice: str
    severity: Severity = Severity.ERROR

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.message} → {self.advice}"


def broken(project: Project, error: BrokenFile) -> Finding:
    return Finding(
        project.shown(error.path),
        error.line or 0,
        "broken_yaml",
        error.problem,
        "Betulkan baris ini; selama rusak, model lama tetap melayani.",
    )
