"""The trainers' desk: what people said about the messages that the bot had to understand."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKeyConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from wadul.core.states import Decision
from wadul.models.base import Base, OfficeRow, enum_column


class Annotation(OfficeRow, Base):
    """One trainer's word on one turn. Append-only, by a trigger: another opinion is another row.

    Holds no words of residents, so that an erasure need not touch it.
    """

    __tablename__ = "annotations"
    __table_args__ = (
        ForeignKeyConstraint(["office_id", "turn_id"], ["turns.office_id", "turns.id"]),
        ForeignKeyConstraint(["office_id", "author_id"], ["users.office_id", "users.id"]),
        Index("ix_annotations_turn", "office_id", "turn_id", "id"),
    )

    turn_id: Mapped[UUID]
    author_id: Mapped[UUID]
    decision: Mapped[Decision] = mapped_column(enum_column(Decision))
    label: Mapped[str | None] = mapped_column(String(80))  # of RIGHT and RELABEL
    entities: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)  # positions
    note: Mapped[str] = mapped_column(Text, default="")  # the trainer's own words
    settles: Mapped[bool] = mapped_column(default=False)  # ends a disagreement
    taught: Mapped[bool] = mapped_column(default=False)  # wrote an example into data/nlu
    created_at: Mapped[datetime]


class MessageFlag(Base):
    """An operator says that the bot took this message for something else."""

    __tablename__ = "message_flags"
    __table_args__ = (
        ForeignKeyConstraint(
            ["office_id", "message_id"], ["inbound_messages.office_id", "inbound_messages.id"]
        ),
        ForeignKeyConstraint(["office_id", "user_id"], ["users.office_id", "users.id"]),
    )

    office_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    message_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    created_at: Mapped[datetime]
