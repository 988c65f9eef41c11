"""The report in a few lines, for the resident to check before it is filed."""

from __future__ import annotations

from collections.abc import Mapping

from wadul.core.dates import spell_date
from wadul.core.report import Draft
from wadul.core.states import TicketKind

EXCERPT = 220

_TITLES = {
    TicketKind.COMPLAINT: "Keluhan",
    TicketKind.ASPIRATION: "Usulan",
    TicketKind.INFORMATION: "Pertanyaan",
    TicketKind.CONSULTATION: "Pertanyaan",
}


def summary_lines(draft: Draft, category_names: Mapping[str, str]) -> list[str]:
    """Misconduct is not repeated in words, so that nobody named appears on the phone."""
    title = _TITLES[draft.kind]
    if draft.supervisory:
        lines = [f"{title}: {category_names[draft.category]} (isi lengkapnya sudah saya catat)"]
    else:
        lines = [f"{title}: {excerpt(draft.told)}"]
    if place := place_line(draft):
        lines.append(f"Lokasi: {place}")
    if draft.occurred:
        day = f" ({spell_date(draft.occurred_on)})" if draft.occurred_on else ""
        lines.append(f"Waktu: {draft.occurred}{day}")
    if draft.files:
        lines.append(f"Lampiran: {draft.files} berkas")
    if not draft.supervisory or not draft.anonymous:
        wishes = [
            word
            for word, wished in (("anonim", draft.anonymous), ("rahasia", draft.confidential))
            if wished
        ]
        if wishes:
            lines.append(f"Dikirim secara {' dan '.join(wishes)}")
    return lines


def place_line(draft: Draft) -> str:
    desa = f"Desa {draft.desa}" if draft.desa else ""
    pin = "titik lokasi" if draft.latitude is not None else ""
    place = draft.place or ""
    if desa and (draft.desa or "").lower() in place.lower():
        desa = ""
    return ", ".join(part for part in (desa, place, draft.outside, pin) if part)


def excerpt(told: str) -> str:
    """One line, cut at a word."""
    line = " ".join(told.split())
    if len(line) <= EXCERPT:
        return line
    return line[:EXCERPT].rsplit(" ", 1)[0] + " …"
