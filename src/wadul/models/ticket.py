"""Tickets and their append-only history."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wadul.core.states import Category, TicketClass, TicketEventType, TicketKind, TicketStatus
from wadul.models.base import Base, OfficeRow, enum_column


class Ticket(OfficeRow, Base):
    __tablename__ = "tickets"
    __table_args__ = (
        ForeignKeyConstraint(["office_id", "contact_id"], ["contacts.office_id", "contacts.id"]),
        ForeignKeyConstraint(
            ["office_id", "conversation_id"], ["conversations.office_id", "conversations.id"]
        ),
        UniqueConstraint("office_id", "number"),
        UniqueConstraint("office_id", "turn_id"),  # one turn never makes two tickets
        Index("ix_tickets_contact", "office_id", "contact_id", "id"),
        Index("ix_tickets_status", "office_id", "status", "due_at"),
    )

    number: Mapped[str] = mapped_column(String(24))  # e.g. JTB-261124-7K3F
    turn_id: Mapped[UUID | None]
    contact_id: Mapped[UUID]
    conversation_id: Mapped[UUID]
    kind: Mapped[TicketKind] = mapped_column(enum_column(TicketKind))
    class_: Mapped[TicketClass] = mapped_column("class", enum_column(TicketClass))
    category: Mapped[Category] = mapped_column(enum_column(Category))
    status: Mapped[TicketStatus] = mapped_column(enum_column(TicketStatus))
    service: Mapped[str | None] = mapped_column(String(60))
    description: Mapped[str] = mapped_column(Text)  # as told, all fragments
    desa: Mapped[str | None] = mapped_column(String(80))
    place: Mapped[str | None] = mapped_column(Text)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    occurred: Mapped[str | None] = mapped_column(Text)  # as told
    occurred_on: Mapped[date | None]
    reported_party: Mapped[str | None] = mapped_column(Text)  # supervisory only
    anonymous: Mapped[bool] = mapped_column(default=False)
    confidential: Mapped[bool] = mapped_column(default=False)

    told_at: Mapped[datetime | None]  # the first of the messages that tell it
    created_at: Mapped[datetime]
    verify_by: Mapped[date]  # local date, inclusive
    due_at: Mapped[date]  # local date, inclusive
    limit_days: Mapped[int]  # working days that were in force when it was filed
    paused_at: Mapped[datetime | None]  # since when it waits for the resident
    answered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    assignee_id: Mapped[UUID | None]
    forwarded_to: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    duplicate_of: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(default=1)  # counted up by every change

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class TicketEvent(OfficeRow, Base):
    __tablename__ = "ticket_events"
    __table_args__ = (
        ForeignKeyConstraint(["office_id", "ticket_id"], ["tickets.office_id", "tickets.id"]),
        UniqueConstraint("office_id", "ticket_id", "type", "turn_id"),
        Index("ix_ticket_events_ticket", "office_id", "ticket_id", "id"),
    )

    ticket_id: Mapped[UUID]
    type: Mapped[TicketEventType] = mapped_column(enum_column(TicketEventType))
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(80))  # resident, bot, system or a user's name
    turn_id: Mapped[UUID | None]
    status_from: Mapped[TicketStatus | None] = mapped_column(enum_column(TicketStatus))
    status_to: Mapped[TicketStatus | None] = mapped_column(enum_column(TicketStatus))
    note: Mapped[str] = mapped_column(Text, default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
