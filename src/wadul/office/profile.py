"""The office's profile (`office.yml`): YAML fields → `Office`."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import date, time
from zoneinfo import ZoneInfo

from wadul.core.deadlines import Limits
from wadul.office.models import (
    EMERGENCY_KINDS,
    Contact,
    EmergencyNumber,
    Escalation,
    FaqEntry,
    Hours,
    MessageTemplate,
    Neighbour,
    Office,
    OfficeHoliday,
    Place,
    Service,
    SpecialHours,
    Village,
)
from wadul.office.opening import DAYS
from wadul.office.problems import Severity
from wadul.office.reading import Fields
from wadul.office.services import read_confirmation
from wadul.office.text import plain

_OFFICE_CODE = re.compile(r"[A-Z]{3}")
_WHATSAPP = re.compile(r"whatsapp:\+\d{8,15}")
_VILLAGE_CODE = re.compile(r"\d{2}\.\d{2}\.\d{2}\.\d{4}")
_PHONE = re.compile(r"\+?[\d ()-]{3,20}")
_EMAIL = re.compile(r"[^@\s]+@[\w-]+(\.[\w-]+)+")
_WEBSITE = re.compile(r"(https?://)?[\w-]+(\.[\w-]+)+(:\d+)?(/\S*)?")


def read_profile(
    fields: Fields,
    *,
    folder_name: str,
    services: tuple[Service, ...],
    faq: tuple[FaqEntry, ...],
    templates: tuple[MessageTemplate, ...],
    today: date | None,
    taken: dict[str, str],
) -> Office:
    """`taken` (office code or To address → office folder) spans all offices."""
    office_id = fields.text("id")
    if office_id and office_id != folder_name:
        fields.problem("id", f'harus sama dengan nama folder, yaitu "{folder_name}".')
    code = fields.text("code")
    if code and not _OFFICE_CODE.fullmatch(code):
        fields.problem("code", "harus tiga huruf besar, misalnya JTB.")
    _claim(fields, "code", code, folder_name, taken)
    source, by, on, until = read_confirmation(fields, today, required=True)
    used: dict[str, str] = {}
    office = Office(
        id=office_id,
        code=code,
        name=fields.text("name", longest=80),
        regency=fields.text("regency", longest=80),
        province=fields.text("province", longest=80),
        timezone=_read_timezone(fields),
        whatsapp=_read_addresses(fields, folder_name, taken),
        address=fields.text("address", longest=300),
        place=_read_place(fields),
        phone=_read_shaped(fields, "phone", _PHONE, "nomor telepon", "(0234) 123456"),
        email=_read_shaped(fields, "email", _EMAIL, "alamat surel", "kantor@indramayukab.go.id"),
        website=_read_shaped(fields, "website", _WEBSITE, "alamat situs", "https://contoh.go.id"),
        hours=_read_hours(fields),
        special_hours=tuple(
            _read_special_hours(group) for group in fields.groups("special_hours", optional=True)
        ),
        holidays_extra=_read_holidays(fields),
        emergency_numbers=tuple(
            _read_emergency_number(group)
            for group in fields.groups("emergency_numbers", at_least=1)
        ),
        escalation=_read_escalation(fields),
        notice=fields.text("notice", longest=800),
        villages=_read_villages(fields, used),
        neighbours=tuple(
            _read_neighbour(group, used) for group in fields.groups("neighbours", optional=True)
        ),
        services=services,
        faq=faq,
        templates=templates,
        limits=_read_limits(fields),
        source=source,
        confirmed_by=by,
        confirmed_on=on,
        valid_until=until,
    )
    fields.close()
    return office


def _claim(fields: Fields, key: str, value: str, folder_name: str, taken: dict[str, str]) -> None:
    owner = taken.setdefault(value, folder_name) if value else folder_name
    if owner != folder_name:
        fields.problem(key, f'"{value}" sudah dipakai kantor {owner}.')


def _read_timezone(fields: Fields) -> str:
    name = fields.text("timezone")
    try:
        if name:
            ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        fields.problem(
            "timezone",
            f'"{name}" tidak dikenal; pakai Asia/Jakarta, Asia/Makassar atau Asia/Jayapura.',
        )
    return name


def _read_addresses(fields: Fields, folder_name: str, taken: dict[str, str]) -> tuple[str, ...]:
    pairs = fields.texts_with_lines("whatsapp")
    for address, line in pairs:
        if not _WHATSAPP.fullmatch(address):
            fields.problem("whatsapp", 'harus seperti "whatsapp:+6281234567890".', line=line)
        _claim(fields, "whatsapp", address, folder_name, taken)
    return tuple(address for address, _ in pairs)


def _read_place(fields: Fields) -> Place | None:
    group = fields.optional_group("place")
    if group is None:
        return None
    place = Place(group.number("lat"), group.number("lon"))
    if not -11 <= place.lat <= 6.5:
        group.problem("lat", "garis lintang di Indonesia antara -11 dan 6,5.")
    if not 94 <= place.lon <= 142:
        group.problem("lon", "garis bujur di Indonesia antara 94 dan 142.")
    group.close()
    return place


def _read_shaped(
    fields: Fields, key: str, shape: re.Pattern[str], what: str, example: str
) -> str | None:
    text = fields.optional_text(key, longest=120)
    if text is not None and not shape.fullmatch(text):
        fields.problem(key, f'harus {what}, misalnya "{example}".')
    return text


def _read_hours(fields: Fields) -> tuple[Hours, ...]:
    seen: set[str] = set()
    table = []
    for group in fields.groups("hours", at_least=1):
        days = group.texts("days")
        for day in days:
            group.must_be_one_of("days", day, DAYS)
            if day in seen:
                group.problem("days", f'hari "{day}" ditulis dua kali.')
            seen.add(day)
        opens, closes = group.clock("open"), group.clock("close")
        if opens and closes and opens >= closes:
            group.problem("close", "jam tutup harus sesudah jam buka.")
        pause = _read_pause(group, opens, closes)
        group.close()
        table.append(Hours(days, opens or time.min, closes or time.max, pause))
    return tuple(table)


def _read_pause(hours: Fields, opens: time | None, closes: time | None) -> tuple[time, time] | None:
    group = hours.optional_group("break")
    if group is None:
        return None
    start, end = group.clock("start"), group.clock("end")
    group.close()
    if not (opens and closes and start and end):
        return None
    if not opens < start < end < closes:
        group.problem("start", "istirahat harus di antara jam buka dan jam tutup.")
    return start, end


def _read_special_hours(fields: Fields) -> SpecialHours:
    special = SpecialHours(
        first=fields.day("from"),
        last=fields.day("to"),
        note=fields.text("note", longest=80),
        hours=_read_hours(fields),
    )
    if special.last < special.first:
        fields.problem("to", "tanggal akhir tidak boleh sebelum tanggal awal.")
    fields.close()
    return special


def _read_limits(fields: Fields) -> Limits:
    """The office's own limits; what it does not name stays as the law has it."""
    group = fields.optional_group("limits")
    lawful = asdict(Limits())
    if group is None:
        return Limits()
    chosen = {name: group.whole_number(name, days) for name, days in lawful.items()}
    for name, days in chosen.items():
        if days < 1:
            group.problem(name, "harus angka bulat, paling sedikit 1 hari kerja.")
        elif days > lawful[name]:
            group.problem(
                name,
                f"lebih lama daripada batas yang berlaku ({lawful[name]} hari kerja).",
                severity=Severity.WARNING,
            )
    group.close()
    return Limits(**chosen)


