"""The conversations that are with people now: asked once for everybody of an office, and shared.

With many consoles open each new message concerns every list; asking for each of them anew would
cost more than both cores have.
"""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import Session

from wadul.core.states import HandledBy
from wadul.models import Conversation, OutboundMessage, Ticket
from wadul.queries.among import among
from wadul.queries.changes import Mark, only_inbound_differs
from wadul.queries.inbox_rows import (
    InboxRow,
    build_rows,
    count_unread,
    select_conversations,
    with_news,
)
from wadul.queries.of_conversation import latest_of, of_conversation, read_to

_MOST = 1000  # latest ones
_TRUSTED_SECONDS = 20.0
# The message and its delivery as one value: a second subquery would cost a quarter more.
_SENT = cast(OutboundMessage.id, String) + cast(OutboundMessage.state, String)
_WROTE_AT = 3  # place of the resident's latest message in a mark


@dataclass(frozen=True)
class Board:
    """Latest first. `unread` of a held conversation is its owner's; nobody's in the queue."""

    held: dict[UUID, list[InboxRow]]  # by owner
    queue: list[InboxRow]

    def mine(self, user_id: UUID) -> list[InboxRow]:
        return self.held.get(user_id, [])

    def places(self) -> dict[UUID, int]:
        """Of the queue, in its order; 1 is next."""
        first = sorted(self.queue, key=lambda row: (row.handled_since, row.id))
        return {row.id: place for place, row in enumerate(first, 1)}

    def news(self, user_id: UUID, since: datetime) -> InboxRow | None:
        """Where the latest message came in that this person should look at."""
        looked_at = [*self.mine(user_id), *self.queue]
        fresh = [row for row in looked_at if row.last_inbound_at and row.last_inbound_at > since]
        return max(fresh, key=lambda row: row.last_inbound_at or since, default=None)


class BoardKeeper:
    """Remembers the rows of every office, and asks only for what changed since."""

    def __init__(self, *, sees_supervisory: bool) -> None:
        self._sees_supervisory = sees_supervisory
        self._known: dict[str, dict[UUID, _Known]] = {}

    def ask(self, session: Session, office_id: str) -> Board:
        """May run in several threads; what one of them missed, the next one finds."""
        now = time.monotonic()
        known = self._known.get(office_id, {})
        marks = _marks(session, office_id)
        viewer = _Viewer(office_id, self._sees_supervisory)
        stale, grown = [], {}
        for conversation_id, mark in marks.items():
            before = known.get(conversation_id)
            if before is None or before.until < now:
                stale.append(conversation_id)
            elif only_inbound_differs(mark, before.mark, _WROTE_AT):
                grown[conversation_id] = before.row
            elif mark != before.mark:
                stale.append(conversation_id)
        wrote_at = {each: marks[each][_WROTE_AT] for each in grown}
        fresh = {row.id: row for row in _rows(session, viewer, stale)}
        longer = {row.id: row for row in with_news(session, viewer, grown, wrote_at)}
        kept = {}
        for conversation_id, mark in marks.items():  # latest first
            if conversation_id in fresh:
                # Not all end at the same time.
                until = now + _TRUSTED_SECONDS * random.uniform(0.5, 1)  # noqa: S311
                kept[conversation_id] = _Known(mark, fresh[conversation_id], until)
            elif conversation_id in longer:
                until = known[conversation_id].until
                kept[conversation_id] = _Known(mark, longer[conversation_id], until)
            elif conversation_id in known:
                kept[conversation_id] = known[conversation_id]
        self._known[office_id] = kept
        return _board([each.row for each in kept.values()])


@dataclass(frozen=True)
class _Known:
    mark: Mark
    row: InboxRow
    until: float  # monotonic: what no mark tells (a name) is seen after that


@dataclass(frozen=True)
class _Viewer:
    office_id: str
    sees_supervisory: bool


def _board(rows: Sequence[InboxRow]) -> Board:
    held: dict[UUID, list[InboxRow]] = defaultdict(list)
    queue = []
    for row in rows:
        if row.handled_by is HandledBy.QUEUE:
            queue.append(row)
        elif row.owner_id is not None:
            held[row.owner_id].append(row)
    return Board(dict(held), queue)


def _marks(session: Session, office_id: str) -> dict[UUID, Mark]:
    """Of what is with people, latest first."""
    rows = session.execute(
        select(
            Conversation.id,
            Conversation.handled_by,
            Conversation.owner_id,
            Conversation.handled_since,
            Conversation.last_inbound_at,
            latest_of(OutboundMessage, _SENT),
            of_conversation(func.sum(Ticket.version), Ticket),
            read_to(Conversation.owner_id),
        )
        .where(
            Conversation.office_id == office_id,
            Conversation.handled_by.in_((HandledBy.QUEUE, HandledBy.OPERATOR)),
        )
        .order_by(Conversation.last_inbound_at.desc(), Conversation.id.desc())
        .limit(_MOST)
    )
    return {conversation_id: tuple(mark) for conversation_id, *mark in rows}


def _rows(session: Session, viewer: _Viewer, ids: Sequence[UUID]) -> list[InboxRow]:
    if not ids:
        return []
    found = session.execute(
        select_conversations(viewer.office_id).where(among(session, Conversation.id, ids))
    ).all()
    owned = [conversation.id for conversation, _, _ in found if conversation.owner_id]
    unread = count_unread(session, viewer.office_id, owned, Conversation.owner_id)
    return build_rows(session, viewer, found, unread)
