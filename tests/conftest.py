"""Shared by all tests: nothing here may talk to anything but loopback."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from wadul.clock import FixedClock

TUESDAY = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)  # 10:00 in Jakarta


@pytest.fixture
def clock() -> FixedClock:
    """Tuesday 24 November 2026, ten in the morning in Jatibarang."""
    return FixedClock(TUESDAY)
