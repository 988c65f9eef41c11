"""Answers that are the same for everybody of an office: asked once for each change of the data."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar, cast

from sqlalchemy.orm import Session

from wadul.console.live import Live
from wadul.console.reader import Reader
from wadul.core.actors import Actor
from wadul.queries.board import Board, BoardKeeper
from wadul.queries.changes import marks_of

T = TypeVar("T")


class Shared:
    def __init__(self, reader: Reader, live: Live) -> None:
        self._reader = reader
        self._live = live
        self._asked: dict[Any, tuple[int, asyncio.Task[Any]]] = {}
        self._keepers = {sees: BoardKeeper(sees_supervisory=sees) for sees in (False, True)}

    async def get(self, query: Callable[[Session, str], T], office_id: str) -> T:
        """The answer for the data as lists were told of them last."""
        key = (query, office_id)
        generation, task = self._asked.get(key, (-1, None))
        if task is None or generation != self._live.generation or _failed(task):
            task = asyncio.ensure_future(self._reader.run_quick(query, office_id))
            self._asked[key] = (self._live.generation, task)
        return cast(T, await asyncio.shield(task))

    async def board(self, actor: Actor) -> Board:
        """Whoever calls has made sure that the actor may read conversations."""
        return await self.get(self._keepers[actor.sees_supervisory].ask, actor.office_id)


class Feed:
    """From "something changed" to which pages that concerns."""

    def __init__(self, reader: Reader, live: Live) -> None:
        self._reader = reader
        self._live = live
        self._marks: dict[Any, Any] = {}

    async def changed(self) -> None:
        marks = await self._reader.run_quick(marks_of, self._live.open_conversations())
        self._live.changed([key for key, mark in marks.items() if self._marks.get(key) != mark])
        self._marks = marks


def _failed(task: asyncio.Future[Any]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)
