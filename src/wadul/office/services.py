"""Services and frequently asked questions: YAML fields → `Service`, `FaqEntry`."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

from wadul.office.models import CATEGORIES, FaqEntry, Service
from wadul.office.problems import Severity
from wadul.office.reading import Fields
from wadul.office.text import plain

_CODE = re.compile(r"[a-z][a-z0-9_]*")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
FAQ_PLACEHOLDERS = ("office", "hours", "address", "phone")


def read_confirmation(
    fields: Fields, today: date | None, *, required: bool
) -> tuple[str, str | None, date | None, date | None]:
    """source, confirmed_by, confirmed_on, valid_until."""
    source = fields.text("source")
    by = fields.optional_text("confirmed_by", required_key=required)
    on = fields.optional_day("confirmed_on", required_key=required)
    until = fields.optional_day("valid_until", required_key=required)
    if (by is None) != (on is None):
        fields.problem("confirmed_by", "confirmed_by dan confirmed_on harus diisi bersama-sama.")
    if until is not None and on is not None and until < on:
        fields.problem("valid_until", "tanggal ini tidak boleh sebelum confirmed_on.")
    if today is not None and on is not None and on > today:
        fields.problem("confirmed_on", f"tanggal ini belum tiba; hari ini {today}.")
    if today is not None and until is not None and until < today:
        fields.problem(
            "valid_until",
            "masa berlakunya sudah lewat; mohon kantor memeriksa dan mengonfirmasi lagi.",
            severity=Severity.WARNING,
        )
    return source, by, on, until


def read_service(
    fields: Fields, file_name: str, aliases: dict[str, str], today: date | None
) -> Service:
    """One service. `aliases` (plain alias → service code) spans all services of the office."""
    code = fields.text("code")
    if code and not _CODE.fullmatch(code):
        fields.problem("code", "hanya huruf kecil, angka dan garis bawah, misalnya ktp_lost.")
    elif code and code != file_name:
        fields.problem("code", f'harus sama dengan nama berkas, yaitu "{file_name}".')
    name = fields.text("name", longest=72)
    own = fields.texts_with_lines("aliases", longest=60)
    for alias, line in own:
        owner = aliases.setdefault(plain(alias), file_name)
        if owner != file_name:
            fields.problem("aliases", f'"{alias}" sudah dipakai layanan {owner}.', line=line)
    source, by, on, until = read_confirmation(fields, today, required=True)
    service = Service(
        code=code,
        name=name,
        short_name=fields.text("short_name", longest=24, default=name[:24].strip()),
        order=fields.whole_number("order", 1000),
        summary=fields.optional_text("summary", longest=200),
        category=fields.choice("category", CATEGORIES),
        aliases=tuple(alias for alias, _ in own),
        requirements=fields.texts("requirements", longest=200),
        cost=fields.text("cost", longest=400),
        duration=fields.text("duration", longest=200),
        place=fields.text("place", longest=200),
        procedure=fields.texts("procedure", longest=200),
        notes=fields.texts("notes", longest=200, optional=True),
        hours=fields.optional_text("hours", longest=200),
        contact=fields.optional_text("contact", longest=200),
        decided_by=fields.text("decided_by", longest=200),
        source=source,
        confirmed_by=by,
        confirmed_on=on,
        valid_until=until,
    )
    fields.close()
    return service


def read_faq_entry(fields: Fields, services: Collection[str], today: date | None) -> FaqEntry:
    entry_id = fields.text("id")
    if entry_id and not _CODE.fullmatch(entry_id):
        fields.problem("id", "hanya huruf kecil, angka dan garis bawah, misalnya opening_hours.")
    answer = fields.text("answer", longest=1200)
    for name in _PLACEHOLDER.findall(answer):
        fields.must_be_one_of("answer", name or "{}", FAQ_PLACEHOLDERS)
    service = fields.optional_text("service")
    if service is not None:
        fields.must_be_one_of("service", service, sorted(services))
    source, by, on, until = read_confirmation(fields, today, required=False)
    entry = FaqEntry(
        id=entry_id,
        question=fields.text("question", longest=120),
        aliases=fields.texts("aliases", longest=80),
        answer=answer,
        service=service,
        about_system=fields.flag("about_system"),
        source=source,
        confirmed_by=by,
        confirmed_on=on,
        valid_until=until,
    )
    fields.close()
    return entry
