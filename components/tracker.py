"""Keeps every conversation short, so that its 500th message costs what its 10th did.

Rasa replays all events of a conversation several times per message. Wadul keeps the history
itself; the bot only needs slots, the active form and the last few turns. `shorten` makes that list
and `ConversationStore` keeps it, one row per conversation, replaced at every turn.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    ConversationPaused,
    DefinePrevUserUtteredFeaturization,
    Event,
    LoopInterrupted,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.engine import URL, make_url
from sqlalchemy.orm import declarative_base
from sqlalchemy.pool import StaticPool

KEPT_TURNS = 3
"""User messages kept word for word: rules look back one, repeating an answer needs the last."""

_STRUCTURE = (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    DefinePrevUserUtteredFeaturization,
    LoopInterrupted,
    UserUttered,
)


def shorten(
    events: Sequence[Event], slots: Sequence[Slot], keep: int = KEPT_TURNS
) -> Sequence[Event]:
    """The last `keep` turns, after a new session that starts in the state they started in.

    Slots, active form (with its rejection) and pause are carried over. So is the skeleton of the
    turn before (in a form: the turn that began it), because rules may look at it.
    """
    starts = _turn_starts(events)
    if len(starts) <= keep:
        return events
    kept = events[starts[-keep] :]
    before = DialogueStateTracker.from_events("", list(events[: starts[-keep]]), slots)
    skeleton = _skeleton_of_last_turn(before.applied_events())
    oldest = min(event.timestamp for event in (*skeleton, *kept))
    carried: list[Event] = [SessionStarted(oldest)]
    carried += [
        SlotSet(slot.name, slot.value, oldest)
        for slot in before.slots.values()
        if slot.value != slot.initial_value
    ]
    loop = before.active_loop_name
    if loop and not any(isinstance(event, ActiveLoop) for event in skeleton):
        carried += [ActionExecuted(loop, timestamp=oldest), ActiveLoop(loop, oldest)]
    carried += skeleton
    replayed = DialogueStateTracker.from_events("", carried, slots)
    now = kept[0].timestamp
    if replayed.active_loop_name != loop:
        carried.append(ActiveLoop(loop, now))
    if before.is_active_loop_rejected and not replayed.is_active_loop_rejected:
        carried.append(ActionExecutionRejected(loop, timestamp=now))
    if before.is_paused():
        carried.append(ConversationPaused(now))
    if not _is_listen(kept[0]):
        carried.append(ActionExecuted(ACTION_LISTEN_NAME, timestamp=now))
    return [*carried, *kept]


def _turn_starts(events: Sequence[Event]) -> list[int]:
    """Where each turn starts: at the `action_listen` that waited for it, else at its message."""
    starts: list[int] = []
    listen = None
    for index, event in enumerate(events):
        if _is_listen(event):
            listen = index
        elif isinstance(event, UserUttered):
            starts.append(index if listen is None else listen)
            listen = None
    return starts


def _skeleton_of_last_turn(applied: Sequence[Event]) -> list[Event]:
    start = (_turn_starts(applied) or [0])[-1]
    return [event for event in applied[start:] if isinstance(event, _STRUCTURE)]


def _is_listen(event: Event) -> bool:
    return isinstance(event, ActionExecuted) and event.action_name == ACTION_LISTEN_NAME


class ConversationStore(SQLTrackerStore):
    """Rasa's SQL tracker store with one row per conversation; `url` is an SQLAlchemy URL.

    A `postgresql+psycopg://` URL, the modern side's driver, is read with this side's psycopg2.
    """

    Base = declarative_base()

    class Conversation(Base):
        """`events` is a JSON array of Rasa's events; `updated_at` Unix seconds."""

        __tablename__ = "rasa_conversation"

        sender_id = sa.Column(sa.String(255), primary_key=True)
        events = sa.Column(sa.Text, nullable=False)
        updated_at = sa.Column(sa.Float, nullable=False)

    def __init__(self, domain: Any = None, host: str | None = None, **kwargs: Any) -> None:
        url = make_url(host or "sqlite://")
        if url.drivername == "postgresql+psycopg":
            url = url.set(drivername="postgresql")
        if url.drivername == "sqlite" and url.database:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        super().__init__(domain=domain, host=url.render_as_string(hide_password=False), **kwargs)
        if url.drivername == "sqlite":
            self.engine.dispose()
            self.engine = _sqlite_engine(url)
            self.Base.metadata.create_all(self.engine)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Replace the conversation's row by the shortened tracker."""
        await self.stream_events(tracker)
        if not tracker.events:
            return
        events = shorten(list(tracker.events), self.domain.slots)
        values = {
            "events": json.dumps([event.as_dict() for event in events]),
            "updated_at": time.time(),
        }
        table = self.Conversation.__table__
        with self.engine.begin() as connection:
            change = table.update().where(table.c.sender_id == tracker.sender_id)
            if not connection.execute(change.values(**values)).rowcount:
                connection.execute(table.insert().values(sender_id=tracker.sender_id, **values))

    async def delete(self, sender_id: str) -> bool:
        """Forget a conversation; False if there was none."""
        table = self.Conversation.__table__
        with self.engine.begin() as connection:
            done = connection.execute(table.delete().where(table.c.sender_id == sender_id))
        return bool(done.rowcount)

    async def keys(self) -> Iterable[str]:
        with self.engine.connect() as connection:
            rows = connection.execute(sa.select(self.Conversation.__table__.c.sender_id))
            return [row.sender_id for row in rows]

    async def _retrieve(
        self,
        sender_id: str,
        fetch_events_from_all_sessions: bool,
    ) -> DialogueStateTracker | None:
        table = self.Conversation.__table__
        with self.engine.connect() as connection:
            query = sa.select(table.c.events).where(table.c.sender_id == sender_id)
            stored = connection.execute(query).scalar()
        if stored is None:
            return None
        return DialogueStateTracker.from_dict(sender_id, json.loads(stored), self.domain.slots)


def _sqlite_engine(url: URL) -> sa.engine.Engine:
    """One connection for good: closing the last one makes SQLite write the whole WAL back."""
    engine = sa.create_engine(
        url, poolclass=StaticPool, connect_args={"check_same_thread": False, "timeout": 5}
    )
    sa.event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """WAL, and no wait for the disk at every turn: a lost turn would simply be asked again."""
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
