"""The offices as their files are now: an edit counts within seconds, without a restart.

Files are looked at, by name and time only, at most every `LOOK_SECONDS`; changed ones are read in
a thread of their own. While they have mistakes, the offices stay as they were.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import structlog

from wadul.office.loading import load_offices
from wadul.office.models import Office
from wadul.office.problems import OfficeContentError

log = structlog.get_logger()

LOOK_SECONDS = 2.0


class CurrentOffices(Mapping[str, Office]):
    """Raises `OfficeContentError` when it is made from files with mistakes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stamp = self._look()
        self._offices = load_offices(folder)
        self._looked_at = time.monotonic()
        self._reading = threading.Lock()

    def __getitem__(self, office_id: str) -> Office:
        self._refresh()
        return self._offices[office_id]

    def __iter__(self) -> Iterator[str]:
        self._refresh()
        return iter(self._offices)

    def __len__(self) -> int:
        return len(self._offices)

    def put(self, office: Office) -> None:
        """What this process wrote itself counts at once."""
        self._offices = {**self._offices, office.id: office}

    def _refresh(self) -> None:
        now = time.monotonic()
        if now - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = now
        stamp = self._look()
        if stamp != self._stamp and self._reading.acquire(blocking=False):
            self._stamp = stamp
            threading.Thread(target=self._read, name="offices", daemon=True).start()

    def _read(self) -> None:
        try:
            self._offices = load_offices(self._folder)
            log.info("The offices' files were read anew.", action="offices_read")
        except (OfficeContentError, OSError) as error:
            log.error("The offices' files have mistakes.", action="offices_unfit", exc_info=error)
        finally:
            self._reading.release()

    def _look(self) -> frozenset[tuple[str, int, int]]:
        """Name, time and size of every file."""
        found = set()
        for path in self._folder.glob("*/**/*.yml"):
            try:
                told = path.stat()
            except FileNotFoundError:  # replaced at this moment
                continue
            found.add((str(path), told.st_mtime_ns, told.st_size))
        return frozenset(found)
