"""Administration: what residents are told about services, and WhatsApp's message templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from wadul.console import content, present
from wadul.console.desk import Desk
from wadul.core.actors import Power
from wadul.core.dates import local_date
from wadul.exceptions import InvalidInput
from wadul.office import MessageTemplate, Service
from wadul.usecases.office_yaml import set_entry, set_values

_LISTS = ("requirements", "procedure", "notes", "aliases")
_OPTIONAL = ("summary", "hours", "contact", "confirmed_by", "confirmed_on", "valid_until")


def _area(
    name: str, label: str, help_: str, rows: int = 5, required: bool = True
) -> dict[str, Any]:
    return {
        "name": name,
        "label": label,
        "type": "textarea",
        "rows": rows,
        "help": help_,
        "required": required,
    }


class ServicesSection:
    title = "Isi layanan"
    intro = (
        "Yang dijawab bot tentang layanan kantor. Konfirmasikan setiap isi sesudah diperiksa; "
        "sebelum itu jawaban ditutup dengan peringatan."
    )
    add_label = ""
    columns = (
        {"key": "name", "label": "Layanan"},
        {"key": "cost", "label": "Biaya"},
        {"key": "duration", "label": "Lama"},
        {"key": "state", "label": "Konfirmasi", "kind": "pill"},
        {"key": "until", "label": "Berlaku sampai"},
    )
    fields: Sequence[Mapping[str, Any]] = (
        {"name": "name", "label": "Nama layanan", "required": True, "max": 72},
        {"name": "summary", "label": "Ringkasan", "max": 200},
        _area("requirements", "Syarat", "Satu baris satu syarat."),
        {"name": "cost", "label": "Biaya", "required": True, "max": 400},
        {"name": "duration", "label": "Lama pelayanan", "required": True, "max": 200},
        {"name": "place", "label": "Tempat", "required": True, "max": 200},
        _area("procedure", "Langkah", "Satu baris satu langkah."),
        _area("notes", "Catatan", "Satu baris satu catatan; boleh kosong.", 2, required=False),
        {"name": "hours", "label": "Jam khusus (kosong: jam kantor)", "max": 200},
        {"name": "contact", "label": "Kontak khusus (kosong: kontak kantor)", "max": 200},
        {"name": "decided_by", "label": "Diputuskan oleh", "required": True, "max": 200},
        _area("aliases", "Sebutan warga", "Satu baris satu sebutan; bot perlu dilatih lagi.", 4),
        {"name": "source", "label": "Sumber", "required": True, "max": 400},
        {"name": "confirmed_by", "label": "Dikonfirmasi oleh (nama, jabatan)", "max": 120},
        {"name": "confirmed_on", "label": "Tanggal konfirmasi", "type": "date"},
        {"name": "valid_until", "label": "Berlaku sampai (boleh kosong)", "type": "date"},
    )

    power = Power.ADMINISTER

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def rows(self) -> list[dict[str, Any]]:
        today = self._today()
        return [self._row(service, today) for service in self._desk.office.services]

    def _today(self) -> date:
        return local_date(self._desk.now(), self._desk.office.timezone)

    async def save(self, told: dict[str, Any]) -> str:
        await self._write(told, {str(field["name"]) for field in self.fields})
        return "Isi layanan disimpan."

    async def _write(self, told: dict[str, Any], names: set[str]) -> None:
        values: dict[str, Any] = dict(told["values"])
        for name in _LISTS:
            lines = [line.strip() for line in str(values.get(name) or "").splitlines()]
            values[name] = [line for line in lines if line]
        for name in _OPTIONAL:
            values[name] = str(values.get(name) or "").strip() or None
        if not values["notes"]:
            del values["notes"]
        content.check_confirmation(values, self._today())
        await content.edit(
            self._desk,
            _file(str(told["id"])),
            set_values({name: values[name] for name in names if name in values}),
            version=str(told["version"]),
            power=self.power,
            labels=content.labels_of(ServicesSection.fields),
        )

    async def act(self, told: dict[str, Any]) -> str:
        raise InvalidInput("there is nothing else to do with a service")

    def _row(self, service: Service, today: date) -> dict[str, Any]:
        confirmed = service.is_confirmed(today)
        expired = bool(service.valid_until and service.valid_until < today)
        values: dict[str, Any] = {
            str(field["name"]): getattr(service, str(field["name"]))
            for field in ServicesSection.fields
        }
        for name in _LISTS:
            values[name] = "\n".join(values[name])
        for name in ("confirmed_on", "valid_until"):
            values[name] = values[name].isoformat() if values[name] else ""
        return {
            "id": service.code,
            "version": content.shown_version(self._desk, _file(service.code)),
            "label": service.short_name,
            "cells": {
                "name": service.name,
                "cost": service.cost,
                "duration": service.duration,
                "state": "Kedaluwarsa" if expired else "Sudah" if confirmed else "Belum",
                "until": present.short_date(service.valid_until) if service.valid_until else "—",
            },
            "tones": {"state": "good" if confirmed else "late" if expired else "soon"},
            "values": {name: value or "" for name, value in values.items()},
        }


def _file(code: str) -> str:
    if not code.replace("_", "").isalnum():
        raise InvalidInput("this is no service code")
    return f"services/{code}.yml"


class TemplatesSection:
    title = "Pesan templat"
    intro = (
        "Dipakai sesudah 24 jam. Ajukan teksnya ke WhatsApp lewat Twilio, lalu tulis nomornya "
        "(HX…) di sini; tanpa nomor, jawaban ditahan sampai warga menulis lagi."
    )
    add_label = ""
    columns = (
        {"key": "name", "label": "Nama", "kind": "code"},
        {"key": "body", "label": "Teks"},
        {"key": "state", "label": "Keadaan", "kind": "pill"},
    )
    fields = (
        _area("body", "Teks", "Isian {{1}}, {{2}} berurutan, tidak di awal atau akhir.", 6),
        {
            "name": "content_sid",
            "label": "Nomor konten Twilio",
            "max": 34,
            "placeholder": "HX…",
            "plain": True,
            "help": "Kosongkan bila belum disetujui.",
        },
    )

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def rows(self) -> list[dict[str, Any]]:
        version = content.shown_version(self._desk, "templates.yml")
        return [self._row(template, version) for template in self._desk.office.templates]

    async def save(self, told: dict[str, Any]) -> str:
        values = told["values"]
        sid = str(values.get("content_sid") or "").strip() or None

        await content.edit(
            self._desk,
            "templates.yml",
            set_entry(str(told["id"]), {"body": str(values["body"]).strip(), "content_sid": sid}),
            version=str(told["version"]),
            power=Power.ADMINISTER,
            labels=content.labels_of(self.fields),
        )
        return "Templat disimpan."

    async def act(self, told: dict[str, Any]) -> str:
        raise InvalidInput("there is nothing else to do with a template")

    def _row(self, template: MessageTemplate, version: str) -> dict[str, Any]:
        return {
            "id": template.name,
            "version": version,
            "label": template.name,
            "cells": {
                "name": template.name,
                "body": template.body,
                "state": "Disetujui" if template.content_sid else "Belum disetujui",
            },
            "tones": {"state": "good" if template.content_sid else "soon"},
            "values": {"body": template.body, "content_sid": template.content_sid or ""},
        }
