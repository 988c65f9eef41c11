"""Tickets as the table and the detail page show them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from wadul.console import maps, present, words
from wadul.core.dates import local_date
from wadul.core.states import TicketEventType, TicketStatus
from wadul.core.ticket_status import MOVES, is_open
from wadul.office import CATEGORIES, Office
from wadul.queries.ticket_detail import Neighbour, TicketDetail, TicketMoment
from wadul.queries.ticket_table import TicketRow

ANOTHER = "laporan lain"  # one that this person may not know of
_PEOPLE = {"resident": "Warga", "bot": "Bot", "system": "Sistem"}
_TONES = {
    TicketStatus.ANSWERED: "good",
    TicketStatus.CLOSED: "good",
    TicketStatus.NEEDS_INFO: "soon",
    TicketStatus.REOPENED: "late",
}


def row(each: TicketRow, *, now: datetime, office: Office) -> dict[str, Any]:
    today = local_date(now, office.timezone)
    due, tone = present.due_words(each.due_at, today)
    return {
        "number": each.number,
        "version": each.version,
        "status": words.STATUSES[each.status],
        "status_tone": _TONES.get(each.status, ""),
        "category": CATEGORIES[each.category.value],
        "kind": words.TICKET_KINDS[each.kind],
        "class": words.CLASSES[each.class_],
        "desa": each.desa or "",
        "description": " ".join(each.description.split())[:200],
        "created": present.short_date(each.created_at.astimezone(office.zone).date()),
        "due": present.short_date(each.due_at),
        "due_words": _due_words(each, due),
        "tone": tone if is_open(each.status) and not each.paused else "",
        "assignee": each.assignee or "",
        "reporter": "Anonim" if each.masked else each.reporter or "—",
        "confidential": each.confidential,
    }


def _due_words(each: TicketRow, due: str) -> str:
    if not is_open(each.status):
        return ""
    return "Waktu berhenti" if each.paused else due


def detail(each: TicketDetail, *, now: datetime, office: Office, me: UUID) -> dict[str, Any]:
    ticket, zone = each.ticket, office.zone
    today = local_date(now, office.timezone)
    due, tone = present.due_words(ticket.due_at, today)
    verify, verify_tone = present.due_words(ticket.verify_by, today)
    open_ = is_open(ticket.status)
    return {
        "number": ticket.number,
        "version": ticket.version,
        "status": ticket.status.value,
        "status_words": words.STATUSES[ticket.status],
        "status_tone": _TONES.get(ticket.status, ""),
        "open": open_,
        "moves": sorted(move.value for move in MOVES[ticket.status]),
        "can_answer": _can_answer(ticket.status),
        "kind": ticket.kind.value,
        "kind_words": words.TICKET_KINDS[ticket.kind],
        "class_words": words.CLASSES[ticket.class_],
        "category": ticket.category.value,
        "category_words": CATEGORIES[ticket.category.value],
        "service": _service(office, ticket.service),
        "description": ticket.description,
        "desa": ticket.desa or "",
        "place": ticket.place or "",
        "occurred": ticket.occurred or "",
        "reported_party": ticket.reported_party or "",
        "anonymous": ticket.anonymous,
        "confidential": ticket.confidential,
        "reporter": "Pelapor anonim" if each.masked else each.reporter or "Tanpa nama",
        "address": present.address_words(each.address),
        "masked": each.masked,
        "stopped": each.stopped,
        "created": present.short_date(ticket.created_at.astimezone(zone).date()),
        "created_clock": present.clock(ticket.created_at, zone),
        "due": present.short_date(ticket.due_at),
        "due_words": "Waktu berhenti" if ticket.paused_at else due if open_ else "",
        "tone": "" if ticket.paused_at or not open_ else tone,
        "verify": present.short_date(ticket.verify_by),
        "verify_words": verify if ticket.status is TicketStatus.RECEIVED else "",
        "verify_tone": verify_tone if ticket.status is TicketStatus.RECEIVED else "",
        "limit_days": ticket.limit_days,
        "assignee": each.assignee or "",
        "mine": ticket.assignee_id == me,
        "forwarded_to": ticket.forwarded_to or "",
        "merged_into": each.merged_into or "",
        "conversation": str(ticket.conversation_id),
        "pin": None
        if ticket.latitude is None or ticket.longitude is None
        else maps.pin(ticket.latitude, ticket.longitude, ticket.place or "", office),
        "files": [present.file(one) for one in each.files],
        "merged_files": [present.file(one) for one in each.merged_files],
        "proofs": [
            {
                "id": str(proof.id),
                "name": proof.name,
                "type": proof.content_type,
                "url": f"/bukti/{proof.id}",
                "by": proof.added_by,
                "at": present.when(proof.added_at, now, zone),
                "matches": [_match(match) for match in proof.matches],
            }
            for proof in each.proofs
        ],
        "history": [_moment(one, now=now, office=office) for one in each.history],
        "related": [_neighbour(one, office) for one in each.related],
        "alike": [_neighbour(one, office) for one in each.alike],
    }


def _can_answer(status: TicketStatus) -> bool:
    return TicketStatus.ANSWERED in MOVES[status] or status is TicketStatus.RECEIVED


def _service(office: Office, code: str | None) -> str:
    service = office.service(code) if code else None
    return service.short_name if service else ""


def _match(match: dict[str, Any]) -> str:
    what = "bukti" if match["proof"] else "foto laporan"
    return f"mirip {what} {match['number'] or ANOTHER}"


def _moment(each: TicketMoment, *, now: datetime, office: Office) -> dict[str, Any]:
    title = words.TICKET_EVENTS[each.type]
    if each.type is TicketEventType.STATUS_CHANGED and each.status_to is not None:
        title = f"Menjadi {words.STATUSES[each.status_to]}"
    note = each.note
    if each.type is TicketEventType.ASSIGNED:
        title = f"Ditugaskan kepada {each.details.get('to') or 'belum ada'}"
    if each.type is TicketEventType.RECLASSIFIED:
        note = f"{each.details.get('from', '')} → {each.details.get('to', '')}"
    if "merged" in each.details:
        title = f"Digabung dari {each.details['merged']}"
    if each.details.get("proof"):
        title = "Bukti ditambahkan"
        alike = ", ".join(number or ANOTHER for number in each.details.get("matches", []))
        note = f"Foto mirip dengan {alike}" if alike else ""
    return {
        "title": title,
        "actor": _PEOPLE.get(each.actor, each.actor),
        "when": f"{present.when(each.at, now, office.zone)}, {present.clock(each.at, office.zone)}"
        if each.at.astimezone(office.zone).date() != now.astimezone(office.zone).date()
        else present.clock(each.at, office.zone),
        "note": note,
        "type": each.type.value,
    }


def _neighbour(each: Neighbour, office: Office) -> dict[str, Any]:
    return {
        "number": each.number,
        "status": words.STATUSES[each.status],
        "description": " ".join(each.description.split())[:140],
        "desa": each.desa or "",
        "created": present.short_date(each.created_at.astimezone(office.zone).date()),
        "likeness": each.likeness,
    }
