"""Change an office's own files from the console: the file is what changes, its comments stay.

A change is written to a copy of the office first and checked like every office; only what is
right replaces the file. The version is the hash of the file as it was shown.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from wadul.exceptions import Conflict, InvalidInput, NotFound
from wadul.office import Office, OfficeContentError, check_offices, load_offices

Change = Callable[[str], str]  # the text of the file before -> after


class FileChanged(Conflict):
    """Somebody else changed this file first."""

    code = "file_changed"
    sentence = "Isi ini baru saja diubah orang lain. Muat ulang halaman, lalu ulangi."


class UnfitContent(InvalidInput):
    """The content has mistakes; the first ones are told."""

    code = "unfit_content"

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self.sentence = sentence


def version_of(offices_dir: Path, office_id: str, file: str) -> str:
    """Raises `NotFound`."""
    return hashlib.sha256(_content(offices_dir, office_id, file)).hexdigest()[:16]


def edit_office_file(
    offices_dir: Path, office_id: str, file: str, change: Change, *, version: str
) -> Office:
    """Apply a change; returns the office as it is now. Raises `FileChanged`, `UnfitContent`."""
    before = _content(offices_dir, office_id, file)
    if hashlib.sha256(before).hexdigest()[:16] != version:
        raise FileChanged
    after = change(before.decode()).encode()
    _check(offices_dir, office_id, file, after)
    _replace(offices_dir / office_id / file, after)
    return load_offices(offices_dir)[office_id]


def set_values(values: Mapping[str, Any]) -> Change:
    """Set top-level keys; every other line of the file stays as it is, comments too."""

    def change(text: str) -> str:
        for key, value in values.items():
            document = _round_trip().load(text)
            if key not in document or document[key] != value:
                text = _spliced(text, document, key, value)
        return text

    return change


def set_entry(name: str, values: Mapping[str, Any]) -> Change:
    """Set single values of the entry with this `name` in a file that is a list."""

    def change(text: str) -> str:
        for key, value in values.items():
            document = _round_trip().load(text)
            entry = next((each for each in document if each["name"] == name), None)
            if entry is None:
                raise NotFound("there is no such entry")
            if entry.get(key) != value:
                starts = [each.lc.key(known)[0] for each in document for known in each]
                text = _spliced(text, entry, key, value, starts)
        return text

    return change


def _spliced(text: str, mapping: Any, key: str, value: Any, starts: list[int] | None = None) -> str:
    """Replace the lines of one key. Comments before the next key belong to that one.

    `starts`: lines on which something else begins; by default those of the mapping's keys.
    """
    out = io.StringIO()
    _round_trip().dump({key: _quoted(value)}, out)
    fresh = out.getvalue().splitlines(keepends=True)
    lines = text.splitlines(keepends=True)
    if key not in mapping:
        return "".join([*lines, *fresh])
    start, column = mapping.lc.key(key)
    begins = starts or [mapping.lc.key(each)[0] for each in mapping]
    end = min((each for each in begins if each > start), default=len(lines))
    while end - 1 > start and (not lines[end - 1].strip() or lines[end - 1].lstrip()[0] == "#"):
        end -= 1
    indented = [fresh[0], *(" " * column + line for line in fresh[1:])]
    head = lines[start][:column]  # "- " or spaces before the key of a list's entry
    return "".join([*lines[:start], head, *indented, *lines[end:]])


def _quoted(value: Any) -> Any:
    if isinstance(value, str):
        risky = ":" in value or "#" in value or value[:1] in "0123456789-{[&*!|>'\"%@`"
        return DoubleQuotedScalarString(value) if risky or not value.strip() else value
    if isinstance(value, list):
        return [_quoted(each) for each in value]
    if isinstance(value, dict):
        return {key: _quoted(each) for key, each in value.items()}
    return value


def _round_trip() -> YAML:
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 4096  # long lines stay as they are
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.representer.add_representer(
        type(None), lambda r, _: r.represent_scalar("tag:yaml.org,2002:null", "null")
    )
    return yaml


def _content(offices_dir: Path, office_id: str, file: str) -> bytes:
    path = (offices_dir / office_id / file).resolve()
    if not path.is_relative_to((offices_dir / office_id).resolve()) or not path.is_file():
        raise NotFound("there is no such file")
    return path.read_bytes()


def _check(offices_dir: Path, office_id: str, file: str, content: bytes) -> None:
    """All offices together: an alias or number may be taken by another."""
    with tempfile.TemporaryDirectory(prefix="wadul-") as folder:
        copy = Path(folder) / "offices"
        shutil.copytree(offices_dir, copy)
        (copy / office_id / file).write_bytes(content)
        checked = check_offices(copy)
    if checked.has_errors:
        problems = OfficeContentError(checked.problems).problems
        told = [f"{p.field}: {p.message}" for p in problems if p.severity == "error"]
        raise UnfitContent(" ".join(told[:3]))


def _replace(path: Path, content: bytes) -> None:
    """Whole or not at all."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    shutil.copymode(path, name)
    Path(name).replace(path)
