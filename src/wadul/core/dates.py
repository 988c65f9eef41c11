"""Dates as residents read them."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

_DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
_MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September",
    "Oktober", "November", "Desember",
)  # fmt: skip


def spell_date(day: date) -> str:
    """For example "Senin, 14 Desember 2026"."""
    return f"{_DAYS[day.weekday()]}, {day.day} {_MONTHS[day.month - 1]} {day.year}"


def local_date(at: datetime, timezone: str) -> date:
    """The date on the office's calendar."""
    return at.astimezone(ZoneInfo(timezone)).date()
