"""A conversation that is open on a screen: what came in since is added, the rest is not read again.

With 50 consoles open and residents writing, most of what changes is one more message.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from wadul.core.actors import Actor, Power
from wadul.core.states import HandledBy
from wadul.models import Conversation, InboundMessage
from wadul.queries.changes import Mark, marks_of, only_inbound_differs
from wadul.queries.discretion import hidden_from
from wadul.queries.inbox_rows import only_shown
from wadul.queries.thread import PAGE, Thread, count_unanswered, language_of, show_thread
from wadul.queries.thread_entries import Entry, inbound_entries, quoted_by

_TRUSTED_SECONDS = 30.0  # what no mark tells (a name, a colleague's flag) is seen after so long


@dataclass(frozen=True)
class Followed:
    """What a screen shows, and of which state of the data."""

    thread: Thread
    mark: Mark
    limit: int
    open_identity: bool
    until: float  # monotonic


def follow_thread(
    session: Session,
    actor: Actor,
    conversation_id: UUID,
    known: Followed | None = None,
    *,
    limit: int = PAGE,
    open_identity: bool = False,
) -> Followed:
    """As `show_thread`, given what is shown already. Raises `NotPermitted`, `NotFound`."""
    actor.require(Power.READ_CONVERSATIONS)
    mark = marks_of(session, [(actor.office_id, conversation_id)]).get(conversation_id, ())
    asked = (conversation_id, limit, open_identity)
    if (
        known is not None
        and asked == (known.thread.id, known.limit, known.open_identity)
        and time.monotonic() < known.until
        and known.thread.handled_by is HandledBy.OPERATOR  # else a turn tells more of a message
        and only_inbound_differs(mark, known.mark)
        and _latest_shown(known.thread) is not None
    ):
        return replace(known, mark=mark, thread=_extended(session, actor, known))
    thread = show_thread(session, actor, conversation_id, limit=limit, open_identity=open_identity)
    return Followed(thread, mark, limit, open_identity, time.monotonic() + _TRUSTED_SECONDS)


def _extended(session: Session, actor: Actor, known: Followed) -> Thread:
    thread, limit = known.thread, known.limit
    conversation = session.get_one(Conversation, (actor.office_id, thread.id))
    news = _newer(session, conversation, _latest_shown(thread), limit)
    quoted = quoted_by(session, actor.office_id, news)
    hidden = hidden_from(session, actor, news, quoted.values())
    fresh = inbound_entries(session, conversation, news, {}, quoted, hidden)
    entries = sorted([*thread.entries, *fresh], key=lambda entry: (entry.at, entry.id))
    inbound = sum(1 for entry in entries if entry.entry is Entry.IN)
    shown = tuple(entries[-limit:])
    return replace(
        thread,
        last_inbound_at=conversation.last_inbound_at,
        entries=shown,
        has_older=thread.has_older or inbound >= limit or len(entries) > limit,
        hidden=any(entry.hidden for entry in shown),
        brief=replace(
            thread.brief, language=language_of(shown), unanswered=count_unanswered(shown)
        ),
    )


def _latest_shown(thread: Thread) -> UUID | None:
    """Of the resident's messages; ids grow with time."""
    shown = (UUID(entry.id) for entry in thread.entries if entry.entry is Entry.IN)
    return max(shown, default=None)


def _newer(
    session: Session, conversation: Conversation, than: UUID | None, limit: int
) -> list[InboundMessage]:
    """At most `limit`, the latest ones."""
    query = (
        select(InboundMessage)
        .where(
            InboundMessage.office_id == conversation.office_id,
            InboundMessage.conversation_id == conversation.id,
            InboundMessage.id > than,
        )
        .order_by(InboundMessage.id.desc())
        .limit(limit)
        .options(*only_shown(InboundMessage))
    )
    return list(session.scalars(query))
