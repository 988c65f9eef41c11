"""The file of tickets: its columns, what it keeps to itself, and its bound."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from wadul.console.ticket_csv import HEADINGS, file_name, write_csv
from wadul.core.spreadsheet import BEGIN, SEPARATOR
from wadul.core.states import Category, TicketClass, TicketKind, TicketStatus
from wadul.queries.ticket_export import Portion
from wadul.queries.ticket_table import TicketRow

JAKARTA = ZoneInfo("Asia/Jakarta")
ROW = TicketRow(
    number="JTB-261124-7K3F",
    version=1,
    status=TicketStatus.IN_PROGRESS,
    kind=TicketKind.COMPLAINT,
    class_=TicketClass.NON_SUPERVISORY,
    category=Category.ROADS_IRRIGATION_DRAINAGE,
    desa="Bulak",
    description="Jalan\nrusak,  WA saya 081234567890",
    created_at=datetime(2026, 11, 23, 18, 0, tzinfo=UTC),
    due_at=date(2026, 12, 14),
    verify_by=date(2026, 11, 27),
    paused=False,
    assignee="Sari Wulandari",
    anonymous=False,
    confidential=False,
    masked=False,
    reporter="=Ibu Casmini",
)


async def lines(
    rows: Sequence[TicketRow], most: int = 50
) -> tuple[list[dict[str, str]], list[tuple[int, int]]]:
    """The file as a spreadsheet reads it, and which portions were asked for."""
    asked = []

    async def ask(below: UUID | None, size: int) -> Portion:
        start = below.int if below else 0
        asked.append((start, size))
        found = list(rows[start : start + size])
        return Portion(found, UUID(int=start + len(found)) if found else None)

    text = "".join([piece async for piece in write_csv(ask, JAKARTA, most)])
    assert text.startswith(BEGIN)
    read = csv.DictReader(io.StringIO(text.removeprefix(BEGIN), newline=""), delimiter=SEPARATOR)
    return list(read), asked


async def test_a_ticket_is_one_line_in_words_and_with_sortable_dates() -> None:
    (line,), _ = await lines([ROW])
    assert line == {
        "Nomor": "JTB-261124-7K3F",
        "Tanggal masuk": "2026-11-24",  # in Jakarta
        "Status": "Diproses",
        "Jenis": "Pengaduan",
        "Golongan": "Pengaduan umum",
        "Topik": "Jalan, irigasi dan drainase",
        "Desa": "Bulak",
        "Isi laporan": "Jalan rusak, WA saya 0812******90",
        "Pelapor": "'=Ibu Casmini",
        "Batas verifikasi": "2026-11-27",
        "Tenggat": "2026-12-14",
        "Waktu berhenti": "Tidak",
        "Petugas": "Sari Wulandari",
        "Anonim": "Tidak",
        "Rahasia": "Tidak",
    }
    assert tuple(line) == HEADINGS


@pytest.mark.parametrize(
    ("row", "reporter"),
    [
        (replace(ROW, masked=True, reporter=""), "Anonim"),
        (replace(ROW, confidential=True), "Dirahasiakan"),
        (replace(ROW, reporter="0812 3456 7890"), "0812******90"),
    ],
)
async def test_who_should_stay_unknown_does(row: TicketRow, reporter: str) -> None:
    (line,), _ = await lines([row])
    assert line["Pelapor"] == reporter


async def test_a_file_without_tickets_has_its_headings() -> None:
    assert await lines([]) == ([], [(0, 50)])


async def test_more_than_the_bound_is_said_in_the_last_line() -> None:
    read, asked = await lines([ROW] * 4, most=3)
    assert [line["Nomor"] for line in read[:3]] == [ROW.number] * 3
    assert read[3]["Nomor"].startswith("Hanya 3 laporan terbaru yang dimuat.")
    assert len(read) == 4
    assert asked == [(0, 3), (3, 1)]


async def test_exactly_as_many_as_the_bound_are_all_of_them() -> None:
    read, _ = await lines([ROW] * 3, most=3)
    assert [line["Nomor"] for line in read] == [ROW.number] * 3


async def test_many_are_asked_for_in_portions() -> None:
    read, asked = await lines([ROW] * 1100, most=2000)
    assert len(read) == 1100
    assert asked == [(0, 500), (500, 500), (1000, 500), (1100, 500)]


def test_the_file_is_named_after_the_offices_own_day() -> None:
    assert (
        file_name("jatibarang", datetime(2026, 11, 23, 18, 0, tzinfo=UTC), JAKARTA)
        == "laporan-jatibarang-2026-11-24.csv"
    )
