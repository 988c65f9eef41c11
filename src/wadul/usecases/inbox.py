"""Take a resident's message in: one transaction, the same result however often it is delivered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import cast
from uuid import UUID

from sqlalchemy import Executable, Table, and_, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from wadul.channels.incoming import IncomingMessage
from wadul.core.states import (
    AttachmentState,
    Author,
    DeliveryState,
    HandledBy,
    InboundState,
)
from wadul.database import ring
from wadul.models import (
    Attachment,
    Base,
    Contact,
    Conversation,
    InboundMessage,
    OutboundMessage,
    UnknownWebhook,
    new_id,
)
from wadul.settings import Settings

FLOOD_NOTICE = (
    "Pesan Bapak/Ibu banyak sekali dalam waktu singkat. Semuanya kami simpan; "
    "mohon tunggu sekitar satu menit, lalu tulis kembali intinya dalam satu pesan."
)

_FIND = (
    select(Contact, Conversation)
    .join(
        Conversation,
        and_(
            Conversation.office_id == Contact.office_id,
            Conversation.contact_id == Contact.id,
            Conversation.channel == bindparam("channel"),
        ),
    )
    .where(Contact.office_id == bindparam("office_id"), Contact.address == bindparam("address"))
    .with_for_update(of=Conversation)
)


@dataclass(frozen=True)
class Stored:
    """What became of an incoming message."""

    message_id: UUID | None  # None: it was here already
    flooded: bool = False


def store_incoming(
    session: Session,
    office_id: str,
    incoming: IncomingMessage,
    *,
    now: datetime,
    settings: Settings,
) -> Stored:
    """Store contact, conversation, message and attachments, and make the next turn due."""
    conversation, is_new = _conversation(session, office_id, incoming, now)
    state = InboundState.WAITING
    if not is_new:
        state = _state_of_new_message(session, conversation, now, settings)
    message_id = _insert_message(session, conversation, incoming, state, now)
    if message_id is None:
        return Stored(None)
    for position, file in enumerate(incoming.files):
        session.add(
            Attachment(
                office_id=office_id,
                message_id=message_id,
                conversation_id=conversation.id,
                position=position,
                kind=file.kind,
                url=file.url,
                declared_type=file.declared_type,
                state=AttachmentState.TO_FETCH,
                next_attempt_at=now,
                created_at=now,
            )
        )
    conversation.last_inbound_at = now
    if state is InboundState.WAITING:
        _make_turn_due(conversation, now, settings)
    if state is InboundState.FLOODED:
        _say_that_it_is_a_flood(session, conversation, now, settings)
    ring(session, for_workers=state is not InboundState.FOR_OPERATOR or bool(incoming.files))
    return Stored(message_id, flooded=state is InboundState.FLOODED)


def store_unknown(session: Session, endpoint: str, reason: str, body: str, now: datetime) -> None:
    """Keep a signed webhook that is no message we know, so that nothing is lost."""
    session.add(
        UnknownWebhook(
            endpoint=endpoint, reason=reason, body=body.replace("\x00", "\ufffd"), received_at=now
        )
    )


def _conversation(
    session: Session, office_id: str, incoming: IncomingMessage, now: datetime
) -> tuple[Conversation, bool]:
    """The conversation's row, locked until the transaction ends, and whether this call made it."""
    key = {"office_id": office_id, "address": incoming.address, "channel": incoming.channel}
    found = session.execute(_FIND, key).one_or_none()
    if found is None:
        _begin_conversation(session, office_id, incoming, now)
        contact, conversation = session.execute(_FIND, key).one()
    else:
        contact, conversation = found
    if incoming.profile_name:
        contact.profile_name = incoming.profile_name
    conversation.office_address = incoming.office_address
    return conversation, found is None


