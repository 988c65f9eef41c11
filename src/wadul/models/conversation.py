"""Contacts, conversations, messages in both directions, and the turns that join them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wadul.core.states import (
    AttachmentState,
    Author,
    DeliveryState,
    HandledBy,
    HandOffReason,
    InboundState,
    MessageKind,
    TurnState,
)
from wadul.models.base import Base, OfficeRow, enum_column


def _to(table: str, column: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["office_id", column], [f"{table}.office_id", f"{table}.id"])


class Contact(OfficeRow, Base):
    """A resident as one channel knows them."""

    __tablename__ = "contacts"
    __table_args__ = (UniqueConstraint("office_id", "address"),)

    address: Mapped[str] = mapped_column(String(120))  # opaque: whatsapp:+62… or whatsapp:ID.…
    profile_name: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime]
    notice_at: Mapped[datetime | None]  # when the privacy notice went out
    stopped_at: Mapped[datetime | None]  # BERHENTI: nothing unasked is sent any more


class Conversation(OfficeRow, Base):
    """The thread with one contact on one channel; also the worker's lease and the queue entry."""

    __tablename__ = "conversations"
    __table_args__ = (
        _to("contacts", "contact_id"),
        UniqueConstraint("office_id", "contact_id", "channel"),
        Index("ix_conversations_due", "turn_due_at"),
    )

    contact_id: Mapped[UUID]
    channel: Mapped[str] = mapped_column(String(20))
    office_address: Mapped[str] = mapped_column(String(120))  # the office's own number (Twilio To)
    created_at: Mapped[datetime]
    last_inbound_at: Mapped[datetime | None]  # opens the 24-hour window

    handled_by: Mapped[HandledBy] = mapped_column(enum_column(HandledBy), default=HandledBy.BOT)
    handled_since: Mapped[datetime]
    owner_id: Mapped[UUID | None]  # the operator who holds it

    turn_due_at: Mapped[datetime | None]  # when the next turn may start; None = nothing to do
    burst_started_at: Mapped[datetime | None]
    leased_by: Mapped[str | None] = mapped_column(String(60))
    leased_until: Mapped[datetime | None]
    flooded_until: Mapped[datetime | None]


class Turn(OfficeRow, Base):
    """One or more inbound messages answered together; its id is what makes repeats harmless."""

    __tablename__ = "turns"
    __table_args__ = (
        _to("conversations", "conversation_id"),
        Index("ix_turns_conversation", "office_id", "conversation_id", "state"),
    )

    conversation_id: Mapped[UUID]
    state: Mapped[TurnState] = mapped_column(enum_column(TurnState), default=TurnState.OPEN)
    created_at: Mapped[datetime]
    first_failed_at: Mapped[datetime | None]  # since when Rasa fails on it
    apologised_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
    intent: Mapped[str | None] = mapped_column(String(80))  # full label, e.g. complaint/land
    confidence: Mapped[float | None]
    # What the parse found: [{entity, value, start, end}], by the turn's text.
    entities: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list, server_default="[]")


