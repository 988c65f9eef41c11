"""The operators' console: who is logged in, who holds what, notes, canned replies, the audit log.

Also the indexes that the console's screens need on the tables of the others.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wadul.core.deadlines import SUPERVISORY_CATEGORIES
from wadul.core.states import Author
from wadul.models.base import Base, OfficeRow
from wadul.models.conversation import Attachment, Conversation, OutboundMessage, Turn
from wadul.models.ticket import Ticket


def _user(column: str = "user_id") -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["office_id", column], ["users.office_id", "users.id"])


def _conversation() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["office_id", "conversation_id"], ["conversations.office_id", "conversations.id"]
    )


class ConsoleSession(OfficeRow, Base):
    """A browser that is logged in; the browser holds the token, we hold its hash."""

    __tablename__ = "console_sessions"
    __table_args__ = (_user(), UniqueConstraint("office_id", "token_hash"))

    user_id: Mapped[UUID]
    token_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]  # second factor given, or not needed
    code_given_at: Mapped[datetime | None]  # a second factor that the person's others trust
    sets_password: Mapped[bool] = mapped_column(default=False)  # once, without the old one
    browser: Mapped[str] = mapped_column(String(200), default="")


class LoginAttempt(OfficeRow, Base):
    """Counted for the lockout; old ones are deleted."""

    __tablename__ = "login_attempts"
    __table_args__ = (
        Index("ix_login_attempts_name", "office_id", "name", "at"),
        Index("ix_login_attempts_source", "office_id", "source", "at"),
    )

    name: Mapped[str] = mapped_column(String(60))
    source: Mapped[str] = mapped_column(String(64))  # hash of the network address
    at: Mapped[datetime]
    succeeded: Mapped[bool]


class LoginLink(OfficeRow, Base):
    """Opens one session, once."""

    __tablename__ = "login_links"
    __table_args__ = (_user(), UniqueConstraint("office_id", "token_hash"))

    user_id: Mapped[UUID]
    token_hash: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SecondFactor(OfficeRow, Base):
    """A person's TOTP secret; counts from the first right code."""

    __tablename__ = "second_factors"
    __table_args__ = (_user(), UniqueConstraint("office_id", "user_id"))

    user_id: Mapped[UUID]
    secret: Mapped[str] = mapped_column(Text)  # sealed
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(default=0)  # of 30 s; a code counts once


class OperatorLease(Base):
    """Until when an operator's hold on a conversation lasts without a sign of life."""

    __tablename__ = "operator_leases"
    __table_args__ = (_conversation(), Index("ix_operator_leases_until", "until"))

    office_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(primary_key=True)
    owner_id: Mapped[UUID]
    until: Mapped[datetime]


class InspectorHold(OfficeRow, Base):
    """While an inspector held a conversation: what happened then may be for inspectors only."""

    __tablename__ = "inspector_holds"
    __table_args__ = (
        _conversation(),
        Index("ix_inspector_holds_conversation", "office_id", "conversation_id"),
    )

    conversation_id: Mapped[UUID]
    since: Mapped[datetime]
    until: Mapped[datetime | None]  # None: still


class ReadMarker(Base):
    """How far one person has read one conversation."""

    __tablename__ = "read_markers"
    __table_args__ = (_conversation(),)

    office_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(primary_key=True)
    read_to: Mapped[UUID]  # inbound message


class ConversationNote(OfficeRow, Base):
    """What colleagues tell each other; never sent."""

    __tablename__ = "conversation_notes"
    __table_args__ = (
        _conversation(),
        _user("author_id"),
        Index("ix_conversation_notes_conversation", "office_id", "conversation_id", "id"),
    )

    conversation_id: Mapped[UUID]
    author_id: Mapped[UUID]
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]


class Notice(OfficeRow, Base):
    """Something that one person should look at: a mention, a conversation that fell back."""

    __tablename__ = "notices"
    __table_args__ = (_user(), Index("ix_notices_user", "office_id", "user_id", "seen_at"))

    user_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(String(40))
    conversation_id: Mapped[UUID | None]
    ticket_number: Mapped[str | None] = mapped_column(String(24))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]


class OperatorMessage(Base):
    """Which person wrote an outgoing message, or sent words of the bot's all the same, and which
    file goes with it."""

    __tablename__ = "operator_messages"
    __table_args__ = (
        ForeignKeyConstraint(
            ["office_id", "message_id"], ["outbound_messages.office_id", "outbound_messages.id"]
        ),
        UniqueConstraint("office_id", "request_id"),
    )

    office_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    message_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    request_id: Mapped[UUID]  # of the browser: a send that is repeated is one message
    file_id: Mapped[UUID | None]


