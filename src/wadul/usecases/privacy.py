"""A resident's rights over their data (UU 27/2022): see, erase, stop, start again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from wadul.core.states import PrivacyRequestKind
from wadul.models import (
    Attachment,
    Contact,
    Conversation,
    InboundMessage,
    PrivacyRequest,
    Ticket,
    Turn,
)

ANSWER_WITHIN = timedelta(hours=72)  # 3 x 24 hours
_DONE_AT_ONCE = {PrivacyRequestKind.ACCESS, PrivacyRequestKind.STOP, PrivacyRequestKind.START}
ERASED = "[dihapus atas permintaan warga]"


@dataclass(frozen=True)
class PersonalDataSummary:
    """What the office holds about one contact."""

    messages: int
    attachments: int
    tickets: list[str]
    since: datetime


def describe(session: Session, office_id: str, contact_id: UUID) -> PersonalDataSummary:
    contact = session.get_one(Contact, (office_id, contact_id))
    conversations = _conversations(session, office_id, contact_id)
    messages = session.scalar(
        select(func.count())
        .select_from(InboundMessage)
        .where(
            InboundMessage.office_id == office_id,
            InboundMessage.conversation_id.in_(conversations),
        )
    )
    attachments = session.scalar(
        select(func.count())
        .select_from(Attachment)
        .where(Attachment.office_id == office_id, Attachment.conversation_id.in_(conversations))
    )
    tickets = session.scalars(
        select(Ticket.number)
        .where(Ticket.office_id == office_id, Ticket.contact_id == contact_id)
        .order_by(Ticket.id)
    )
    return PersonalDataSummary(messages or 0, attachments or 0, list(tickets), contact.created_at)


def request(
    session: Session,
    office_id: str,
    *,
    contact_id: UUID,
    turn_id: UUID,
    kind: PrivacyRequestKind,
    now: datetime,
) -> PrivacyRequest:
    """Note the request; stop and start take effect at once. The same turn notes it once."""
    contact = session.get_one(Contact, (office_id, contact_id), with_for_update=True)
    noted = session.scalars(
        select(PrivacyRequest).where(
            PrivacyRequest.office_id == office_id, PrivacyRequest.turn_id == turn_id
        )
    ).one_or_none()
    if noted:
        return noted
    if kind is PrivacyRequestKind.STOP:
        contact.stopped_at = now
    elif kind is PrivacyRequestKind.START:
        contact.stopped_at = None
    noted = PrivacyRequest(
        office_id=office_id,
        contact_id=contact_id,
        turn_id=turn_id,
        kind=kind,
        created_at=now,
        due_at=now + ANSWER_WITHIN,
        done_at=now if kind in _DONE_AT_ONCE else None,
    )
    session.add(noted)
    return noted


def erase(session: Session, office_id: str, contact_id: UUID, *, now: datetime) -> list[str]:
    """Carry out an erasure: words, places, names and raw webhooks outside tickets are blanked and
    open erasure requests are marked done. Tickets stay, as the archive law asks.

    Returns the hashes of stored files that nothing refers to any more: the caller deletes them.
    """
    contact = session.get_one(Contact, (office_id, contact_id), with_for_update=True)
    contact.profile_name = ""
    conversations = _conversations(session, office_id, contact_id)
    loose = session.scalars(
        select(Attachment).where(
            Attachment.office_id == office_id,
            Attachment.conversation_id.in_(conversations),
            Attachment.ticket_id.is_(None),
        )
    )
    hashes = set()
    for attachment in loose:
        if attachment.sha256:
            hashes.add(attachment.sha256)
        session.delete(attachment)
    session.flush()
    for message in session.scalars(
        select(InboundMessage).where(
            InboundMessage.office_id == office_id,
            InboundMessage.conversation_id.in_(conversations),
        )
    ):
        message.text = ERASED if message.text else ""
        message.raw = {}
        message.place_name = message.latitude = message.longitude = None
    session.execute(
        update(Turn)
        .where(Turn.office_id == office_id, Turn.conversation_id.in_(conversations))
        .values(entities=[])
    )
    for noted in session.scalars(
        select(PrivacyRequest).where(
            PrivacyRequest.office_id == office_id,
            PrivacyRequest.contact_id == contact_id,
            PrivacyRequest.kind == PrivacyRequestKind.ERASURE,
            PrivacyRequest.done_at.is_(None),
        )
    ):
        noted.done_at = now
    still_used = set(
        session.scalars(select(Attachment.sha256).where(Attachment.sha256.in_(hashes)))
    )
    return sorted(hashes - still_used)


def _conversations(session: Session, office_id: str, contact_id: UUID) -> list[UUID]:
    return list(
        session.scalars(
            select(Conversation.id).where(
                Conversation.office_id == office_id, Conversation.contact_id == contact_id
            )
        )
    )
