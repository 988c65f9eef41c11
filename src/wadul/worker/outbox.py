"""Sends messages: lease, send (or find out that it was sent), write what became of it."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy.orm import Session

from wadul.channels.sending import Finder, Found, Sender, SendError
from wadul.clock import Clock
from wadul.core.backoff import exponential, jittered
from wadul.core.delivery import Remedy, RemedyTable
from wadul.database import Database
from wadul.usecases.outbox import (
    Delivery,
    Result,
    TemplateIds,
    known_external_ids,
    lease_deliveries,
    next_delivery_at,
    record_results,
)
from wadul.worker.metrics import SEND_SECONDS, SENDS
from wadul.worker.pump import Taken
from wadul.worker.saving import GroupCommit

log = structlog.get_logger()

_LONGEST_PAUSE = 60.0
_REPAIR_PAUSE, _LONGEST_REPAIR_PAUSE = 5.0, 300.0  # until somebody has repaired a setting
_BEFORE_LOOKING = 2.0  # the provider's own list needs a moment
_PATIENCE = 20  # attempts on a message that meets a temporary error while others pass


class SendsAndFinds(Sender, Finder, Protocol):
    """What the outbox needs of a channel."""


class OutboxWork:
    """`sent` is called after each attempt: the next message of the conversation may go."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        channel: SendsAndFinds,
        *,
        lease_seconds: float,
        template_id: TemplateIds,
        remedy_for: RemedyTable,
        sent: Callable[[], None],
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._database = database
        self._clock = clock
        self._channel = channel
        self._lease_seconds = lease_seconds
        self._template_id = template_id
        self._remedy_for = remedy_for
        self._sent = sent
        self._chance = chance
        self._results = GroupCommit(self._record)

    async def take(self, limit: int) -> Taken[Delivery]:
        return await self._database.run(self._lease, limit)

    def _lease(self, session: Session, limit: int) -> Taken[Delivery]:
        now = self._clock.now()
        deliveries = lease_deliveries(
            session,
            now=now,
            lease_seconds=self._lease_seconds,
            limit=limit,
            template_id=self._template_id,
        )
        next_at = next_delivery_at(session, now)
        return Taken.until(deliveries, next_at, now)

    async def handle(self, delivery: Delivery) -> None:
        result = await self._attempt(delivery)
        outcome = "accepted" if result.external_id else result.remedy.value
        SENDS.labels(outcome, result.code or "").inc()
        await self._results.save(result)
        self._sent()

    async def _record(self, results: Sequence[Result]) -> None:
        await self._database.run(
            record_results, results, now=self._clock.now(), remedy_for=self._remedy_for
        )

    async def _attempt(self, delivery: Delivery) -> Result:
        if delivery.ambiguous:
            try:
                found = await self._find(delivery)
            except SendError as error:
                return self._failed(delivery, error, still_ambiguous=True)
            if found is not None:
                return Result(delivery, external_id=found)
        if delivery.only_look:  # as if it had been refused: what is recorded then withdraws it
            return Result(delivery, remedy=Remedy.RETRY, retry_at=self._clock.now())
        try:
            with SEND_SECONDS.time():
                accepted = await self._channel.send(delivery.message)
        except SendError as error:
            return self._failed(delivery, error, still_ambiguous=error.ambiguous)
        return Result(delivery, external_id=accepted.external_id)

    async def _find(self, delivery: Delivery) -> str | None:
        """The provider's id of the earlier attempt, if it was accepted after all.

        One message of a conversation is under way at a time, so that an unknown id is ours.
        """
        found = await self._channel.find(delivery.message, delivery.attempted_at)
        if not found:
            return None
        known = await self._database.run(
            known_external_ids, delivery.office_id, [each.external_id for each in found]
        )
        unknown = [each for each in found if each.external_id not in known]
        return _likeliest(unknown, delivery.may_read_differently)

    def _failed(self, delivery: Delivery, error: SendError, *, still_ambiguous: bool) -> Result:
        remedy = _remedy(error)
        if remedy is Remedy.RETRY and not error.general and delivery.attempt >= _PATIENCE:
            remedy = Remedy.GIVE_UP
        log.warning(
            "A message was not accepted.",
            action="send_failed",
            message=str(delivery.message_id),
            attempt=delivery.attempt,
            code=error.code,
            remedy=remedy.value,
            ambiguous=still_ambiguous,
        )
        return Result(
            delivery,
            code=error.code[:20],
            remedy=remedy,
            ambiguous=still_ambiguous,
            retry_at=self._retry_at(delivery.attempt, error, still_ambiguous),
        )

    def _retry_at(self, attempt: int, error: SendError, still_ambiguous: bool) -> datetime:
        if error.misconfigured:
            pause = exponential(attempt, first=_REPAIR_PAUSE, cap=_LONGEST_REPAIR_PAUSE)
        else:
            pause = exponential(attempt, cap=_LONGEST_PAUSE)
        if still_ambiguous:
            pause = max(pause, _BEFORE_LOOKING)
        seconds = max(jittered(pause, self._chance), error.retry_after or 0.0)
        return self._clock.now() + timedelta(seconds=seconds)


def _remedy(error: SendError) -> Remedy:
    if error.window_closed:
        return Remedy.OPEN_WINDOW
    if error.misconfigured:
        return Remedy.FIX_SETTINGS
    return Remedy.RETRY if error.retryable else Remedy.GIVE_UP


def _likeliest(unknown: Sequence[Found], may_read_differently: bool) -> str | None:
    same = [each for each in unknown if each.same_text]
    if same:
        return same[-1].external_id
    return unknown[-1].external_id if unknown and may_read_differently else None
