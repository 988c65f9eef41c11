"""What residents read about services, hours and emergencies, composed from the office's content.

Pure functions: content in, WhatsApp text out (`*bold*`, numbered lists, at most 1,600 characters).
Nothing unconfirmed leaves without saying so.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time

from wadul.office.models import (
    CATEGORIES,
    Confirmable,
    FaqEntry,
    Hours,
    Office,
    Service,
)
from wadul.office.opening import DAYS

LIMIT = 1600
UNCONFIRMED = "Data ini belum dikonfirmasi kantor; mohon pastikan ke petugas."
ASPECTS = ("requirements", "cost", "duration", "place", "procedure", "hours", "contact", "general")

_ASK_OFFICER = "Ketik *petugas* untuk berbicara dengan petugas."
_DAY_NAMES = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
_MONTHS = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni"),
    *("Juli", "Agustus", "September", "Oktober", "November", "Desember"),
)
_EMERGENCIES = {
    "fire": ("kebakaran", "Menjauhlah dari api dan asap, dan matikan listrik bila aman."),
    "flood": ("banjir", "Pindahlah ke tempat yang lebih tinggi dan jauhi aliran listrik."),
    "crime": ("kejahatan", "Carilah tempat yang aman; jangan melawan pelaku sendirian."),
    "medical": ("sakit gawat", "Bawalah ke puskesmas atau rumah sakit terdekat bila bisa."),
    "other": ("", "Menjauhlah dari bahaya dan jaga orang di sekitar."),
}


def answer_service(
    service: Service, aspect: str | None, today: date, office: Office | None = None
) -> str:
    """One aspect of a service, or for None and "general" the essentials.

    With `office`, hours and contact that the service does not name are the office's own.
    Raises ValueError for an unknown aspect.
    """
    match aspect:
        case None | "general":
            parts = _essentials(service)
        case "requirements":
            parts = ["*Syarat:*", *_numbered(service.requirements), *_notes(service)]
        case "cost":
            parts = [f"*Biaya:* {service.cost}", *_no_levy(service)]
        case "duration":
            parts = [f"*Lama pelayanan:* {service.duration}"]
        case "place":
            parts = [f"*Tempat:* {service.place}", f"Diputuskan oleh: {service.decided_by}"]
        case "procedure":
            parts = ["*Langkah:*", *_numbered(service.procedure), *_notes(service)]
        case "hours":
            parts = [_service_hours(service, office)]
        case "contact":
            parts = [_service_contact(service, office)]
        case _:
            raise ValueError(f"unknown aspect: {aspect}")
    return _finish([f"*{service.name}*", *parts], service, today)


def answer_faq(office: Office, entry: FaqEntry, today: date) -> str:
    """The entry's answer with the office's own hours, address and phone filled in."""
    text = entry.answer
    for name, value in (
        ("office", office.name),
        ("hours", "\n".join(hours_lines(office, today))),
        ("address", office.address),
        ("phone", office.phone or "(belum ada)"),
    ):
        text = text.replace("{" + name + "}", value)
    return _fit([text]) if entry.about_system else _finish([text], entry, today)


def answer_hours(office: Office, now: datetime) -> str:
    """The week's hours, and whether the office is open right now. `now` is aware."""
    local = now.astimezone(office.zone)
    moment = f"{_long_day(local.date())}, {_clock(local)} {local:%Z}"
    parts = [
        f"*Jam pelayanan {office.name}*",
        *hours_lines(office, local.date()),
        "",
        f"Sekarang {moment}: {_open_or_closed(office, local)}",
    ]
    return _finish(parts, office, local.date())


def answer_contact(office: Office, today: date) -> str:
    parts = [f"*Kontak {office.name}*"]
    parts += [f"Telepon: {office.phone}"] if office.phone else []
    parts += [f"E-mail: {office.email}"] if office.email else []
    parts += [f"Situs: {office.website}"] if office.website else []
    if len(parts) == 1:
        parts.append("Nomor telepon kantor belum tersedia.")
    return _finish([*parts, _ASK_OFFICER], office, today)


def answer_place(office: Office, today: date) -> str:
    """The address; the map only once the office confirmed where it is."""
    parts = [f"*Alamat {office.name}*", office.address]
    if office.place is not None and office.is_confirmed(today):
        parts.append(f"Peta: https://maps.google.com/?q={office.place.lat},{office.place.lon}")
    return _finish(parts, office, today)


def answer_emergency(office: Office, kind: str) -> str:
    """Numbers first. `kind` is one of EMERGENCY_KINDS; anything else counts as "other"."""
    name, advice = _EMERGENCIES.get(kind, _EMERGENCIES["other"])
    everything = kind == "other" or kind not in _EMERGENCIES
    numbers = [n for n in office.emergency_numbers if n.kind == "other"]
    numbers += [
        n for n in office.emergency_numbers if n.kind != "other" and (everything or n.kind == kind)
    ]
    parts = [f"*DARURAT{' ' + name.upper() if name else ''}: segera telepon*"]
    parts += [f"*{n.number}* {n.label}" for n in numbers]
    parts.append("Tidak tersambung? Langsung coba nomor berikutnya.")
    parts += ["", advice, "WhatsApp ini bukan layanan darurat dan tidak dapat mengirim bantuan."]
    if any(n.confirmed_on is None for n in numbers):
        parts.append(UNCONFIRMED)
    return _fit(parts)