def _begin_conversation(
    session: Session, office_id: str, incoming: IncomingMessage, now: datetime
) -> None:
    """Make contact and conversation, unless another process was quicker."""
    contact_id = _insert_once(
        session,
        Contact,
        {
            "office_id": office_id,
            "id": new_id(),
            "address": incoming.address,
            "profile_name": incoming.profile_name,
            "created_at": now,
        },
    )
    if contact_id is None:
        contact_id = session.scalars(
            select(Contact.id).where(
                Contact.office_id == office_id, Contact.address == incoming.address
            )
        ).one()
    _insert_once(
        session,
        Conversation,
        {
            "office_id": office_id,
            "id": new_id(),
            "contact_id": contact_id,
            "channel": incoming.channel,
            "office_address": incoming.office_address,
            "created_at": now,
            "handled_by": HandledBy.BOT,
            "handled_since": now,
        },
    )


def _insert_message(
    session: Session,
    conversation: Conversation,
    incoming: IncomingMessage,
    state: InboundState,
    now: datetime,
) -> UUID | None:
    """The new row's id, or None if the provider delivered this message before."""
    return _insert_once(
        session,
        InboundMessage,
        {
            "office_id": conversation.office_id,
            "id": new_id(),
            "conversation_id": conversation.id,
            "channel": incoming.channel,
            "external_id": incoming.external_id,
            "kind": incoming.kind,
            "state": state,
            "text": incoming.text,
            "latitude": incoming.latitude,
            "longitude": incoming.longitude,
            "place_name": incoming.place_name,
            "payload": incoming.payload,
            "reply_to_external_id": incoming.reply_to_external_id,
            "raw": incoming.raw,
            "received_at": now,
        },
    )


def _insert_once(session: Session, model: type[Base], values: dict[str, object]) -> UUID | None:
    """Insert unless a unique key has it already; the id of what this call inserted."""
    statement = _insert_or_nothing(model, session.get_bind().dialect.name)
    return session.execute(statement, values).scalar()


@cache
def _insert_or_nothing(model: type[Base], dialect: str) -> Executable:
    """Built once: building a statement takes longer than running it."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    table = cast(Table, model.__table__)
    return insert(table).on_conflict_do_nothing().returning(table.c.id)


def _state_of_new_message(
    session: Session, conversation: Conversation, now: datetime, settings: Settings
) -> InboundState:
    """Asked before it is stored, so that it is stored once."""
    if conversation.handled_by is HandledBy.OPERATOR:
        return InboundState.FOR_OPERATOR
    window = timedelta(seconds=settings.flood_window_seconds)
    before = session.scalar(
        select(func.count())
        .select_from(InboundMessage)
        .where(
            InboundMessage.office_id == conversation.office_id,
            InboundMessage.conversation_id == conversation.id,
            InboundMessage.received_at > now - window,
        )
    )
    flooded = (before or 0) >= settings.flood_messages
    return InboundState.FLOODED if flooded else InboundState.WAITING


def _say_that_it_is_a_flood(
    session: Session, conversation: Conversation, now: datetime, settings: Settings
) -> None:
    """Once, until it has been quiet for as long as the window."""
    if conversation.flooded_until is None or conversation.flooded_until <= now:
        session.add(
            OutboundMessage(
                office_id=conversation.office_id,
                conversation_id=conversation.id,
                author=Author.SYSTEM,
                text=FLOOD_NOTICE,
                state=DeliveryState.QUEUED,
                next_attempt_at=now,
                created_at=now,
            )
        )
    conversation.flooded_until = now + timedelta(seconds=settings.flood_window_seconds)


def _make_turn_due(conversation: Conversation, now: datetime, settings: Settings) -> None:
    """Start or prolong the burst; a burst that has lasted long enough is not prolonged."""
    if conversation.turn_due_at is None or conversation.burst_started_at is None:
        conversation.burst_started_at = now
    latest = conversation.burst_started_at + timedelta(seconds=settings.burst_limit_seconds)
    conversation.turn_due_at = min(now + timedelta(seconds=settings.burst_seconds), latest)
