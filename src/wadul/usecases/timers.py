"""Signs of life, and what follows when they stop."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from wadul.models import Conversation, Heartbeat
from wadul.usecases.outbox import expire_leases
from wadul.usecases.turns import release_leases

WORKER = "worker"
SILENCE = timedelta(seconds=10)  # a process that has not beaten for so long is taken for dead
BEFORE_LOOKING = timedelta(seconds=2)  # a provider's own list needs a moment
_FORGOTTEN = timedelta(hours=1)


def beat(session: Session, *, instance: str, process: str, now: datetime) -> None:
    row = session.get(Heartbeat, instance)
    if row is None:
        session.add(Heartbeat(instance=instance, process=process, at=now))
    else:
        row.at = now


def say_goodbye(session: Session, *, instance: str) -> None:
    """A worker that stops in order: what it held is free at once."""
    session.execute(delete(Heartbeat).where(Heartbeat.instance == instance))
    release_leases(session, [instance])


def free_leases_of_the_dead(
    session: Session, *, now: datetime, known_dead: Callable[[str], bool] = lambda _: False
) -> int:
    """Free the turns of workers that stopped beating, or that are known to be gone.

    Returns how many conversations were freed.
    """
    session.execute(delete(Heartbeat).where(Heartbeat.at < now - _FORGOTTEN))
    alive = {
        beat.instance
        for beat in session.scalars(select(Heartbeat).where(Heartbeat.process == WORKER))
        if beat.at > now - SILENCE and not known_dead(beat.instance)
    }
    holders = session.scalars(
        select(Conversation.leased_by)
        .where(Conversation.turn_due_at.is_not(None), Conversation.leased_by.is_not(None))
        .distinct()
    ).all()
    dead = [holder for holder in holders if holder and holder not in alive]
    return release_leases(session, dead) if dead else 0


def recover(
    session: Session, *, instance: str, now: datetime, known_dead: Callable[[str], bool]
) -> int:
    """When a worker starts: take over from predecessors that were killed.

    When no other worker is alive, messages that were being sent are looked into soon.
    """
    freed = free_leases_of_the_dead(session, now=now, known_dead=known_dead)
    others = session.scalars(
        select(Heartbeat).where(
            Heartbeat.process == WORKER,
            Heartbeat.instance != instance,
            Heartbeat.at > now - SILENCE,
        )
    ).all()
    if all(known_dead(other.instance) for other in others):
        expire_leases(session, now + BEFORE_LOOKING)
    return freed
