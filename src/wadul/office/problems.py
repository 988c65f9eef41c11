"""What is wrong in an office's files, said so that an officer can mend it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

from wadul.exceptions import InvalidInput


class Severity(StrEnum):
    ERROR = "error"
    """The content cannot be used."""
    WARNING = "warning"
    """The content can be used, but somebody should look at it."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake; `file` is relative to the offices folder, `line` 0 is the whole file."""

    file: str
    line: int
    field: str
    message: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        """`jatibarang/faq.yml: Baris 12, kolom answer: harus diisi.`"""
        where = [f"baris {self.line}"] if self.line else []
        where += [f"kolom {self.field}"] if self.field else []
        place = ", ".join(where)
        return f"{self.file}: {place[:1].upper()}{place[1:]}{': ' if place else ''}{self.message}"

    def as_dict(self) -> dict[str, str | int]:
        return asdict(self)


class OfficeContentError(InvalidInput):
    """The office content has mistakes."""

    code = "office_content"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))
