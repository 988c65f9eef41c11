"""Moving everybody's clock: the offset file that `wadul.clock.SimulatedClock` reads."""

from __future__ import annotations

from pathlib import Path

from wadul.clock import OFFSET_FILE


def read_offset(var_dir: Path) -> float:
    """Seconds between the system's time and the simulated one."""
    try:
        return float((var_dir / OFFSET_FILE).read_text())
    except (OSError, ValueError):
        return 0.0


def write_offset(var_dir: Path, seconds: float) -> None:
    """Replaces the file in one step, since other processes read it at any moment."""
    var_dir.mkdir(parents=True, exist_ok=True)
    fresh = var_dir / (OFFSET_FILE + ".new")
    fresh.write_text(f"{seconds:.0f}")
    fresh.replace(var_dir / OFFSET_FILE)
