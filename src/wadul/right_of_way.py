"""Who writes first into a SQLite file: whoever takes residents' messages in.

SQLite lets waiting writers in by chance, and one that was unlucky sleeps up to 100 ms before it
tries again. The gateway therefore locks a file beside the database while it writes or wants to, and
all others wait for its end before they begin. They wait a bounded time, so that a gateway that
hangs slows them but stops nothing.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PATIENCE_SECONDS = 0.2
_LOOK_AGAIN_SECONDS = 0.002


class RightOfWay:
    """One per database object. Where the file cannot be made there is no order, and no harm."""

    def __init__(self, path: Path, *, first: bool) -> None:
        self._path = path
        self._first = first
        self._handle: int | None = None

    @contextmanager
    def passage(self) -> Iterator[None]:
        """Around a transaction."""
        handle = self._open()
        if handle is None or not self._first:
            _give_way(handle)
            yield
            return
        fcntl.flock(handle, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(handle, fcntl.LOCK_UN)

    def close(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def _open(self) -> int | None:
        if self._handle is None:
            with suppress(OSError):
                self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        return self._handle


def _give_way(handle: int | None) -> None:
    if handle is None:
        return
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_LOOK_AGAIN_SECONDS)
        else:
            fcntl.flock(handle, fcntl.LOCK_UN)
            return
