"""The time, as a dependency: aware UTC datetimes everywhere, local time only for people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from wadul.settings import Settings

OFFSET_FILE = "clock-offset"


class Clock(Protocol):
    def now(self) -> datetime:
        """The present moment, aware, UTC."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class SimulatedClock:
    """The system's time plus the seconds in a file, so that a demonstration can skip a day.

    Every process reads the same file; a missing or damaged one means no offset.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self._offset())

    def _offset(self) -> float:
        try:
            return float(self._file.read_text())
        except (OSError, ValueError):
            return 0.0


class FixedClock:
    """Stands still until told; for tests."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def advance(self, **amount: float) -> None:
        self.at += timedelta(**amount)


def clock_for(settings: Settings) -> Clock:
    return SimulatedClock(settings.var_dir / OFFSET_FILE) if settings.simulated else SystemClock()