def list_services(office: Office) -> str:
    """All services, grouped by topic; the number is the position in `office.services`."""
    numbered = list(enumerate(office.services, 1))
    parts = [f"*Layanan yang dapat ditanyakan di {office.name}*"]
    for category in dict.fromkeys(service.category for service in office.services):
        parts.append(f"\n*{CATEGORIES[category]}*")
        parts += [f"{n}. {s.short_name}" for n, s in numbered if s.category == category]
    parts.append("\nKetik nama layanannya, misalnya: syarat KTP hilang")
    return _fit(parts)


def hours_lines(office: Office, today: date) -> list[str]:
    """The week as lines, "Senin–Kamis: 07.30–15.30 (istirahat 12.00–13.00)"."""
    special = next((s for s in office.special_hours if s.first <= today <= s.last), None)
    table = special.hours if special else office.hours
    lines = [f"Jam khusus: {special.note} (sampai {_long_day(special.last)})"] if special else []
    lines += [f"{_day_span(row.days)}: {_hours(row)}" for row in table]
    closed = [day for day in DAYS if not any(day in row.days for row in table)]
    lines += [f"{_day_span(closed)}: tutup"] if closed else []
    return lines


# Parts of a service's answer


def _essentials(service: Service) -> list[str]:
    parts = [service.summary] if service.summary else []
    parts += ["", "*Syarat:*", *_numbered(service.requirements), ""]
    parts += [
        f"*Biaya:* {service.cost}",
        f"*Lama:* {service.duration}",
        f"*Tempat:* {service.place}",
    ]
    return [*parts, *_notes(service), "", "Ketik *caranya* untuk langkah-langkahnya."]


def _numbered(items: Iterable[str]) -> list[str]:
    return [f"{number}. {item}" for number, item in enumerate(items, 1)]


def _notes(service: Service) -> list[str]:
    return ["", *(f"Catatan: {note}" for note in service.notes)] if service.notes else []


def _no_levy(service: Service) -> list[str]:
    if "gratis" not in service.cost.casefold():
        return []
    return ["Bila ada yang meminta uang, Bapak/Ibu dapat melaporkannya di sini."]


def _service_hours(service: Service, office: Office | None) -> str:
    if service.hours:
        return f"*Jam pelayanan:* {service.hours}"
    if office is None:
        return "Layanan ini mengikuti jam pelayanan kantor."
    week = "; ".join(f"{_day_span(row.days)} {_hours(row)}" for row in office.hours)
    return f"*Jam pelayanan:* {week}"


def _service_contact(service: Service, office: Office | None) -> str:
    known = service.contact or (office.phone if office else None)
    return f"*Kontak:* {known}. {_ASK_OFFICER}" if known else _ASK_OFFICER


# Times in words


def _open_or_closed(office: Office, local: datetime) -> str:
    closing = office.next_closing(local)
    if closing is not None:
        hours = office.hours_on(local.date())
        in_morning = hours is not None and hours.pause and closing.time() == hours.pause[0]
        word = "istirahat" if in_morning else "tutup"
        return f"*buka*, {word} pukul {_clock(closing)}."
    reason = office.holiday_name(local.date())
    opening = office.next_opening(local)
    text = f"*tutup*{f' ({reason})' if reason else ''}."
    if opening is None:
        return text
    day = "hari ini" if opening.date() == local.date() else _long_day(opening.date())
    return f"{text} Buka lagi {day} pukul {_clock(opening)}."


def _hours(row: Hours) -> str:
    text = f"{_clock(row.opens)}–{_clock(row.closes)}"
    return (
        f"{text} (istirahat {_clock(row.pause[0])}–{_clock(row.pause[1])})" if row.pause else text
    )


def _day_span(days: Iterable[str]) -> str:
    """mon tue wed → "Senin–Rabu"; mon wed → "Senin, Rabu"."""
    indices = sorted(DAYS.index(day) for day in days)
    names = [_DAY_NAMES[index] for index in indices]
    unbroken = indices == list(range(indices[0], indices[-1] + 1)) if indices else False
    return f"{names[0]}–{names[-1]}" if unbroken and len(names) > 1 else ", ".join(names)


def _clock(moment: datetime | time) -> str:
    return f"{moment:%H.%M}"


def _long_day(day: date) -> str:
    return f"{_DAY_NAMES[day.weekday()]}, {day.day} {_MONTHS[day.month - 1]} {day.year}"


# Length


def _finish(parts: list[str], content: Confirmable, today: date) -> str:
    return _fit(parts, None if content.is_confirmed(today) else UNCONFIRMED)


def _fit(parts: list[str], last: str | None = None) -> str:
    """Joins the lines; what does not fit is left out from the end, but never `last`."""
    tail = f"\n\n{last}" if last else ""
    text = "\n".join(parts).strip()
    room = LIMIT - len(tail)
    if len(text) > room:
        more = f"\n… {_ASK_OFFICER}"
        text = text[: room - len(more)]
        text = text[: text.rfind("\n")] if "\n" in text else text
        text = text.rstrip() + more
    return text + tail
