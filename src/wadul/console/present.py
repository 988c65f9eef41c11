"""From what queries return to what the components show: words, and times of the office's zone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID
from zoneinfo import ZoneInfo

from wadul.console import maps, words
from wadul.console.delivery_words import delivery_error
from wadul.core.dates import spell_date
from wadul.core.states import (
    AttachmentState,
    Author,
    DeliveryState,
    HandledBy,
    InboundState,
    MessageKind,
)
from wadul.core.waiting import expected_wait, wait_words
from wadul.core.window import WINDOW, is_open
from wadul.office import CATEGORIES, Office
from wadul.queries.inbox_rows import InboxRow, Preview
from wadul.queries.thread import Thread, TicketCard
from wadul.queries.thread_entries import Entry, Event, File, ThreadEntry

_TICKS = {
    DeliveryState.QUEUED: "clock",
    DeliveryState.SENDING: "clock",
    DeliveryState.ACCEPTED: "one",
    DeliveryState.SENT: "one",
    DeliveryState.DELIVERED: "two",
    DeliveryState.READ: "read",
    DeliveryState.HELD: "held",
    DeliveryState.ERRORED: "error",
    DeliveryState.FAILED: "error",
    DeliveryState.CANCELLED: "cancelled",
}
_CAN_RETRY = {DeliveryState.FAILED, DeliveryState.CANCELLED, DeliveryState.ERRORED}
_BOLD = re.compile(r"(?<!\w)\*(?=\S)([^*\n]+)(?<=\S)\*(?!\w)")  # as WhatsApp marks it
FOR_INSPECTORS = "Hanya untuk inspektur"
HIDDEN = "Pesan ini hanya dapat dibuka inspektur."
NAMELESS = "Tanpa nama"


def address_words(address: str) -> str:
    """`whatsapp:+62812…` without its channel."""
    return address.removeprefix("whatsapp:")


def person(name: str, address: str, *, masked: bool) -> str:
    if masked:
        return "Pelapor anonim"
    return name or address_words(address)


def initials(name: str) -> str:
    letters = [word[0] for word in name.split() if word[:1].isalpha()]
    return "".join(letters[:2]).upper() or "?"


def clock(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%H.%M}"


def when(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """The time of today, else the day."""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    days = (today - local.date()).days
    if days == 0:
        return f"{local:%H.%M}"
    if days == 1:
        return "Kemarin"
    if 1 < days < 7:
        return spell_date(local.date()).partition(",")[0]
    return short_date(local.date())


def short_date(day: date) -> str:
    """For example "24 Nov 2026"."""
    _, _, rest = spell_date(day).partition(", ")
    number, month, year = rest.split()
    return f"{number} {month[:3]} {year}"


def opening_words(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """For example "hari ini 07.30" or "Senin 07.30"."""
    days = (at.astimezone(zone).date() - now.astimezone(zone).date()).days
    day = {0: "hari ini", 1: "besok"}.get(days) or spell_date(at.astimezone(zone).date())
    return f"{day} {clock(at, zone)}"


def day_words(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    day, today = at.astimezone(zone).date(), now.astimezone(zone).date()
    if day == today:
        return "Hari ini"
    if (today - day).days == 1:
        return "Kemarin"
    return spell_date(day)


def due_words(due: date, today: date) -> tuple[str, str]:
    """Words and a tone (late, soon, fine)."""
    days = (due - today).days
    if days < 0:
        return f"Lewat {-days} hari", "late"
    if days == 0:
        return "Hari ini", "soon"
    if days == 1:
        return "Besok", "soon"
    return f"{days} hari lagi", "soon" if days <= 3 else "fine"


def row(
    each: InboxRow, *, now: datetime, zone: ZoneInfo, me: UUID, typing: Mapping[UUID, str]
) -> dict[str, Any]:
    name = person(each.name, each.address, masked=each.anonymous)
    at = each.preview.at if each.preview else each.last_inbound_at
    due, tone = "", ""
    if each.ticket_due is not None:
        due, tone = due_words(each.ticket_due, now.astimezone(zone).date())
    return {
        "id": str(each.id),
        "name": name,
        "initials": "" if each.anonymous else initials(each.name),
        "number": address_words(each.address) if each.name else "",
        "when": when(at, now, zone) if at else "",
        "preview": preview(each.preview),
        "failed": bool(each.preview and each.preview.state is DeliveryState.FAILED),
        "held": bool(each.preview and each.preview.state is DeliveryState.HELD),
        "unread": each.unread,
        "handled": each.handled_by.value,
        "owner": "" if each.owner is None else "Anda" if each.owner_id == me else each.owner,
        "waits": waited(each.handled_since, now) if each.handled_by is HandledBy.QUEUE else "",
        "ticket": each.ticket or "",
        "due": due,
        "tone": tone,
        "typing": typing.get(each.id, ""),
    }


def turn(place: int | None, usual: timedelta | None) -> dict[str, str]:
    """The place in the queue of who waits there, and when it may be their turn."""
    if place is None:
        return {"place": "", "expected": ""}
    return {"place": f"ke-{place}", "expected": wait_words(expected_wait(usual, place))}


def waited(since: datetime, now: datetime) -> str:
    minutes = max(0, int((now - since).total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} mnt"
    if minutes < 24 * 60:
        return f"{minutes // 60} jam {minutes % 60} mnt"
    return f"{minutes // (24 * 60)} hari"


def preview(each: Preview | None) -> str:
    if each is None:
        return ""
    if each.hidden:
        return FOR_INSPECTORS
    who = {Author.BOT: "Bot: ", Author.OPERATOR: "Petugas: ", Author.SYSTEM: "Sistem: "}
    said = " ".join(_BOLD.sub(r"\1", each.text).split())[:140]
    if each.kind not in (MessageKind.TEXT, MessageKind.BUTTON):
        said = f"[{words.KINDS[each.kind]}] {said}".strip()
    return (who[each.author] if each.author else "") + said


def thread(each: Thread, *, now: datetime, office: Office, me: UUID, lead: bool) -> dict[str, Any]:
    zone = office.zone
    name = person(each.name, each.address, masked=each.anonymous and not each.name)
    ends = each.last_inbound_at + WINDOW if each.last_inbound_at else None
    return {
        "id": str(each.id),
        "name": name,
        "initials": initials(each.name),
        "number": address_words(each.address),
        "anonymous": each.anonymous,
        "stopped": each.stopped,
        "handled": each.handled_by.value,
        "handled_words": words.HANDLED_BY[each.handled_by],
        "owner": each.owner or "",
        "can_force": lead,
        "masked": each.anonymous and not each.name,
        "mine": each.owner_id == me and each.handled_by is HandledBy.OPERATOR,
        "window_ends": ends.isoformat() if ends else None,
        "window_open": is_open(each.last_inbound_at, now),
        "entries": [entry(one, now=now, office=office) for one in each.entries],
        "has_older": each.has_older,
        "held": each.held,
        "brief": _brief(each, now, office),
        "since": short_date(each.created_at.astimezone(zone).date()),
        "tickets": [card(ticket, now=now, zone=zone) for ticket in each.tickets],
    }


def _brief(each: Thread, now: datetime, office: Office) -> dict[str, Any] | None:
    brief = each.brief
    if each.handled_by is HandledBy.BOT:
        return None
    understood = words.intent(brief.intent)
    return {
        "reason": words.REASONS[brief.reason] if brief.reason else "",
        "since": waited(brief.queued_at, now) if brief.queued_at else "",
        "intent": understood,
        "confidence": "" if brief.confidence is None else f"{brief.confidence:.0%}",
        "found": [
            [words.FOUND[n], _found(n, v, office)] for n, v in brief.found if n in words.FOUND
        ],
        "language": words.LANGUAGES.get(brief.language or "", ""),
        "open": _open_items(each),
    }


def _found(entity: str, value: str, office: Office) -> str:
    if entity == "service":
        service = office.service(value)
        return service.short_name if service else value
    return CATEGORIES.get(value, value) if entity == "category" else value


def _open_items(each: Thread) -> list[str]:
    """What still has to be done in this conversation."""
    items = []
    if each.brief.unanswered:
        items.append(f"{each.brief.unanswered} pesan belum dijawab")
    if each.held:
        items.append(f"{each.held} pesan ditahan sampai warga menulis lagi")
    if each.brief.open_tickets:
        items.append("Laporan terbuka: " + ", ".join(each.brief.open_tickets))
    return items


def entry(each: ThreadEntry, *, now: datetime, office: Office) -> dict[str, Any]:
    zone = office.zone
    return {
        "id": each.id,
        "entry": each.entry.value,
        "day": day_words(each.at, now, zone),
        "clock": clock(each.at, zone),
        "text": HIDDEN if each.hidden else _text(each),
        "hidden": each.hidden,
        "author": _author(each),
        "by": each.written_by.value if each.written_by else "",
        "tick": _TICKS[each.state] if each.state else "",
        "state": words.DELIVERY[each.state] if each.state else "",
        "error": delivery_error(each.error_code) if each.state in _SHOWS_ERROR else "",
        "can_retry": each.state in _CAN_RETRY and not each.hidden,
        "template": each.template,
        "flooded": each.inbound_state is InboundState.FLOODED,
        "kind": "" if each.kind is MessageKind.TEXT else words.KINDS[each.kind],
        "files": [file(one) for one in each.files],
        "pin": None
        if each.latitude is None or each.longitude is None
        else maps.pin(each.latitude, each.longitude, each.place or "", office),
        "quoted": each.quoted or "",
        "understood": words.intent(each.intent),
        "flagged": each.flagged,
        "confidence": "" if each.confidence is None else f"{each.confidence:.0%}",
    }


_SHOWS_ERROR = _CAN_RETRY - {DeliveryState.CANCELLED} | {DeliveryState.HELD}


def _text(each: ThreadEntry) -> str:
    if each.event is Event.QUEUED and each.reason is not None:
        return f"Masuk antrean petugas. {words.REASONS[each.reason]}."
    if each.event is Event.TAKEN:
        return "Petugas mengambil alih; bot berhenti menjawab."
    if each.event is Event.RETURNED:
        note = f" Catatan: {each.text}" if each.text else ""
        return f"Dikembalikan ke bot.{note}"
    return each.text


def _author(each: ThreadEntry) -> str:
    if each.author:
        return each.author
    if each.entry is not Entry.OUT:
        return ""
    return {Author.BOT: "Bot", Author.SYSTEM: "Sistem", Author.OPERATOR: "Petugas"}[
        each.written_by or Author.SYSTEM
    ]


def file(each: File) -> dict[str, Any]:
    folder = "kiriman" if each.state is None else "lampiran"
    stored = each.state in (None, AttachmentState.STORED)
    problem = ""
    if each.state is AttachmentState.FAILED:
        problem = words.file_error(each.error_code)
    elif each.state is not None and not stored:
        problem = words.FILE_STATES[each.state]
    return {
        "id": str(each.id),
        "kind": each.kind.value,
        "label": each.name or words.KINDS[each.kind],
        "type": each.content_type or "",
        "url": f"/{folder}/{quote(str(each.id))}" if stored else "",
        "problem": problem,
    }


def card(each: TicketCard, *, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    due, tone = due_words(each.due_at, now.astimezone(zone).date())
    ended = each.status.value in _ENDED
    return {
        "number": each.number,
        "status": each.status.value,
        "status_words": words.STATUSES[each.status],
        "category": CATEGORIES[each.category.value],
        "class": words.CLASSES[each.class_],
        "desa": each.desa or "",
        "description": each.description,
        "created": short_date(each.created_at.astimezone(zone).date()),
        "due": short_date(each.due_at),
        "due_words": "" if ended else due,
        "tone": "" if ended else tone,
        "assignee": each.assignee or "",
        "anonymous": each.anonymous,
        "confidential": each.confidential,
    }


_ENDED = {"closed", "duplicate", "out_of_scope", "rejected", "withdrawn"}
