"""Runs use cases and queries as the person who is logged in, looked up anew for every call."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy.orm import Session

from wadul.bootstrap import Wadul
from wadul.clock import Clock
from wadul.console.reader import Reader
from wadul.core.actors import Actor
from wadul.office import Office
from wadul.usecases.console_sessions import LoginRequired, authenticate

P = ParamSpec("P")
T = TypeVar("T")
_KNOWN_SECONDS = 3.0
_NOTED_SECONDS = 60.0


@dataclass(frozen=True)
class Desk:
    """One browser's access. `real_time`: a moved clock logs nobody out."""

    wadul: Wadul
    reader: Reader
    real_time: Clock
    token: str
    actor: Actor  # as of the page's start, for what the page shows
    base: str = ""  # the console's address as the browser knows it
    _known: dict[str, tuple[float, Actor]] = field(default_factory=dict, repr=False, compare=False)
    _noted: dict[str, tuple[float, Actor]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def office(self) -> Office:
        return self.wadul.offices[self.actor.office_id]

    def now(self) -> datetime:
        """The office's time, which a demonstration may move."""
        return self.wadul.clock.now()

    async def act(
        self,
        use_case: Callable[Concatenate[Session, Actor, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """One use case, one transaction. Raises what it raises, and `LoginRequired`."""

        def work(session: Session) -> T:
            return use_case(session, self._actor(session, touch=True), *args, **kwargs)

        return await self.wadul.database.run(work)

    async def note(
        self,
        use_case: Callable[Concatenate[Session, Actor, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """As `act`, for what comes often and harms nobody: who asks is looked up once a minute."""

        def work(session: Session) -> T:
            noted = self._noted.get(self.token)
            if noted is None or time.monotonic() - noted[0] > _NOTED_SECONDS:
                noted = time.monotonic(), self._actor(session, touch=True)
                self._noted[self.token] = noted
            return use_case(session, noted[1], *args, **kwargs)

        return await self.wadul.database.run(work)

    async def look(
        self, query: Callable[Concatenate[Session, Actor, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """One query; writes nothing. Who asks is looked up again every few seconds."""

        def work(session: Session) -> T:
            actor = self._lately() or self._recall(session)
            return query(session, actor, *args, **kwargs)

        return await self.reader.run(work)

    async def check(self) -> Actor:
        """Who is there, for what was asked on behalf of everybody. Raises `LoginRequired`."""
        lately = self._lately()
        return lately if lately is not None else await self.reader.run_quick(self._recall)

    def _lately(self) -> Actor | None:
        known = self._known.get(self.token)
        if known is None or time.monotonic() - known[0] > _KNOWN_SECONDS:
            return None
        return known[1]

    def _recall(self, session: Session) -> Actor:
        actor = self._actor(session, touch=False)
        self._known[self.token] = time.monotonic(), actor
        return actor

    def _actor(self, session: Session, *, touch: bool) -> Actor:
        signed = authenticate(session, self.token, now=self.real_time.now(), touch=touch)
        if not signed.verified or signed.actor.office_id not in self.wadul.offices:
            raise LoginRequired
        return signed.actor
