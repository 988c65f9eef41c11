"""Where a stored file is, for somebody who may see it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from wadul.core.actors import Actor, Power
from wadul.core.states import AttachmentState, TicketClass
from wadul.exceptions import NotFound
from wadul.models import (
    Attachment,
    InboundMessage,
    OperatorMessage,
    OutboundMessage,
    OutgoingFile,
    Ticket,
    TicketProof,
)
from wadul.queries.discretion import hidden_among


@dataclass(frozen=True)
class StoredFile:
    sha256: str
    content_type: str
    name: str


def find_attachment(session: Session, actor: Actor, attachment_id: UUID) -> StoredFile:
    """A resident's file. Raises `NotFound`, also for what is for inspectors only."""
    actor.require(Power.READ_CONVERSATIONS)
    row = session.get(Attachment, (actor.office_id, attachment_id))
    if row is None or row.state is not AttachmentState.STORED or row.sha256 is None:
        raise NotFound("there is no such file")
    if not actor.sees_supervisory and _is_secret(session, row):
        raise NotFound("there is no such file")
    return StoredFile(row.sha256, row.content_type or "", row.kind.value)


def find_sent_file(session: Session, actor: Actor, file_id: UUID) -> StoredFile:
    """A file that an operator sends or sent. Raises `NotFound`, also for what is hidden."""
    actor.require(Power.READ_CONVERSATIONS)
    row = session.get(OutgoingFile, (actor.office_id, file_id))
    if row is None or (not actor.sees_supervisory and _is_sent_in_secret(session, row)):
        raise NotFound("there is no such file")
    return StoredFile(row.sha256, row.content_type, row.name)


def find_proof(session: Session, actor: Actor, proof_id: UUID) -> StoredFile:
    """A proof of a ticket. Raises `NotFound`."""
    actor.require(Power.WORK_TICKETS)
    row = session.get(TicketProof, (actor.office_id, proof_id))
    ticket = session.get(Ticket, (actor.office_id, row.ticket_id)) if row else None
    if row is None or ticket is None:
        raise NotFound("there is no such file")
    if ticket.class_ is TicketClass.SUPERVISORY and not actor.sees_supervisory:
        raise NotFound("there is no such file")
    return StoredFile(row.sha256, row.content_type, row.name)


def find_by_token(session: Session, token: str, now: datetime) -> StoredFile:
    """For the provider, which fetches what we send; the token is the whole permission."""
    row = session.scalars(
        select(OutgoingFile).where(
            OutgoingFile.token_hash == hashlib.sha256(token.encode()).hexdigest()
        )
    ).one_or_none()
    if row is None or row.expires_at <= now:
        raise NotFound("there is no such file")
    return StoredFile(row.sha256, row.content_type, row.name)


def _is_sent_in_secret(session: Session, row: OutgoingFile) -> bool:
    messages = session.scalars(
        select(OutboundMessage)
        .join(
            OperatorMessage,
            (OperatorMessage.office_id == OutboundMessage.office_id)
            & (OperatorMessage.message_id == OutboundMessage.id),
        )
        .where(
            OperatorMessage.office_id == row.office_id,
            OperatorMessage.file_id == row.id,
        )
    ).all()
    hidden = hidden_among(session, row.office_id, [], messages)
    return any(hidden.outbound(message) for message in messages)


def _is_secret(session: Session, row: Attachment) -> bool:
    if row.ticket_id is not None:
        ticket = session.get(Ticket, (row.office_id, row.ticket_id))
        if ticket is not None and ticket.class_ is TicketClass.SUPERVISORY:
            return True
    message = session.get_one(InboundMessage, (row.office_id, row.message_id))
    return hidden_among(session, row.office_id, [message]).inbound(message)
