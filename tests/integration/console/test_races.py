"""A take-over against the bot, a thousand times: after it the bot says nothing."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from wadul.channels.incoming import IncomingMessage
from wadul.channels.whatsapp.errors import remedy_for
from wadul.core.actors import Actor
from wadul.core.delivery import Remedy
from wadul.core.states import (
    Author,
    DeliveryState,
    HandledBy,
    InboundState,
    MessageKind,
    Role,
    TurnState,
)
from wadul.database import Database
from wadul.models import Conversation, InboundMessage, OutboundMessage, Turn
from wadul.settings import Settings
from wadul.usecases.inbox import store_incoming
from wadul.usecases.operators import take_over
from wadul.usecases.outbox import (
    Delivery,
    Result,
    apply_delivery_report,
    lease_deliveries,
    record_results,
)
from wadul.usecases.turns import Answer, OpenTurn, Reply, finish_turns, lease_turns
from wadul.usecases.users import add_user

pytestmark = pytest.mark.integration

RACES = 1000
SENDINGS = 200
AT_ONCE = 50
NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
OFFICE = "jatibarang"
ANSWER = Answer((Reply("Syaratnya KK dan KTP."),), "consultation/requirements", 0.9)
LATER = NOW + timedelta(hours=1)  # whatever is to be sent again is due
BUSY = "63018"
# Sent already when the operator clicked, or withdrawn by the click: nothing else may be there.
SPOKEN_BEFORE = {DeliveryState.CANCELLED}


def test_after_a_take_over_the_bot_is_silent(database_url: str) -> None:
    database = Database(database_url)
    try:
        actor = _operator(database)
        won_by_bot = 0
        with ThreadPoolExecutor(2) as threads:
            for start in range(0, RACES, AT_ONCE):
                turns = _open_turns(database, start)
                for turn in turns:
                    _race(database, threads, actor, turn, lambda turn=turn: _answer(database, turn))
                won_by_bot += _check(database, turns)
        assert 0 < won_by_bot < RACES, "only one side ever won: this was no race"
    finally:
        database.close()


def test_what_is_being_sent_at_a_take_over_is_not_sent_again(database_url: str) -> None:
    """No message is accepted for good here, so that each would go out once more."""
    database = Database(database_url)
    try:
        actor = _operator(database)
        begun: list[Delivery] = []
        with ThreadPoolExecutor(2) as threads:
            for start in range(0, SENDINGS, AT_ONCE):
                for turn in _open_turns(database, start):
                    _answer(database, turn)
                    _race(database, threads, actor, turn, lambda: begun.extend(_try(database)))
        assert 0 < len(begun) < SENDINGS, "only one side ever won: this was no race"
        assert _lease(database, LATER) == []
        with database.transaction() as session:
            states = session.scalars(select(OutboundMessage.state).distinct())
            assert set(states) <= SPOKEN_BEFORE | {DeliveryState.FAILED}
    finally:
        database.close()


def _answer(database: Database, turn: OpenTurn) -> None:
    with database.transaction() as session:
        finish_turns(session, [(turn, ANSWER)], worker="w", now=NOW, notices={})


def _try(database: Database) -> list[Delivery]:
    """Send what is due: it fails at once, or is reported as failed after it was accepted."""
    deliveries = _lease(database, NOW)
    for delivery in deliveries:
        external_id = f"SM{uuid4().hex}" if random.random() < 0.5 else None
        result = Result(delivery, external_id, code=BUSY, remedy=Remedy.RETRY, retry_at=NOW)
        with database.transaction() as session:
            record_results(session, [result], now=NOW, remedy_for=remedy_for)
        if external_id:
            with database.transaction() as session:
                apply_delivery_report(
                    session, external_id, DeliveryState.FAILED, BUSY, NOW, remedy_for
                )
    return deliveries


def _lease(database: Database, now: datetime) -> list[Delivery]:
    with database.transaction() as session:
        return lease_deliveries(
            session, now=now, lease_seconds=15, limit=AT_ONCE, template_id=lambda *_: None
        )


def _race(
    database: Database,
    threads: ThreadPoolExecutor,
    actor: Actor,
    turn: OpenTurn,
    act: Callable[[], None],
) -> None:
    """Both sides start at the same moment; chance decides who is a little late."""
    barrier = threading.Barrier(2)
    late = random.random() * 0.002

    def bot() -> None:
        barrier.wait()
        if late < 0.001:
            threading.Event().wait(late)
        act()

    def operator() -> None:
        barrier.wait()
        if late >= 0.001:
            threading.Event().wait(late - 0.001)
        with database.transaction() as session:
            take_over(session, actor, turn.conversation_id, now=NOW)

    for done in [threads.submit(bot), threads.submit(operator)]:
        done.result(30)


def _check(database: Database, turns: list[OpenTurn]) -> int:
    """How many turns the bot finished first; its words were withdrawn all the same."""
    finished = 0
    with database.transaction() as session:
        for turn in turns:
            conversation = session.get_one(Conversation, (OFFICE, turn.conversation_id))
            assert conversation.handled_by is HandledBy.OPERATOR
            state = session.get_one(Turn, (OFFICE, turn.turn_id)).state
            said = _said(session, turn.conversation_id)
            if state is TurnState.DONE:
                finished += 1
                assert said
                assert {message.state for message in said} == SPOKEN_BEFORE
            else:
                assert state is TurnState.SUPERSEDED
                assert not said
                assert _inbound_states(session, turn) == {InboundState.FOR_OPERATOR}
    return finished


def _said(session: Session, conversation_id: UUID) -> list[OutboundMessage]:
    return list(
        session.scalars(
            select(OutboundMessage).where(
                OutboundMessage.conversation_id == conversation_id,
                OutboundMessage.author == Author.BOT,
            )
        )
    )


def _inbound_states(session: Session, turn: OpenTurn) -> set[InboundState]:
    return set(
        session.scalars(select(InboundMessage.state).where(InboundMessage.id.in_(turn.message_ids)))
    )


def _open_turns(database: Database, start: int) -> list[OpenTurn]:
    settings = Settings(_env_file=None, burst_seconds=0)
    with database.transaction() as session:
        for number in range(start, start + AT_ONCE):
            message = IncomingMessage(
                channel="whatsapp",
                external_id=f"SM{uuid4().hex}",
                address=f"whatsapp:+62812{number:08d}",
                office_address="whatsapp:+14155238886",
                kind=MessageKind.TEXT,
                text="syarat bikin kk apa",
            )
            store_incoming(session, OFFICE, message, now=NOW, settings=settings)
    with database.transaction() as session:
        batch = lease_turns(
            session,
            worker="w",
            now=NOW + timedelta(seconds=1),
            lease_seconds=600,
            limit=AT_ONCE,
        )
    assert len(batch.turns) == AT_ONCE
    return batch.turns


def _operator(database: Database) -> Actor:
    with database.transaction() as session:
        user = add_user(
            session,
            OFFICE,
            name="sari",
            full_name="Sari",
            role=Role.OPERATOR,
            password="rahasia-sekali",
            now=NOW,
        )
        session.flush()
        return Actor(user.id, OFFICE, user.name, user.full_name, user.role)