def _read_holidays(fields: Fields) -> tuple[OfficeHoliday, ...]:
    found = []
    for group in fields.groups("holidays_extra", optional=True):
        found.append(OfficeHoliday(group.day("date"), group.text("name", longest=80)))
        group.close()
    return tuple(found)


def _read_emergency_number(fields: Fields) -> EmergencyNumber:
    number = EmergencyNumber(
        kind=fields.choice("kind", EMERGENCY_KINDS),
        label=fields.text("label", longest=80),
        number=fields.text("number", longest=20),
        note=fields.optional_text("note", longest=160),
        confirmed_by=fields.optional_text("confirmed_by"),
        confirmed_on=fields.optional_day("confirmed_on"),
    )
    if number.number and not _PHONE.fullmatch(number.number):
        fields.problem("number", 'harus nomor telepon, misalnya "112".')
    if (number.confirmed_by is None) != (number.confirmed_on is None):
        fields.problem("confirmed_by", "confirmed_by dan confirmed_on harus diisi bersama-sama.")
    fields.close()
    return number


def _read_contact(fields: Fields | None) -> Contact:
    if fields is None:
        return Contact("")
    contact = Contact(
        name=fields.text("name", longest=80),
        contact=fields.optional_text("contact", longest=120),
        note=fields.optional_text("note", longest=200),
    )
    fields.close()
    return contact


def _read_escalation(fields: Fields) -> Escalation:
    group = fields.group("escalation")
    if group is None:
        return Escalation(Contact(""), Contact(""))
    escalation = Escalation(
        inspector=_read_contact(group.group("inspector")),
        supervisor=_read_contact(group.group("supervisor")),
        outside=tuple(map(_read_contact, group.groups("outside", optional=True))),
    )
    group.close()
    return escalation


def _read_villages(fields: Fields, used: dict[str, str]) -> tuple[Village, ...]:
    codes: dict[str, str] = {}
    villages = []
    for group in fields.groups("villages", at_least=1):
        village = Village(
            code=group.text("code"),
            name=group.text("name", longest=40),
            spellings=_read_spellings(group, used),
            ambiguous=group.flag("ambiguous"),
            place=_read_place(group),
        )
        if village.code and not _VILLAGE_CODE.fullmatch(village.code):
            group.problem("code", 'harus kode desa seperti "32.12.13.2001".')
        owner = codes.setdefault(village.code, village.name)
        if village.code and owner != village.name:
            group.problem("code", f"kode {village.code} sudah dipakai desa {owner}.")
        group.close()
        villages.append(village)
    return tuple(villages)


def _read_neighbour(fields: Fields, used: dict[str, str]) -> Neighbour:
    neighbour = Neighbour(
        name=fields.text("name", longest=40),
        kind=fields.choice("kind", ("kecamatan", "kabupaten"), default="kecamatan"),
        spellings=_read_spellings(fields, used),
        ambiguous=fields.flag("ambiguous"),
    )
    fields.close()
    return neighbour


def _read_spellings(fields: Fields, used: dict[str, str]) -> tuple[str, ...]:
    """`used` (plain spelling → place) spans villages and neighbours: one spelling, one place."""
    name = fields.text("name", longest=40)
    pairs = fields.texts_with_lines("spellings", longest=40)
    for spelling, line in pairs:
        owner = used.setdefault(plain(spelling), name)
        if owner != name:
            fields.problem("spellings", f'"{spelling}" sudah dipakai untuk {owner}.', line=line)
    return tuple(spelling for spelling, _ in pairs)
