"""Files that people and programs change: locked, compared, and replaced in one step.

    with locked(project.var / "data.lock"):
        before = read(path)
        replace(path, new_text, expected=before.digest)

A hand edit between reading and writing is seen by its digest: `ChangedMeanwhile`, nothing written.
A full disk (`NoRoom`) or a kill leaves the old file as it was.
"""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from wadul.locks import locked as locked
from wadul.training.exceptions import BrokenFile, ChangedMeanwhile, NoRoom

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What the system says where the disk, a quota or a limit on the size of files is reached."""


@dataclass(frozen=True)
class Content:
    """A file's text and the digest of its bytes; both empty for a file that is not there."""

    path: Path
    text: str
    digest: str


def read(path: Path) -> Content:
    """Raises `BrokenFile` for what is not UTF-8."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Content(path, "", "")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise BrokenFile(path, line, "bukan teks UTF-8; simpan ulang sebagai UTF-8.") from error
    return Content(path, text, digest_of(data))


def digest_now(path: Path) -> str:
    return digest_of(path.read_bytes()) if path.exists() else ""


def digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def replace(path: Path, text: str | bytes, expected: str) -> str:
    """Write the new text if the file still has the expected digest; returns the new digest.

    Raises `ChangedMeanwhile`, and `NoRoom` on a full disk; the file is as it was then.
    """
    data = text.encode("utf-8") if isinstance(text, str) else text
    path.parent.mkdir(parents=True, exist_ok=True)
    with _telling_no_room(path):
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".new", dir=path.parent)
        new = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            new.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
            if digest_now(path) != expected:
                raise ChangedMeanwhile(path)
            new.replace(path)
        finally:
            new.unlink(missing_ok=True)
    return digest_of(data)


@contextmanager
def _telling_no_room(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise NoRoom(
            f"Disk penuh: {path.name} tidak ditulis dan isinya tetap seperti semula. Kosongkan "
            "ruang, lalu ulangi."
        ) from error
