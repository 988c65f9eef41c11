"""What an operator might answer: from the office's catalogue, and from tickets answered before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from rapidfuzz import fuzz
from sqlalchemy import select
from sqlalchemy.orm import Session

from wadul.core.actors import Actor
from wadul.core.states import TicketClass, TicketEventType
from wadul.models import Ticket, TicketEvent
from wadul.office import Office, Service, find_faq
from wadul.office.answers import answer_faq, answer_service
from wadul.office.text import plain

_LOOKED_AT = 150  # latest answered tickets
_ALIKE = 70.0  # of 100
_FEWEST_WORDS = 2
_ASPECTS = {
    "requirements": ("syarat", "persyaratan", "berkas", "bawa apa", "dokumen"),
    "cost": ("biaya", "bayar", "ongkos", "tarif", "gratis", "berapa duit"),
    "duration": ("berapa lama", "berapa hari", "kapan jadi", "lama"),
    "place": ("dimana", "di mana", "dmn", "tempat", "ke mana", "kemana"),
    "procedure": ("cara", "gimana", "bagaimana", "prosedur", "langkah"),
    "hours": ("jam", "buka", "tutup", "hari apa"),
}


@dataclass(frozen=True)
class Suggestion:
    title: str
    text: str


def suggest_answers(
    session: Session, actor: Actor, office: Office, said: str, *, today: date
) -> list[Suggestion]:
    """At most three, the surest first; `said` is what the resident wrote last."""
    found = [*_from_catalogue(office, said, today), *_from_tickets(session, actor, said)]
    return found[:3]


def _from_catalogue(office: Office, said: str, today: date) -> list[Suggestion]:
    entry = find_faq(office, said)
    found = []
    if entry is not None:
        found.append(Suggestion(entry.question, answer_faq(office, entry, today)))
    service = _service_in(office, said)
    if service is not None:
        aspect = _aspect_in(said)
        text = answer_service(service, aspect, today, office)
        found.append(Suggestion(service.short_name, text))
    return found


def _service_in(office: Office, said: str) -> Service | None:
    """The service whose longest alias is in the words."""
    words = f" {plain(said)} "
    hits = [
        (len(alias), service)
        for service in office.services
        for alias in map(plain, (service.short_name, *service.aliases))
        if alias and f" {alias} " in words
    ]
    return max(hits, key=lambda hit: hit[0])[1] if hits else None


def _aspect_in(said: str) -> str | None:
    words = f" {plain(said)} "
    for aspect, signs in _ASPECTS.items():
        if any(f" {sign}" in words for sign in signs):
            return aspect
    return None


def _from_tickets(session: Session, actor: Actor, said: str) -> list[Suggestion]:
    wanted = plain(said)
    if len(wanted.split()) < _FEWEST_WORDS:
        return []
    rows = session.execute(
        select(Ticket.number, Ticket.description, TicketEvent.note)
        .join(
            TicketEvent,
            (TicketEvent.office_id == Ticket.office_id) & (TicketEvent.ticket_id == Ticket.id),
        )
        .where(
            Ticket.office_id == actor.office_id,
            Ticket.class_ != TicketClass.SUPERVISORY,
            Ticket.answered_at.is_not(None),
            TicketEvent.type == TicketEventType.ANSWERED,
        )
        .order_by(TicketEvent.id.desc())
        .limit(_LOOKED_AT)
    ).all()
    scored = [
        (fuzz.token_set_ratio(wanted, plain(description)), number, note)
        for number, description, note in rows
    ]
    best = max(scored, default=None)
    if best is None or best[0] < _ALIKE:
        return []
    return [Suggestion(f"Jawaban laporan {best[1]}", best[2])]
