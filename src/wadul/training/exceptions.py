"""What can go wrong with language data and models.

WadulError
├── InvalidInput
│   ├── BrokenFile       a data file cannot be read; `path` and `line` say where
│   ├── UnknownLabel     no such intent in the domain
│   └── GateRefused      the model may not serve
├── NotFound
│   └── ExampleNotFound  no such sentence in the data
├── Conflict
│   └── ChangedMeanwhile somebody changed the file by hand; nothing was written
├── TrainingFailed       Rasa could not train; the lines above say why
├── NoRoom               the disk is full, or too full to begin
└── ModelUnusable        a model could not be loaded
"""

from __future__ import annotations

from pathlib import Path

from wadul.exceptions import Conflict, InvalidInput, NotFound, WadulError


class BrokenFile(InvalidInput):
    """Berkas tidak terbaca."""

    code = "broken_file"

    def __init__(self, path: Path, line: int | None, problem: str) -> None:
        where = f"{path}, baris {line}" if line else str(path)
        super().__init__(f"{where}: {problem}")
        self.path, self.line, self.problem = path, line, problem


class UnknownLabel(InvalidInput):
    """Label itu tidak dikenal di domain.yml."""

    code = "unknown_label"


class GateRefused(InvalidInput):
    """Gerbang menolak model ini."""

    code = "gate_refused"


class ExampleNotFound(NotFound):
    """Kalimat itu tidak ada di data."""

    code = "example_not_found"


class ChangedMeanwhile(Conflict):
    """Berkas berubah sejak dibaca; tidak ada yang ditulis. Muat ulang, lalu ulangi."""

    code = "changed_meanwhile"

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path}: {self.__doc__}")
        self.path = path


class TrainingFailed(WadulError):
    """Pelatihan gagal; baris-baris di atas menjelaskan sebabnya. Model yang melayani tetap."""

    code = "training_failed"


class NoRoom(WadulError):
    """Ruang disk hampir habis; pelatihan tidak dimulai. Model yang melayani tetap."""

    code = "no_room"


class ModelUnusable(WadulError):
    """Model tidak dapat dimuat; baris-baris di atas menjelaskan sebabnya."""

    code = "model_unusable"
