"""Follows the trainers' choice of a model without losing a message.

The new Rasa is started beside the old one, reads its model and answers a test message; only then
the old one stops, after the turns that it has in hand, and the new one opens the port. A model
that cannot be read changes nothing. The worker asks again for turns that found the port closed.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from wadul.settings import Settings
from wadul.supervisor.processes import rasa_process
from wadul.supervisor.saying import say
from wadul.training import serving
from wadul.training.exceptions import NoRoom
from wadul.training.files import read
from wadul.training.model import name_of
from wadul.training.project import Project

if TYPE_CHECKING:
    from wadul.supervisor.run import Child, Supervisor

STANDING_BY = "wadul: rasa: standing by"  # components/serve.py says it
_LOOK_SECONDS = 0.5
_LOAD_SECONDS = 180.0
_OPEN_SECONDS = 30.0


class ModelSwap:
    def __init__(self, supervisor: Supervisor, settings: Settings, model: Path) -> None:
        self._supervisor = supervisor
        self._settings = settings
        self._project = Project.of(settings)
        self._serves = name_of(model)

    async def run(self) -> None:
        """Until everything stops. A choice that cannot be followed is told once."""
        wanted = self._wanted()  # what is chosen at the start was decided before we were started
        self._tell(self._serves, serving.SERVING)
        while not await self._stops_within(_LOOK_SECONDS):
            chosen = self._wanted()
            if chosen == wanted:
                continue
            wanted = chosen
            if wanted and self._settings.model_file is None:
                await self._follow(wanted)

    async def _follow(self, wanted: str) -> None:
        if wanted == self._serves:
            self._tell(wanted, serving.SERVING)
            return
        say(f"loading the model {wanted} …")
        self._tell(wanted, serving.LOADING)
        successor = await self._load(wanted)
        if successor is None:
            say(f"the model {wanted} cannot be served; {self._serves} goes on.")
            self._tell(wanted, serving.FAILED)
            return
        started = time.monotonic()
        await self._supervisor.succeed(successor)
        await self._open(successor)
        self._serves = wanted
        state = serving.SERVING if await self._answers() else serving.FAILED
        self._tell(wanted, state)
        say(f"the model {wanted} serves; the change took {time.monotonic() - started:.1f} s.")

    async def _load(self, wanted: str) -> Child | None:
        """A Rasa that has read the model and waits; None if it could not, or we stop."""
        model = self._settings.model_dir / f"{wanted}.tar.gz"
        ready = asyncio.Event()
        child = await self._supervisor.start(
            rasa_process(self._settings, model),
            standby=lambda line: ready.set() if line == STANDING_BY else None,
        )
        ended = asyncio.create_task(child.handle.wait())
        loaded = asyncio.create_task(ready.wait())
        stopping = asyncio.create_task(self._supervisor.stopping.wait())
        tasks = {ended, loaded, stopping}
        await asyncio.wait(tasks, timeout=_LOAD_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        if ready.is_set() and child.handle.returncode is None and not stopping.done():
            return child
        await self._supervisor.end(child)
        return None

    async def _open(self, successor: Child) -> None:
        """The line that it waits for; it may have died meanwhile, and is then started again."""
        stdin = successor.handle.stdin
        if stdin is None:
            return
        with contextlib.suppress(ConnectionError):
            stdin.write(b"go\n")
            await stdin.drain()

    async def _answers(self) -> bool:
        end = time.monotonic() + _OPEN_SECONDS
        url = f"{self._settings.rasa_url}/webhooks/wadul/"
        async with httpx.AsyncClient(timeout=2, trust_env=False) as client:
            while time.monotonic() < end:
                with contextlib.suppress(httpx.HTTPError):
                    if (await client.get(url)).status_code == httpx.codes.OK:
                        return True
                if await self._stops_within(0.05):
                    return False
        return False

    async def _stops_within(self, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._supervisor.stopping.wait(), seconds)
        return self._supervisor.stopping.is_set()

    def _wanted(self) -> str:
        return read(self._project.serving).text.strip()

    def _tell(self, wanted: str, state: str) -> None:
        """Trainers wait for this; a full disk must not stop the system."""
        try:
            serving.say_what_is_served(
                self._project,
                model=self._serves,
                wanted=wanted,
                state=state,
                now=datetime.now(UTC),
            )
        except (OSError, NoRoom) as error:
            say(f"cannot write {self._project.served}: {error}")
