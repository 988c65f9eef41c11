"""What the field for replies is given: prepared texts and their fillings, templates, people."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from wadul.console import words
from wadul.core.dates import spell_date
from wadul.office import MessageTemplate, Office
from wadul.office.answers import hours_lines
from wadul.queries.reference import Person, Prepared
from wadul.queries.thread import Thread
from wadul.usecases.operator_messages import templates_at_hand

_TEMPLATE_TITLES = {
    "ticket_received": "Laporan diterima",
    "needs_info": "Perlu keterangan tambahan",
    "status_changed": "Status berubah",
    "answer_available": "Jawaban tersedia",
    "survey": "Survei kepuasan",
}
_VARIABLE_LABELS = {
    "ticket_number": "Nomor laporan",
    "due_date": "Tenggat",
    "question": "Yang ditanyakan",
    "status": "Status",
}


def prepared(rows: list[Prepared]) -> list[dict[str, Any]]:
    return [
        {"id": str(row.id), "shortcut": row.shortcut, "title": row.title, "text": row.text}
        for row in rows
    ]


def colleagues(people: list[Person]) -> list[dict[str, str]]:
    return [{"name": person.name, "full_name": person.full_name} for person in people]


def fillings(thread: Thread, office: Office, petugas: str, now: datetime) -> dict[str, str]:
    """For the variables of prepared texts; one that is not known stays as it is written."""
    values = {
        "nama": thread.name,
        "petugas": petugas,
        "kantor": office.name,
        "jam": "\n".join(hours_lines(office, now.astimezone(office.zone).date())),
    }
    if thread.tickets:
        values["nomor"] = thread.tickets[0].number
        values["tenggat"] = spell_date(thread.tickets[0].due_at)
    return values


def templates(office: Office, thread: Thread) -> list[dict[str, Any]]:
    """Approved ones, with what can be filled in already."""
    return [_template(template, thread) for template in templates_at_hand(office)]


def _template(template: MessageTemplate, thread: Thread) -> dict[str, Any]:
    known = {}
    if thread.tickets:
        latest = thread.tickets[0]
        known = {
            "ticket_number": latest.number,
            "due_date": spell_date(latest.due_at),
            "status": words.STATUSES[latest.status],
        }
    return {
        "use": template.used_for,
        "title": _TEMPLATE_TITLES[template.used_for],
        "body": template.body,
        "variables": [
            {
                "name": variable.name,
                "label": _VARIABLE_LABELS.get(variable.name, variable.name),
                "example": variable.example,
                "value": known.get(variable.name, ""),
            }
            for variable in template.variables
        ],
    }
