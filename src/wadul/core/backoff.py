"""How long to wait before the next try. All times in seconds; attempts count from 1."""

from __future__ import annotations

from collections.abc import Callable

_LONGEST_EXPONENT = 16  # 2**16 s is above every cap; keeps the power small


def exponential(attempt: int, *, cap: float, first: float = 1.0) -> float:
    """first, 2·first, 4·first … and never more than the cap."""
    return min(first * 2.0 ** min(max(attempt, 1) - 1, _LONGEST_EXPONENT), cap)


def jittered(seconds: float, random: Callable[[], float]) -> float:
    """Between 0.75 and 1.25 times as long, so that many retries do not come at the same moment.

    `random` gives numbers in [0, 1).
    """
    return seconds * (0.75 + random() / 2)
