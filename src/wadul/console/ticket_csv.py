"""Tickets as a CSV file: what the table shows, one line each, never an address or a number.

An export leaves the rooms where every look is permitted and noted. So it holds no reporter who
asked to stay unknown or confidential, and numbers of people inside the words are masked.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from wadul.console import words
from wadul.core.spreadsheet import BEGIN, csv_line
from wadul.office import CATEGORIES
from wadul.queries.ticket_export import Portion
from wadul.queries.ticket_table import TicketRow
from wadul.training.masking import masked_numbers

MOST = 50_000  # lines; Excel takes a million, but who needs more asks in parts
_AT_ONCE = 500

HEADINGS = (
    "Nomor", "Tanggal masuk", "Status", "Jenis", "Golongan", "Topik", "Desa", "Isi laporan",
    "Pelapor", "Batas verifikasi", "Tenggat", "Waktu berhenti", "Petugas", "Anonim", "Rahasia",
)  # fmt: skip

Ask = Callable[[UUID | None, int], Awaitable[Portion]]
"""(below, size) → the next portion."""


async def write_csv(ask: Ask, zone: ZoneInfo, most: int = MOST) -> AsyncIterator[str]:
    """The file piece by piece; its last line says so if there are more than `most`."""
    yield BEGIN + csv_line(HEADINGS)
    below: UUID | None = None
    written = 0
    while written < most:
        portion = await ask(below, min(_AT_ONCE, most - written))
        if portion.last is None:
            return
        yield "".join(csv_line(_cells(row, zone)) for row in portion.rows)
        below, written = portion.last, written + len(portion.rows)
    if (await ask(below, 1)).rows:
        yield csv_line([cut_words(most)])


def cut_words(most: int = MOST) -> str:
    """What is said where not everything fits."""
    number = f"{most:,}".replace(",", ".")
    return f"Hanya {number} laporan terbaru yang dimuat. Persempit saringan untuk yang lain."


def file_name(office_id: str, now: datetime, zone: ZoneInfo) -> str:
    return f"laporan-{office_id}-{now.astimezone(zone):%Y-%m-%d}.csv"


def _cells(row: TicketRow, zone: ZoneInfo) -> tuple[str, ...]:
    return (
        row.number,
        row.created_at.astimezone(zone).date().isoformat(),
        words.STATUSES[row.status],
        words.TICKET_KINDS[row.kind],
        words.CLASSES[row.class_],
        CATEGORIES[row.category.value],
        row.desa or "",
        _one_line(row.description),
        _reporter(row),
        row.verify_by.isoformat(),
        row.due_at.isoformat(),
        _yes(row.paused),
        row.assignee or "",
        _yes(row.anonymous),
        _yes(row.confidential),
    )


def _reporter(row: TicketRow) -> str:
    if row.masked:
        return "Anonim"
    return "Dirahasiakan" if row.confidential else _one_line(row.reporter)


def _one_line(text: str) -> str:
    return masked_numbers(" ".join(text.split()))


def _yes(value: bool) -> str:
    return "Ya" if value else "Tidak"
