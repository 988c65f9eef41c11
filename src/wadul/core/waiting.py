"""How long residents in the queue will wait, by how quickly others were taken lately."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

FEWEST = 3  # below that many a pace is chance
_SLOWEST = timedelta(hours=4)  # a longer pause is a break in the work, not its pace


@dataclass(frozen=True)
class Taking:
    """A resident who was queued, and when somebody took their conversation over."""

    queued_at: datetime
    taken_at: datetime


def pace(takings: Iterable[Taking]) -> timedelta | None:
    """The usual time from one taking to the next while somebody waited; None: not known.

    It counts from the taking before, or from when this resident came if nobody waited until then.
    What lies over a night or a long pause is left out: nobody was on duty all that time.
    """
    steps = []
    before: datetime | None = None
    for taking in sorted(takings, key=lambda each: each.taken_at):
        began = taking.queued_at if before is None else max(before, taking.queued_at)
        step = taking.taken_at - began
        if timedelta() <= step <= _SLOWEST:
            steps.append(step)
        before = taking.taken_at
    if len(steps) < FEWEST:
        return None
    return timedelta(seconds=median(step.total_seconds() for step in steps))


def expected_wait(usual: timedelta | None, place: int) -> timedelta | None:
    """From now, for the resident in this place (1 is next); None where nothing can be claimed."""
    return None if usual is None or place < 1 else usual * place


def wait_words(wait: timedelta | None) -> str:
    """For example "kira-kira 10 menit lagi": as coarse as such a guess is. Empty for None."""
    if wait is None:
        return ""
    minutes = wait.total_seconds() / 60
    if minutes < 1.5:
        return "sebentar lagi"
    if minutes < 10:
        return f"kira-kira {round(minutes)} menit lagi"
    if minutes < 57.5:
        return f"kira-kira {round(minutes / 5) * 5} menit lagi"
    if minutes < 90:
        return "kira-kira 1 jam lagi"
    if minutes < 4 * 60:
        return f"kira-kira {round(minutes / 60)} jam lagi"
    return "lebih dari 4 jam lagi"