class InboundMessage(OfficeRow, Base):
    __tablename__ = "inbound_messages"
    __table_args__ = (
        _to("conversations", "conversation_id"),
        UniqueConstraint("office_id", "channel", "external_id"),
        Index("ix_inbound_conversation", "office_id", "conversation_id", "id"),
        Index("ix_inbound_turn", "office_id", "turn_id"),
    )

    conversation_id: Mapped[UUID]
    channel: Mapped[str] = mapped_column(String(20))
    external_id: Mapped[str] = mapped_column(String(64))
    kind: Mapped[MessageKind] = mapped_column(enum_column(MessageKind))
    state: Mapped[InboundState] = mapped_column(enum_column(InboundState))
    text: Mapped[str] = mapped_column(Text, default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    place_name: Mapped[str | None] = mapped_column(Text)
    payload: Mapped[str | None] = mapped_column(Text)  # of a button that was tapped
    reply_to_external_id: Mapped[str | None] = mapped_column(String(64))
    raw: Mapped[dict[str, Any]] = mapped_column(JSON)  # the provider's fields as they came
    received_at: Mapped[datetime]
    turn_id: Mapped[UUID | None]


class Attachment(OfficeRow, Base):
    """A file of an inbound message: first a link to fetch, then a file stored by its hash."""

    __tablename__ = "attachments"
    __table_args__ = (
        _to("inbound_messages", "message_id"),
        UniqueConstraint("office_id", "message_id", "position"),
        Index("ix_attachments_work", "state", "next_attempt_at"),
        Index("ix_attachments_ticket", "office_id", "ticket_id"),
    )

    message_id: Mapped[UUID]
    conversation_id: Mapped[UUID]
    position: Mapped[int]
    kind: Mapped[MessageKind] = mapped_column(enum_column(MessageKind))
    url: Mapped[str] = mapped_column(Text)
    declared_type: Mapped[str] = mapped_column(String(120), default="")
    state: Mapped[AttachmentState] = mapped_column(enum_column(AttachmentState))
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None]
    error_code: Mapped[str | None] = mapped_column(String(40))
    content_type: Mapped[str | None] = mapped_column(String(120))  # by content, not by claim
    sha256: Mapped[str | None] = mapped_column(String(64))
    size: Mapped[int | None]  # bytes
    ticket_id: Mapped[UUID | None]
    created_at: Mapped[datetime]


class OutboundMessage(OfficeRow, Base):
    """A message to a resident; ids order the messages of a conversation."""

    __tablename__ = "outbound_messages"
    __table_args__ = (
        _to("conversations", "conversation_id"),
        UniqueConstraint("office_id", "turn_id", "position"),
        Index("ix_outbound_conversation", "office_id", "conversation_id", "id"),
        Index("ix_outbound_work", "state", "next_attempt_at"),
        Index("ix_outbound_external", "external_id"),
    )

    conversation_id: Mapped[UUID]
    turn_id: Mapped[UUID | None]
    ticket_id: Mapped[UUID | None]  # whose news it is
    position: Mapped[int] = mapped_column(default=0)  # within the turn
    author: Mapped[Author] = mapped_column(enum_column(Author))
    text: Mapped[str] = mapped_column(Text)
    choices: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)  # [{title, payload}]
    template: Mapped[str | None] = mapped_column(String(80))  # office's message template by name
    template_variables: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    media_url: Mapped[str | None] = mapped_column(Text)

    state: Mapped[DeliveryState] = mapped_column(enum_column(DeliveryState))
    external_id: Mapped[str | None] = mapped_column(String(64))
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None]
    attempt_started_at: Mapped[datetime | None]  # of the request under way
    leased_until: Mapped[datetime | None]
    error_code: Mapped[str | None] = mapped_column(String(20))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class DeliveryReport(OfficeRow, Base):
    """A status callback for a message whose id we do not know (yet)."""

    __tablename__ = "delivery_reports"
    __table_args__ = (Index("ix_delivery_reports_external", "external_id"),)

    external_id: Mapped[str] = mapped_column(String(64))
    state: Mapped[DeliveryState] = mapped_column(enum_column(DeliveryState))
    error_code: Mapped[str | None] = mapped_column(String(20))
    received_at: Mapped[datetime]


class HandOff(OfficeRow, Base):
    """One passage from the bot to people and back."""

    __tablename__ = "hand_offs"
    __table_args__ = (
        _to("conversations", "conversation_id"),
        UniqueConstraint("office_id", "turn_id"),
        Index("ix_hand_offs_conversation", "office_id", "conversation_id", "id"),
    )

    conversation_id: Mapped[UUID]
    turn_id: Mapped[UUID | None]
    reason: Mapped[HandOffReason] = mapped_column(enum_column(HandOffReason))
    queued_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(Text, default="")  # what the bot should know afterwards
    ticket_id: Mapped[UUID | None]  # nobody was on duty
