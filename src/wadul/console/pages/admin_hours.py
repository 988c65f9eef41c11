"""Administration: when the counter is open, and on which days it is not."""

from __future__ import annotations

from typing import Any

from wadul.console import content
from wadul.console.desk import Desk
from wadul.core.actors import Power
from wadul.core.dates import spell_date
from wadul.exceptions import InvalidInput
from wadul.office import Hours
from wadul.office.opening import DAYS
from wadul.usecases.office_yaml import set_values

_FILE = "office.yml"
_NAMES = dict(
    zip(DAYS, ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"), strict=True)
)


class HoursSection:
    title = "Jam pelayanan"
    intro = "Warga diantrekan kepada petugas hanya selama kantor buka. Kosongkan jam untuk tutup."
    add_label = ""
    columns = (
        {"key": "day", "label": "Hari"},
        {"key": "open", "label": "Buka"},
        {"key": "break", "label": "Istirahat"},
    )
    fields = (
        {"name": "open", "label": "Buka", "type": "time"},
        {"name": "close", "label": "Tutup", "type": "time"},
        {"name": "pause_start", "label": "Istirahat mulai (boleh kosong)", "type": "time"},
        {"name": "pause_end", "label": "Istirahat selesai", "type": "time"},
    )

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def rows(self) -> list[dict[str, Any]]:
        version = content.shown_version(self._desk, _FILE)
        return [self._row(day, version) for day in DAYS]

    async def save(self, told: dict[str, Any]) -> str:
        day = str(told["id"])
        values = {name: str(told["values"].get(name) or "")[:5] for name in _FIELD_NAMES}
        table = {each: _as_values(self._on(each)) for each in DAYS}
        table[day] = values

        await content.edit(
            self._desk,
            _FILE,
            set_values({"hours": _grouped(table)}),
            version=str(told["version"]),
            power=Power.LEAD,
        )
        return f"Jam hari {_NAMES[day]} disimpan."

    async def act(self, told: dict[str, Any]) -> str:
        raise InvalidInput("there is nothing else to do with a day")

    def _on(self, day: str) -> Hours | None:
        return next((hours for hours in self._desk.office.hours if day in hours.days), None)

    def _row(self, day: str, version: str) -> dict[str, Any]:
        hours = self._on(day)
        pause = hours.pause if hours else None
        return {
            "id": day,
            "version": version,
            "label": _NAMES[day],
            "cells": {
                "day": _NAMES[day],
                "open": f"{hours.opens:%H.%M}–{hours.closes:%H.%M}" if hours else "Tutup",
                "break": f"{pause[0]:%H.%M}–{pause[1]:%H.%M}" if pause else "—",
            },
            "values": _as_values(hours),
        }


_FIELD_NAMES = ("open", "close", "pause_start", "pause_end")


def _as_values(hours: Hours | None) -> dict[str, str]:
    if hours is None:
        return dict.fromkeys(_FIELD_NAMES, "")
    times = (hours.opens, hours.closes, *(hours.pause or ("", "")))
    return {
        name: f"{time:%H:%M}" if time else ""
        for name, time in zip(_FIELD_NAMES, times, strict=True)
    }


def _grouped(table: dict[str, dict[str, str]]) -> list[dict[str, Any]]:
    """Days with the same hours stand together, as in the file."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for day, values in table.items():
        if values["open"] and values["close"]:
            groups.setdefault(tuple(values.values()), []).append(day)
    rows = []
    for (opens, closes, start, end), days in groups.items():
        row: dict[str, Any] = {"days": days, "open": opens, "close": closes}
        if start and end:
            row["break"] = {"start": start, "end": end}
        rows.append(row)
    return rows


class HolidaySection:
    title = "Libur kantor"
    intro = "Di luar libur nasional dan cuti bersama, yang sudah dikenal sistem."
    add_label = "Tambah libur"
    columns = ({"key": "day", "label": "Tanggal"}, {"key": "name", "label": "Keterangan"})
    fields = (
        {"name": "date", "label": "Tanggal", "type": "date", "required": True},
        {"name": "name", "label": "Keterangan", "required": True, "max": 80},
    )

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._version = ""

    async def rows(self) -> list[dict[str, Any]]:
        self._version = content.shown_version(self._desk, _FILE)
        return [
            {
                "id": holiday.day.isoformat(),
                "version": self._version,
                "label": holiday.name,
                "cells": {"day": spell_date(holiday.day), "name": holiday.name},
                "values": {"date": holiday.day.isoformat(), "name": holiday.name},
                "actions": [{"key": "delete", "label": "Hapus", "danger": True}],
            }
            for holiday in sorted(self._desk.office.holidays_extra, key=lambda h: h.day)
        ]

    async def save(self, told: dict[str, Any]) -> str:
        values = told["values"]
        entry = {"date": str(values["date"]), "name": str(values["name"]).strip()}
        await self._replace(str(told["id"]), entry, str(told["version"] or self._version))
        return "Libur disimpan."

    async def act(self, told: dict[str, Any]) -> str:
        await self._replace(str(told["id"]), None, str(told["version"]))
        return "Libur dihapus."

    async def _replace(self, old: str, entry: dict[str, str] | None, version: str) -> None:
        kept = [
            {"date": holiday.day.isoformat(), "name": holiday.name}
            for holiday in self._desk.office.holidays_extra
            if holiday.day.isoformat() not in (old, entry["date"] if entry else old)
        ]
        table = sorted([*kept, *([entry] if entry else [])], key=lambda each: each["date"])
        change = set_values({"holidays_extra": table})
        await content.edit(self._desk, _FILE, change, version=version, power=Power.LEAD)
