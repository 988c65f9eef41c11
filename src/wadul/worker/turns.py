"""Answers turns: lease, ask Rasa, write the answer; put off what Rasa cannot answer now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from wadul.clock import Clock
from wadul.core.backoff import exponential
from wadul.database import Database
from wadul.exceptions import RasaUnavailable
from wadul.usecases.turns import Answer, OpenTurn, finish_turns, lease_turns, postpone_turn
from wadul.worker.metrics import TURN_SECONDS, TURNS
from wadul.worker.pump import Taken
from wadul.worker.rasa import RasaClient
from wadul.worker.saving import GroupCommit, persistently

log = structlog.get_logger()

_LONGEST_PAUSE = 10.0  # seconds between attempts on a turn


class TurnWork:
    """`notices` gives the privacy notice by office; `answered` is called when there is something to
    send."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        rasa: RasaClient,
        *,
        worker: str,
        lease_seconds: float,
        notices: Callable[[], Mapping[str, str]],
        answered: Callable[[], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._rasa = rasa
        self._worker = worker
        self._lease_seconds = lease_seconds
        self._notices = notices
        self._answered = answered
        self._answers = GroupCommit(self._finish)

    async def take(self, limit: int) -> Taken[OpenTurn]:
        now = self._clock.now()
        batch = await self._database.run(
            lease_turns,
            worker=self._worker,
            now=now,
            lease_seconds=self._lease_seconds,
            limit=limit,
        )
        return Taken.until(batch.turns, batch.next_due_at, now)

    async def handle(self, turn: OpenTurn) -> None:
        asked_at = self._clock.now()
        try:
            with TURN_SECONDS.time():
                answer = await self._rasa.ask(turn)
        except RasaUnavailable as error:
            await self._postpone(turn, asked_at, str(error))
            return
        try:
            await self._answers.save((turn, answer))
        except Exception as error:  # an answer that cannot be stored must not come back for ever
            log.error("An answer was not stored.", action="answer_not_stored", exc_info=error)
            await self._postpone(turn, asked_at, "not_stored")
            return
        TURNS.labels("answered").inc()
        self._answered()

    async def _finish(self, answered: Sequence[tuple[OpenTurn, Answer]]) -> None:
        await self._database.run(
            finish_turns,
            answered,
            worker=self._worker,
            now=self._clock.now(),
            notices=self._notices(),
        )

    async def _postpone(self, turn: OpenTurn, asked_at: datetime, reason: str) -> None:
        attempt = turn.attempts + 1
        now = self._clock.now()
        seconds = exponential(attempt, cap=_LONGEST_PAUSE)
        given_up = await persistently(
            lambda: self._database.run(
                postpone_turn,
                turn,
                worker=self._worker,
                asked_at=asked_at,
                retry_at=now + timedelta(seconds=seconds),
                now=now,
            )
        )
        TURNS.labels("given_up" if given_up else "postponed").inc()
        log.warning(
            "Rasa did not answer a turn.",
            action="turn_given_up" if given_up else "turn_postponed",
            turn=str(turn.turn_id),
            attempt=attempt,
            reason=reason,
        )
        self._answered()
