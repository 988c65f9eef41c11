"""Proofs that the work was done, and whether a photo was seen before.

A photo that looks like one of the complaint's own, or like an earlier proof of any ticket, warns
whoever adds it; the match stays on record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from wadul.core.actors import Actor
from wadul.core.states import AttachmentState, TicketEventType
from wadul.exceptions import InvalidInput
from wadul.models import Attachment, PhotoFingerprint, Ticket, TicketProof, new_id
from wadul.queries.discretion import secret_from
from wadul.usecases.outgoing_files import plain_name
from wadul.usecases.ticket_history import record
from wadul.usecases.ticket_work import log, shown, touch

ALIKE = 10  # bits of 64 that may differ
_TYPES = {"image/jpeg", "image/png", "image/webp", "application/pdf"}


class UnfitProof(InvalidInput):
    """This file cannot be a proof."""

    code = "unfit_proof"
    sentence = "Bukti harus berupa foto (JPG, PNG, WebP) atau PDF, paling besar 16 MB."


@dataclass(frozen=True)
class NewProof:
    """A file that is in the store; type by content, fingerprint of a photo as 16 hex digits."""

    name: str
    content_type: str | None
    sha256: str
    size: int
    fingerprint: str | None


@dataclass(frozen=True)
class Match:
    """What a photo looks like. `proof` False: the complaint's own photo."""

    number: str  # empty: of a ticket that this person may not know of
    proof: bool
    distance: int  # bits; 0 is the same picture
    details: dict[str, Any] = field(default_factory=dict)


def begin_proof(
    session: Session, actor: Actor, number: str, content_type: str | None, *, version: int
) -> list[str]:
    """Before a file is kept. Returns hashes of the complaint's photos without a fingerprint yet.

    Raises `UnfitProof`, and what `shown` raises.
    """
    ticket = _ticket_for(session, actor, number, content_type, version)
    known = select(PhotoFingerprint.sha256).where(PhotoFingerprint.office_id == actor.office_id)
    rows = session.scalars(
        select(Attachment.sha256).where(
            Attachment.office_id == actor.office_id,
            Attachment.ticket_id == ticket.id,
            Attachment.state == AttachmentState.STORED,
            Attachment.content_type.startswith("image/"),
            Attachment.sha256.not_in(known),
        )
    )
    return sorted({sha256 for sha256 in rows if sha256})


def add_proof(
    session: Session,
    actor: Actor,
    number: str,
    proof: NewProof,
    *,
    version: int,
    complaint_photos: Mapping[str, str],
    now: datetime,
) -> list[Match]:
    """Keep a proof; returns what it looks like. `complaint_photos`: new fingerprints by hash."""
    ticket = _ticket_for(session, actor, number, proof.content_type, version)
    for sha256, fingerprint in complaint_photos.items():
        session.merge(
            PhotoFingerprint(office_id=actor.office_id, sha256=sha256, fingerprint=fingerprint)
        )
    session.flush()
    matches = _matches(session, ticket, proof) if proof.fingerprint else []
    session.add(
        TicketProof(
            office_id=actor.office_id,
            id=new_id(),
            ticket_id=ticket.id,
            name=plain_name(proof.name),
            content_type=proof.content_type,
            sha256=proof.sha256,
            size=proof.size,
            fingerprint=proof.fingerprint,
            matches=[
                {"number": m.number, "proof": m.proof, "distance": m.distance} for m in matches
            ],
            added_by=actor.name,
            added_at=now,
        )
    )
    record(
        session,
        ticket,
        TicketEventType.ATTACHMENT_ADDED,
        now,
        actor.name,
        None,
        details={"proof": True, "matches": [match.number for match in matches]},
    )
    touch(ticket)
    if matches:
        log(session, actor, "proof_matches", ticket.number, now)
    secret = secret_from(session, actor, {match.number for match in matches})
    return [replace(m, number="") if m.number in secret else m for m in matches]


def _ticket_for(
    session: Session, actor: Actor, number: str, content_type: str | None, version: int
) -> Ticket:
    ticket = shown(session, actor, number, version)
    if content_type not in _TYPES:
        raise UnfitProof
    return ticket


def _matches(session: Session, ticket: Ticket, proof: NewProof) -> list[Match]:
    wanted = int(proof.fingerprint or "0", 16)
    own = session.scalars(
        select(PhotoFingerprint.fingerprint)
        .join(
            Attachment,
            (Attachment.office_id == PhotoFingerprint.office_id)
            & (Attachment.sha256 == PhotoFingerprint.sha256),
        )
        .where(Attachment.office_id == ticket.office_id, Attachment.ticket_id == ticket.id)
    )
    earlier = session.execute(
        select(TicketProof.fingerprint, Ticket.number)
        .join(
            Ticket,
            (Ticket.office_id == TicketProof.office_id) & (Ticket.id == TicketProof.ticket_id),
        )
        .where(TicketProof.office_id == ticket.office_id, TicketProof.fingerprint.is_not(None))
    )
    found: dict[tuple[str, bool], Match] = {}
    candidates = [(print_, ticket.number, False) for print_ in own]
    candidates += [(print_ or "0", number, True) for print_, number in earlier]
    for print_, number, is_proof in candidates:
        distance = (int(print_, 16) ^ wanted).bit_count()
        if distance > ALIKE:
            continue
        known = found.get((number, is_proof))
        if known is None or distance < known.distance:
            found[number, is_proof] = Match(number, is_proof, distance)
    return sorted(found.values(), key=lambda match: match.distance)


def proofs_of(session: Session, office_id: str, ticket_id: UUID) -> list[TicketProof]:
    return list(
        session.scalars(
            select(TicketProof)
            .where(TicketProof.office_id == office_id, TicketProof.ticket_id == ticket_id)
            .order_by(TicketProof.id)
        )
    )
