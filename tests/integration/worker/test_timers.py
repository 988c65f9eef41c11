"""Signs of life, and who takes over when they stop."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from wadul.clock import FixedClock
from wadul.core.states import DeliveryState
from wadul.models import Heartbeat
from wadul.usecases.outbox import lease_deliveries
from wadul.usecases.timers import (
    WORKER,
    beat,
    free_leases_of_the_dead,
    recover,
    say_goodbye,
)
from wadul.usecases.turns import Answer, Reply, finish_turns, lease_turns
from wadul.worker.timers import instance_name, is_dead_neighbour

from .conftest import Desk, until

pytestmark = pytest.mark.integration

BUDI = "whatsapp:+628120000001"


def lives(desk: Desk, instance: str) -> None:
    with desk.database.transaction() as session:
        beat(session, instance=instance, process=WORKER, now=desk.clock.now())


def leases(desk: Desk, worker: str) -> int:
    with desk.database.transaction() as session:
        batch = lease_turns(session, worker=worker, now=desk.clock.now(), lease_seconds=30, limit=9)
    return len(batch.turns)


async def test_a_silent_worker_loses_its_turns_before_the_lease_ends(
    desk: Desk, clock: FixedClock
) -> None:
    desk.clock = clock
    lives(desk, "one")
    desk.says(BUDI, "halo")
    assert leases(desk, "one") == 1
    clock.advance(seconds=9)
    with desk.database.transaction() as session:
        assert free_leases_of_the_dead(session, now=clock.now()) == 0
    clock.advance(seconds=2)
    lives(desk, "two")
    with desk.database.transaction() as session:
        assert free_leases_of_the_dead(session, now=clock.now()) == 1
    assert leases(desk, "two") == 1


async def test_a_killed_neighbour_is_followed_at_once(desk: Desk, clock: FixedClock) -> None:
    desk.clock = clock
    lives(desk, "dead")
    desk.says(BUDI, "halo")
    with desk.database.transaction() as session:
        batch = lease_turns(session, worker="dead", now=clock.now(), lease_seconds=30, limit=9)
        answer = Answer((Reply("Halo juga"),))
        finish_turns(
            session, [(batch.turns[0], answer)], worker="dead", now=clock.now(), notices={}
        )
    with desk.database.transaction() as session:
        lease_deliveries(
            session, now=clock.now(), lease_seconds=30, limit=9, template_id=lambda *_: None
        )
    desk.says(BUDI, "masih?")
    assert leases(desk, "dead") == 1
    with desk.database.transaction() as session:
        recover(session, instance="new", now=clock.now(), known_dead=lambda name: name == "dead")
    assert leases(desk, "new") == 1
    assert desk.outbound[0].state is DeliveryState.SENDING
    clock.advance(seconds=2)
    with desk.database.transaction() as session:
        (delivery,) = lease_deliveries(
            session, now=clock.now(), lease_seconds=30, limit=9, template_id=lambda *_: None
        )
    assert delivery.ambiguous


async def test_beside_a_living_worker_nothing_is_taken(desk: Desk, clock: FixedClock) -> None:
    desk.clock = clock
    lives(desk, "one")
    desk.says(BUDI, "halo")
    leases(desk, "one")
    with desk.database.transaction() as session:
        assert recover(session, instance="two", now=clock.now(), known_dead=lambda _: False) == 0
    assert leases(desk, "two") == 0
    with desk.database.transaction() as session:
        say_goodbye(session, instance="one")
    assert leases(desk, "two") == 1
    with desk.database.transaction() as session:
        assert session.get(Heartbeat, "one") is None


async def test_the_worker_beats(desk: Desk) -> None:
    async with desk.working() as worker:
        rows = await until(lambda: beats(desk))
        assert [(row.instance, row.process) for row in rows] == [(worker.instance, WORKER)]
    assert beats(desk) == []


def beats(desk: Desk) -> list[Heartbeat]:
    with desk.database.transaction() as session:
        return list(session.query(Heartbeat).all())


def test_dead_neighbours() -> None:
    own = instance_name("host", "token-one")
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    assert not is_dead_neighbour(own, own)
    assert is_dead_neighbour(f"host:{os.getpid()}:earlier", own)  # it had our pid
    assert is_dead_neighbour(f"host:{child.pid}:x", own)
    assert not is_dead_neighbour(f"host:{os.getppid()}:x", own)
    assert not is_dead_neighbour(f"elsewhere:{child.pid}:x", own)
    assert not is_dead_neighbour("oddly named", own)
