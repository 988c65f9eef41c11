"""Long work of the trainers' pages: one at a time, the others wait; every page sees how far it is.

What runs is also written to a file, so that a console that was stopped in between says so.
"""

from __future__ import annotations

import asyncio
import json
import os
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TypeVar

import structlog

from wadul.console import training_words
from wadul.exceptions import WadulError
from wadul.training.files import FULL

log = structlog.get_logger()

T = TypeVar("T")
_KEPT = 6


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass
class Job:
    """`done` of `of` steps; `of` is 0 where nobody knows how many there are."""

    what: str
    who: str
    at: datetime
    state: JobState = JobState.WAITING
    step: str = "menunggu giliran"
    done: int = 0
    of: int = 0
    result: str = ""

    def say(self, step: str, done: int = 0, of: int = 0) -> None:
        """Called by the worker's thread."""
        self.step, self.done, self.of = step, done, of

    @property
    def ended(self) -> bool:
        return self.state in (JobState.DONE, JobState.FAILED)


Work = Callable[[Job], str]
"""Runs in a thread; returns what to tell at the end. Raises `WadulError`."""


class Jobs:
    def __init__(self, journal: Path) -> None:
        self._journal = journal
        self._turn = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self.all: deque[Job] = deque(maxlen=_KEPT)  # the latest first
        self._mourn()

    def start(self, job: Job, work: Work) -> asyncio.Task[None]:
        self.all.appendleft(job)
        task = asyncio.get_running_loop().create_task(self._run(job, work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _run(self, job: Job, work: Work) -> None:
        async with self._turn:
            job.state = JobState.RUNNING
            job.step = "mulai"
            self._note(job)
            try:
                job.result = await in_thread(lambda: work(job))
            except WadulError as error:
                job.state, job.result = JobState.FAILED, training_words.told(error)
            except Exception as error:  # the page has to say that it ended, whatever happened
                log.error("A trainer's job failed.", action="job_failed", exc_info=error)
                job.state = JobState.FAILED
                job.result = _unexpected(error)
            else:
                job.state = JobState.DONE
            # not when cancelled: the console stops, and the next one tells
            with suppress(OSError):
                self._journal.unlink(missing_ok=True)

    def _note(self, job: Job) -> None:
        told = {
            "what": job.what,
            "who": job.who,
            "at": job.at.isoformat(),
            "process": os.getpid(),
        }
        with suppress(OSError):
            self._journal.parent.mkdir(parents=True, exist_ok=True)
            self._journal.write_text(json.dumps(told), encoding="utf-8")

    def _mourn(self) -> None:
        """Work that a console before this one did not end."""
        with suppress(OSError, ValueError, KeyError):
            told = json.loads(self._journal.read_text(encoding="utf-8"))
            job = Job(told["what"], told["who"], datetime.fromisoformat(told["at"]))
            job.state = JobState.FAILED
            job.result = (
                "Terputus karena konsol berhenti di tengah jalan. Tidak ada yang berubah: model "
                "yang melayani tetap. Ulangi bila perlu."
            )
            self.all.append(job)
            self._journal.unlink(missing_ok=True)


async def in_thread(work: Callable[[], T]) -> T:
    """In a thread of its own: long work must neither fill the pool nor hold up a stop."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(call: Callable[[], None]) -> None:
        if not future.done():
            call()

    def run() -> None:
        try:
            result = work()
        except Exception as error:
            call = partial(future.set_exception, error)
        else:
            call = partial(future.set_result, result)
        with suppress(RuntimeError):  # the console stopped meanwhile
            loop.call_soon_threadsafe(settle, call)

    threading.Thread(target=run, name="training", daemon=True).start()
    return await future


def _unexpected(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno in FULL:
        return "Disk penuh: kosongkan ruang, lalu ulangi. Model yang melayani tetap."
    return "Terhenti karena kesalahan yang tidak terduga; catatan konsol menjelaskan sebabnya."
