"""Change an office's own files from the console: the file is what changes, its comments stay.

A change is written to a copy of the office first and checked like every office; only what is
right replaces the file. The version is the hash of the file as it was shown.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from wadul.exceptions import Conflict, InvalidInput, NotFound
from wadul.locks import locked
from wadul.office import Office, Problem, Severity, check_offices
from wadul.usecases.office_yaml import Change

_TOLD = 3  # mistakes at once
_LOCK = ".lock"  # one for all offices, since they are checked together


class FileChanged(Conflict):
    """Somebody else changed this file first."""

    code = "file_changed"
    sentence = "Isi ini baru saja diubah orang lain. Muat ulang halaman, lalu ulangi."


class UnfitContent(InvalidInput):
    """The content has mistakes; the first ones are told."""

    code = "unfit_content"

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__()
        self.problems = tuple(problems)[:_TOLD]

    @property
    def sentence(self) -> str:
        return " ".join(f"{problem.field}: {problem.message}" for problem in self.problems)


def version_of(offices_dir: Path, office_id: str, file: str) -> str:
    """Raises `NotFound`."""
    return hashlib.sha256(_content(offices_dir, office_id, file)).hexdigest()[:16]


def edit_office_file(
    offices_dir: Path, office_id: str, file: str, change: Change, *, version: str
) -> Office:
    """Apply a change; returns the office as it is now. Raises `FileChanged`, `UnfitContent`."""
    with locked(offices_dir / _LOCK):
        before = _content(offices_dir, office_id, file)
        if hashlib.sha256(before).hexdigest()[:16] != version:
            raise FileChanged
        after = change(before.decode()).encode()
        office = _checked(offices_dir, office_id, file, after)
        if _content(offices_dir, office_id, file) != before:  # by hand, meanwhile
            raise FileChanged
        _replace(offices_dir / office_id / file, after)
    return office


def _content(offices_dir: Path, office_id: str, file: str) -> bytes:
    path = (offices_dir / office_id / file).resolve()
    if not path.is_relative_to((offices_dir / office_id).resolve()) or not path.is_file():
        raise NotFound("there is no such file")
    return path.read_bytes()


def _checked(offices_dir: Path, office_id: str, file: str, content: bytes) -> Office:
    """As it will be. All offices together: an alias or number may be taken by another."""
    with tempfile.TemporaryDirectory(prefix="wadul-") as folder:
        copy = Path(folder) / "offices"
        shutil.copytree(offices_dir, copy)
        (copy / office_id / file).write_bytes(content)
        checked = check_offices(copy)
    if checked.has_errors:
        raise UnfitContent([p for p in checked.problems if p.severity is Severity.ERROR])
    return checked.offices[office_id]


def _replace(path: Path, content: bytes) -> None:
    """Whole or not at all."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    shutil.copymode(path, name)
    Path(name).replace(path)
