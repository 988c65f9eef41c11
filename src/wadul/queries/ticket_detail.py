"""One ticket with everything that belongs to it, and tickets that may be about the same."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from rapidfuzz import fuzz
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from wadul.core.actors import Actor, Power
from wadul.core.privacy import mask_address
from wadul.core.states import TicketClass, TicketEventType, TicketStatus
from wadul.core.ticket_number import find_number
from wadul.core.ticket_status import ENDED
from wadul.exceptions import NotFound
from wadul.models import Attachment, Contact, Ticket, TicketEvent, TicketProof, User
from wadul.queries.anonymity import is_masked
from wadul.queries.discretion import secret_from
from wadul.queries.thread_entries import File

_COMPARED = 300  # latest tickets that are looked at for duplicates
_RELATED = 8
_DUPLICATE_DAYS = 45
_ALIKE = 62.0  # of 100
_NEAR_KM = 0.5


@dataclass(frozen=True)
class TicketMoment:
    at: datetime
    type: TicketEventType
    actor: str
    status_from: TicketStatus | None
    status_to: TicketStatus | None
    note: str
    details: dict[str, Any]


@dataclass(frozen=True)
class ProofFile:
    id: UUID
    name: str
    content_type: str
    added_by: str
    added_at: datetime
    matches: list[dict[str, Any]]  # `number` is empty where it is not this person's to know


@dataclass(frozen=True)
class Neighbour:
    """A ticket of the same resident, or one that looks alike (`likeness` from 0 to 100)."""

    number: str
    status: TicketStatus
    description: str
    desa: str | None
    created_at: datetime
    likeness: int | None = None


@dataclass(frozen=True)
class TicketDetail:
    ticket: Ticket
    reporter: str
    address: str
    masked: bool
    stopped: bool
    assignee: str | None
    history: tuple[TicketMoment, ...]
    files: tuple[File, ...]
    merged_files: tuple[File, ...]  # of tickets that were merged into this one
    proofs: tuple[ProofFile, ...]
    related: tuple[Neighbour, ...]
    alike: tuple[Neighbour, ...]
    merged_into: str | None


def show_detail(session: Session, actor: Actor, number: str) -> TicketDetail:
    """Raises `NotFound`, also for what this person may not know of, and `NotPermitted`."""
    actor.require(Power.WORK_TICKETS)
    row = session.execute(
        select(
            Ticket,
            Contact,
            User.full_name,
            is_masked(Ticket.office_id, Ticket.conversation_id).label("masked"),
        )
        .join(Contact, and_(Contact.office_id == Ticket.office_id, Contact.id == Ticket.contact_id))
        .outerjoin(User, and_(User.office_id == Ticket.office_id, User.id == Ticket.assignee_id))
        .where(
            Ticket.office_id == actor.office_id,
            Ticket.number == (find_number(number) or number),
        )
    ).one_or_none()
    if row is None:
        raise NotFound(f"there is no ticket {number}")
    ticket: Ticket = row.Ticket
    if ticket.class_ is TicketClass.SUPERVISORY and not actor.sees_supervisory:
        raise NotFound(f"there is no ticket {number}")
    contact: Contact = row.Contact
    merged = session.scalars(
        select(Ticket.id).where(
            Ticket.office_id == actor.office_id, Ticket.duplicate_of == ticket.id
        )
    ).all()
    into = (
        session.get(Ticket, (actor.office_id, ticket.duplicate_of)) if ticket.duplicate_of else None
    )
    history, proofs = _history(session, ticket), _proofs(session, ticket)
    secret = secret_from(session, actor, _matched(history, proofs))
    return TicketDetail(
        ticket=ticket,
        reporter="" if row.masked else contact.profile_name,
        address=mask_address(contact.address) if row.masked else contact.address,
        masked=row.masked,
        stopped=contact.stopped_at is not None,
        assignee=row.full_name,
        history=tuple(_moment_without(secret, each) for each in history),
        files=_files(session, actor.office_id, [ticket.id]),
        merged_files=_files(session, actor.office_id, merged),
        proofs=tuple(_proof_without(secret, each) for each in proofs),
        related=_related(session, actor, ticket),
        alike=_alike(session, actor, ticket),
        merged_into=into.number if into else None,
    )


def _history(session: Session, ticket: Ticket) -> tuple[TicketMoment, ...]:
    rows = session.scalars(
        select(TicketEvent)
        .where(TicketEvent.office_id == ticket.office_id, TicketEvent.ticket_id == ticket.id)
        .order_by(TicketEvent.id)
    )
    return tuple(
        TicketMoment(
            row.at, row.type, row.actor, row.status_from, row.status_to, row.note, row.details
        )
        for row in rows
    )


def _files(session: Session, office_id: str, tickets: Sequence[UUID]) -> tuple[File, ...]:
    if not tickets:
        return ()
    rows = session.scalars(
        select(Attachment)
        .where(Attachment.office_id == office_id, Attachment.ticket_id.in_(tickets))
        .order_by(Attachment.id)
    )
    return tuple(
        File(row.id, row.kind, row.state, row.content_type, error_code=row.error_code)
        for row in rows
    )


def _proofs(session: Session, ticket: Ticket) -> tuple[ProofFile, ...]:
    rows = session.scalars(
        select(TicketProof)
        .where(TicketProof.office_id == ticket.office_id, TicketProof.ticket_id == ticket.id)
        .order_by(TicketProof.id)
    )
    return tuple(
        ProofFile(row.id, row.name, row.content_type, row.added_by, row.added_at, row.matches)
        for row in rows
    )


def _matched(history: Sequence[TicketMoment], proofs: Sequence[ProofFile]) -> set[str]:
    """Numbers of the tickets that a proof looks like."""
    numbers = {str(match["number"]) for proof in proofs for match in proof.matches}
    return numbers.union(*(each.details.get("matches", []) for each in history))


def _moment_without(secret: set[str], moment: TicketMoment) -> TicketMoment:
    if "matches" not in moment.details:
        return moment
    matches = ["" if number in secret else number for number in moment.details["matches"]]
    return replace(moment, details=moment.details | {"matches": matches})


def _proof_without(secret: set[str], proof: ProofFile) -> ProofFile:
    matches = [
        match | {"number": ""} if match["number"] in secret else match for match in proof.matches
    ]
    return replace(proof, matches=matches)


def _related(session: Session, actor: Actor, ticket: Ticket) -> tuple[Neighbour, ...]:
    """Other tickets of the same resident; none where the reporter is anonymous."""
    if ticket.anonymous:
        return ()
    query = (
        select(Ticket)
        .where(
            Ticket.office_id == actor.office_id,
            Ticket.contact_id == ticket.contact_id,
            Ticket.id != ticket.id,
            ~Ticket.anonymous,
        )
        .order_by(Ticket.id.desc())
        .limit(_RELATED)
    )
    if not actor.sees_supervisory:
        query = query.where(Ticket.class_ != TicketClass.SUPERVISORY)
    return tuple(_neighbour(row) for row in session.scalars(query))


def _alike(session: Session, actor: Actor, ticket: Ticket) -> tuple[Neighbour, ...]:
    """Open tickets of these weeks that may be about the same: words, place and time."""
    span = timedelta(days=_DUPLICATE_DAYS)
    near = []
    if ticket.desa:
        near.append(Ticket.desa == ticket.desa)
    if ticket.latitude is not None and ticket.longitude is not None:
        reach = 0.01
        near.append(
            and_(
                Ticket.latitude.between(ticket.latitude - reach, ticket.latitude + reach),
                Ticket.longitude.between(ticket.longitude - reach, ticket.longitude + reach),
            )
        )
    same_place = or_(*near) if near else Ticket.category == ticket.category
    same_class = (
        Ticket.class_ == TicketClass.SUPERVISORY
        if ticket.class_ is TicketClass.SUPERVISORY
        else Ticket.class_ != TicketClass.SUPERVISORY
    )
    rows = session.scalars(
        select(Ticket)
        .where(
            Ticket.office_id == actor.office_id,
            Ticket.id != ticket.id,
            Ticket.status.not_in(ENDED),
            Ticket.created_at > ticket.created_at - span,
            Ticket.created_at < ticket.created_at + span,
            same_place,
            same_class,
        )
        .order_by(Ticket.id.desc())
        .limit(_COMPARED)
    )
    scored = [(_likeness(ticket, row), row) for row in rows]
    best = sorted((pair for pair in scored if pair[0] >= _ALIKE), key=lambda pair: -pair[0])[:5]
    return tuple(_neighbour(row, round(score)) for score, row in best)


def _likeness(one: Ticket, other: Ticket) -> float:
    """Words above all; the same topic, desa and spot help, and time takes away."""
    words = fuzz.token_set_ratio(one.description.lower(), other.description.lower())
    score = 0.7 * words
    score += 12 * (one.category is other.category)
    score += 8 * (one.desa is not None and one.desa == other.desa)
    distance = _kilometres(one, other)
    if distance is not None:
        score += 22 if distance <= _NEAR_KM else -10
    days = abs((one.created_at - other.created_at).total_seconds()) / 86400
    return min(100.0, score - days / 6)


def _kilometres(one: Ticket, other: Ticket) -> float | None:
    here, there = _spot(one), _spot(other)
    if here is None or there is None:
        return None
    north = (there[0] - here[0]) * 110.57
    east = (there[1] - here[1]) * 111.32 * math.cos(math.radians(here[0]))
    return math.hypot(north, east)


def _spot(ticket: Ticket) -> tuple[float, float] | None:
    if ticket.latitude is None or ticket.longitude is None:
        return None
    return ticket.latitude, ticket.longitude


def _neighbour(ticket: Ticket, likeness: int | None = None) -> Neighbour:
    return Neighbour(
        ticket.number, ticket.status, ticket.description, ticket.desa, ticket.created_at, likeness
    )
