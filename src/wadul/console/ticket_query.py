"""The filter of tickets as addresses carry it: of the table, and of the file that it becomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from wadul.core.states import Category, TicketClass, TicketKind, TicketStatus
from wadul.queries.ticket_table import Assigned, TicketFilter, Which

FILTER_KEYS = (
    "which", "text", "status", "kind", "class", "category", "desa", "assigned", "due",
)  # fmt: skip


def read_filter(query: Mapping[str, str]) -> TicketFilter:
    """Values that make no sense count as not said."""
    wanted = TicketFilter(
        which=one_of(Which, query.get("which")) or Which.OPEN,
        text=query.get("text", "")[:200],
        status=one_of(TicketStatus, query.get("status")),
        kind=one_of(TicketKind, query.get("kind")),
        class_=one_of(TicketClass, query.get("class")),
        category=one_of(Category, query.get("category")),
        desa=query.get("desa") or None,
        assigned=one_of(Assigned, query.get("assigned")) or _uuid(query.get("assigned")),
        late=query.get("due") == "late",
        soon=query.get("due") == "soon",
    )
    # A status that only ended tickets have is not looked for among the open ones.
    return replace(wanted, which=Which.ALL) if wanted.status else wanted


def one_of(kind: Any, value: str | None) -> Any:
    """The member of an enum, or None."""
    try:
        return kind(value) if value else None
    except ValueError:
        return None


def _uuid(value: str | None) -> UUID | None:
    try:
        return UUID(value) if value else None
    except ValueError:
        return None
