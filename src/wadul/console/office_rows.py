"""An office's own data as rows of a list: what each shows, and the form that changes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from wadul.console import content, present
from wadul.core.deadlines import Limits
from wadul.office import Contact, EmergencyNumber, Office, Place, Village

EMERGENCY_WORDS = {
    "fire": "Kebakaran",
    "flood": "Banjir dan pertolongan",
    "crime": "Kejahatan",
    "medical": "Gawat darurat medis",
    "other": "Semua keadaan darurat",
}

Fields = Sequence[Mapping[str, Any]]


def _field(name: str, label: str, **more: Any) -> Mapping[str, Any]:
    return {"name": name, "label": label, **more}


_CONFIRMED = (
    _field("confirmed_by", "Dikonfirmasi oleh (nama, jabatan)", max=120),
    _field("confirmed_on", "Tanggal konfirmasi", type="date"),
)

_DAYS: Mapping[str, Any] = {"type": "number", "required": True, "max": 3}

PLAIN: Mapping[str, Fields] = {
    "name": (_field("name", "Nama kantor", required=True, max=80),),
    "address": (_field("address", "Alamat", required=True, max=300),),
    "phone": (_field("phone", "Telepon", max=20, help="Kosongkan bila belum ada."),),
    "email": (_field("email", "Surel (e-mail)", max=120, plain=True),),
    "website": (_field("website", "Situs", max=120, plain=True, placeholder="https://…"),),
    "notice": (
        _field(
            "notice",
            "Pemberitahuan data pribadi",
            type="textarea",
            rows=6,
            required=True,
            max=800,
            help="Dikirim satu kali, di bawah jawaban pertama bot kepada setiap warga.",
        ),
    ),
}
PLACE: Fields = (
    _field("lat", "Garis lintang", max=12, placeholder="-6,474"),
    _field("lon", "Garis bujur", max=12, placeholder="108,308"),
)
PROFILE: Fields = (
    *_CONFIRMED,
    _field("valid_until", "Berlaku sampai (boleh kosong)", type="date"),
    _field("source", "Sumber", type="textarea", rows=3, required=True, max=600),
)
CONTACT: Fields = (
    _field("name", "Nama", required=True, max=80),
    _field("contact", "Kontak", max=120, help="Telepon, surel, atau alamat; boleh kosong."),
    _field("note", "Catatan", max=200),
)
EMERGENCY: Fields = (
    _field(
        "kind",
        "Untuk",
        type="select",
        options=[list(pair) for pair in EMERGENCY_WORDS.items()],
        value="other",
    ),
    _field("label", "Nama layanan", required=True, max=80),
    _field("number", "Nomor", required=True, max=20),
    _field("note", "Catatan", max=160),
    *_CONFIRMED,
)

NUMBERS: Fields = (
    _field(
        "whatsapp",
        "Nomor WhatsApp kantor",
        type="textarea",
        rows=3,
        required=True,
        max=400,
        plain=True,
        help="Satu nomor per baris, misalnya +62 812-3456-7890: nomor yang terdaftar di Twilio.",
    ),
)
LIMITS: Fields = (
    _field("verification", "Verifikasi laporan", **_DAYS),
    _field("information", "Permintaan informasi", **_DAYS),
    _field("non_supervisory", "Pengaduan biasa", **_DAYS),
    _field("supervisory", "Pengaduan pengawasan", **_DAYS),
    _field("aspiration", "Aspirasi", **_DAYS),
)
VILLAGE: Fields = (
    _field(
        "spellings",
        "Ejaan yang dikenal",
        type="textarea",
        rows=4,
        required=True,
        max=2000,
        plain=True,
        help="Dipisah koma. Ejaan baru dikenali bot sesudah model dilatih lagi.",
    ),
    *PLACE,
)

OPTIONAL = frozenset(
    ("phone", "email", "website", "contact", "note", "confirmed_by", "confirmed_on", "valid_until")
)
"""What may be empty."""

LABELS = content.labels_of(
    CONTACT, *PLAIN.values(), PLACE, PROFILE, EMERGENCY, NUMBERS, LIMITS, VILLAGE
) | {"name": "Nama"}

_TITLES = {
    "name": "Nama",
    "address": "Alamat",
    "phone": "Telepon",
    "email": "Surel",
    "website": "Situs",
    "notice": "Pemberitahuan data pribadi",
}
_DELETE = {
    "key": "delete",
    "label": "Hapus",
    "danger": True,
    "confirm": "Sesudah dihapus, bot tidak menyebutnya lagi.",
}


def rows_of(office: Office, today: date) -> list[dict[str, Any]]:
    """In the order in which an office thinks of itself; emergency numbers as residents see them."""
    return [
        _profile(office, today),
        *(_plain(office, name) for name in PLAIN),
        _row_of_place(office),
        _numbers(office),
        _limits(office.limits),
        *(_number(index, one) for index, one in enumerate(office.emergency_numbers)),
        _contact("inspector", "Laporan pengawasan", office.escalation.inspector),
        _contact("supervisor", "Atasan petugas", office.escalation.supervisor),
        *(
            _contact(f"outside:{index}:{one.name}", "Lembaga rujukan", one) | {"actions": [_DELETE]}
            for index, one in enumerate(office.escalation.outside)
        ),
        *(_village(index, one) for index, one in enumerate(office.villages)),
    ]


def _row(
    key: str, thing: str, label: str, value: str, fields: Fields, values: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "id": key,
        "label": label,
        "cells": {"thing": thing, "value": value or "—", "state": ""},
        "fields": fields,
        "values": {name: "" if value is None else value for name, value in values.items()},
    }


def _plain(office: Office, name: str) -> dict[str, Any]:
    value = getattr(office, name) or ""
    return _row(name, _TITLES[name], _TITLES[name].lower(), value, PLAIN[name], {name: value})


def _row_of_place(office: Office) -> dict[str, Any]:
    values = _place(office.place)
    return _row("place", "Titik lokasi", "titik lokasi", "; ".join(values.values()), PLACE, values)


def _place(place: Place | None) -> dict[str, str]:
    return {"lat": _decimal(place.lat), "lon": _decimal(place.lon)} if place else {}


def _numbers(office: Office) -> dict[str, Any]:
    shown = "\n".join(map(present.address_words, office.whatsapp))
    return _row("whatsapp", "Nomor WhatsApp", "nomor WhatsApp", shown, NUMBERS, {"whatsapp": shown})


def _limits(limits: Limits) -> dict[str, Any]:
    days = asdict(limits)
    shown = "\n".join(f"{field['label']}: {days[field['name']]}" for field in LIMITS)
    values = {name: str(number) for name, number in days.items()}
    title = "Batas waktu (hari kerja)"
    return _row("limits", title, title.lower(), shown, LIMITS, values)


def _village(index: int, village: Village) -> dict[str, Any]:
    spellings = ", ".join(village.spellings)
    values = {"spellings": spellings} | _place(village.place)
    title = f"Desa {village.name}"
    return _row(f"village:{index}:{village.name}", title, title, spellings, VILLAGE, values)


def _profile(office: Office, today: date) -> dict[str, Any]:
    values = {
        "confirmed_by": office.confirmed_by,
        "confirmed_on": _day(office.confirmed_on),
        "valid_until": _day(office.valid_until),
        "source": office.source,
    }
    shown = office.source
    if office.confirmed_by and office.confirmed_on:
        shown = f"{office.confirmed_by}, {present.short_date(office.confirmed_on)}"
        if office.valid_until:
            shown += f"; berlaku sampai {present.short_date(office.valid_until)}"
    expired = bool(office.valid_until and office.valid_until < today)
    confirmed = office.is_confirmed(today)
    row = _row("profile", "Konfirmasi profil", "konfirmasi profil", shown, PROFILE, values)
    row["cells"]["state"] = "Kedaluwarsa" if expired else "Sudah" if confirmed else "Belum"
    row["tones"] = {"state": "late" if expired else "good" if confirmed else "soon"}
    return row


def _number(index: int, one: EmergencyNumber) -> dict[str, Any]:
    confirmed = bool(one.confirmed_by and one.confirmed_on)
    values = {
        "kind": one.kind,
        "label": one.label,
        "number": one.number,
        "note": one.note,
        "confirmed_by": one.confirmed_by,
        "confirmed_on": _day(one.confirmed_on),
    }
    shown = f"{one.number} · {one.label}" + (f"\n{one.note}" if one.note else "")
    thing = f"Nomor darurat: {EMERGENCY_WORDS[one.kind].lower()}"
    row = _row(
        f"number:{index}:{one.number}",
        thing,
        f"nomor darurat {one.number}",
        shown,
        EMERGENCY,
        values,
    )
    row["cells"]["state"] = "Sudah" if confirmed else "Belum"
    row["tones"] = {"state": "good" if confirmed else "soon"}
    return row | {"actions": [_DELETE]}


def _contact(key: str, thing: str, one: Contact) -> dict[str, Any]:
    values = {"name": one.name, "contact": one.contact, "note": one.note}
    shown = "\n".join(filter(None, (one.name, one.contact, one.note)))
    return _row(key, thing, f"{thing.lower()} {one.name}", shown, CONTACT, values)


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _decimal(number: float) -> str:
    return str(number).replace(".", ",")
