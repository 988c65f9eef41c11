"""What the system keeps about itself: people who work with it, oddities, and signs of life."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from wadul.core.states import PrivacyRequestKind, Role
from wadul.models.base import Base, OfficeRow, enum_column, new_id


class User(OfficeRow, Base):
    """A person's account at one office."""

    __tablename__ = "users"
    __table_args__ = (
        UniqueConstraint("office_id", "name"),
        Index(  # partial, so that linking does not wait for those who only refer to the account
            "ix_users_person",
            "person_id",
            "office_id",
            unique=True,
            postgresql_where=text("person_id IS NOT NULL"),
            sqlite_where=text("person_id IS NOT NULL"),
        ),
    )

    name: Mapped[str] = mapped_column(String(60))  # to log in
    full_name: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role] = mapped_column(enum_column(Role))
    password_hash: Mapped[str] = mapped_column(Text)  # argon2id
    on_duty: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    person_id: Mapped[UUID | None]  # shared by linked accounts; None: this one stands alone
    version: Mapped[int] = mapped_column(default=1)  # counted up when an admin changes the account
    linked_at: Mapped[datetime | None]  # when its owner proved first to be that person


class PrivacyRequest(OfficeRow, Base):
    """A resident used a right over their data."""

    __tablename__ = "privacy_requests"
    __table_args__ = (
        ForeignKeyConstraint(["office_id", "contact_id"], ["contacts.office_id", "contacts.id"]),
        UniqueConstraint("office_id", "turn_id"),
    )

    contact_id: Mapped[UUID]
    turn_id: Mapped[UUID | None]
    kind: Mapped[PrivacyRequestKind] = mapped_column(enum_column(PrivacyRequestKind))
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]  # 3 x 24 hours
    done_at: Mapped[datetime | None]


class UnknownWebhook(Base):
    """Signed by the provider but not a message we know: kept as it came, answered with 2xx."""

    __tablename__ = "unknown_webhooks"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    endpoint: Mapped[str] = mapped_column(String(60))
    reason: Mapped[str] = mapped_column(String(60))
    body: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime]


class ProviderContent(OfficeRow, Base):
    """A Content API resource that we made, so that the same choices are made only once."""

    __tablename__ = "provider_contents"
    __table_args__ = (UniqueConstraint("office_id", "fingerprint"),)

    fingerprint: Mapped[str] = mapped_column(String(64))
    external_id: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]


class Heartbeat(Base):
    """A process says that it lives; health looks at how long ago."""

    __tablename__ = "heartbeats"
    __table_args__ = (Index("ix_heartbeats_process", "process", "at"),)

    instance: Mapped[str] = mapped_column(String(80), primary_key=True)
    process: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