class OutgoingFile(OfficeRow, Base):
    """A photo or document for a resident; the provider fetches it by its token."""

    __tablename__ = "outgoing_files"
    __table_args__ = (_user(), UniqueConstraint("token_hash"))

    user_id: Mapped[UUID]
    token_hash: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    content_type: Mapped[str] = mapped_column(String(120))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]  # bytes
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]  # for the provider; colleagues see it longer


class CannedReply(OfficeRow, Base):
    """A prepared text; `{nama}` and the like are filled in when it is used."""

    __tablename__ = "canned_replies"
    __table_args__ = (Index("ix_canned_replies_shortcut", "office_id", "shortcut"),)

    shortcut: Mapped[str] = mapped_column(String(40))  # typed after "/"
    title: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    changed_by: Mapped[str] = mapped_column(String(60))
    changed_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class SavedFilter(OfficeRow, Base):
    """A person's own selection of the ticket table."""

    __tablename__ = "saved_filters"
    __table_args__ = (_user(), UniqueConstraint("office_id", "user_id", "name"))

    user_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(String(60))
    query: Mapped[dict[str, Any]] = mapped_column(JSON)


class TicketProof(OfficeRow, Base):
    """A file that shows that the work was done."""

    __tablename__ = "ticket_proofs"
    __table_args__ = (
        ForeignKeyConstraint(["office_id", "ticket_id"], ["tickets.office_id", "tickets.id"]),
        Index("ix_ticket_proofs_ticket", "office_id", "ticket_id"),
    )

    ticket_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(String(200))
    content_type: Mapped[str] = mapped_column(String(120))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]  # bytes
    fingerprint: Mapped[str | None] = mapped_column(String(16))  # of a photo, perceptual
    matches: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    added_by: Mapped[str] = mapped_column(String(60))
    added_at: Mapped[datetime]


class PhotoFingerprint(Base):
    """Of residents' photos, so that each is computed once."""

    __tablename__ = "photo_fingerprints"

    office_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(16))


class AuditEntry(Base):
    """One link of the office's chain; a trigger refuses every change."""

    __tablename__ = "audit_entries"

    office_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # from 1, no gaps
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(120))  # ticket number, user name, …
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


MISCONDUCT_INTENTS = tuple(f"complaint/{each.value}" for each in sorted(SUPERVISORY_CATEGORIES))

Index(
    "ix_conversations_handled",
    Conversation.office_id,
    Conversation.handled_by,
    Conversation.last_inbound_at,
)
Index("ix_conversations_latest", Conversation.office_id, Conversation.last_inbound_at)
Index("ix_outbound_state", OutboundMessage.office_id, OutboundMessage.state)
Index("ix_tickets_due", Ticket.office_id, Ticket.due_at, Ticket.id)
Index("ix_tickets_conversation", Ticket.office_id, Ticket.conversation_id)
Index("ix_tickets_duplicate", Ticket.office_id, Ticket.duplicate_of)
Index("ix_tickets_desa", Ticket.office_id, Ticket.desa, Ticket.id)
Index("ix_tickets_category", Ticket.office_id, Ticket.category, Ticket.id)
Index("ix_attachments_conversation", Attachment.office_id, Attachment.conversation_id)
Index("ix_tickets_status_id", Ticket.office_id, Ticket.status, Ticket.id)
_MISCONDUCT = Turn.intent.in_(MISCONDUCT_INTENTS)
Index(
    "ix_turns_misconduct",
    Turn.office_id,
    Turn.conversation_id,
    Turn.created_at,
    postgresql_where=_MISCONDUCT,
    sqlite_where=_MISCONDUCT,
)
_WITH_FILE = OperatorMessage.file_id.is_not(None)
Index(
    "ix_operator_messages_file",
    OperatorMessage.office_id,
    OperatorMessage.file_id,
    postgresql_where=_WITH_FILE,
    sqlite_where=_WITH_FILE,
)
_BY_OPERATOR = OutboundMessage.author == Author.OPERATOR
Index(
    "ix_outbound_operator",
    OutboundMessage.office_id,
    OutboundMessage.conversation_id,
    OutboundMessage.id,
    postgresql_where=_BY_OPERATOR,
    sqlite_where=_BY_OPERATOR,
)
