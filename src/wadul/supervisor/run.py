"""Keep all processes alive until told to stop; one that ends is started again, ever later."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx

from wadul.settings import Settings
from wadul.supervisor.processes import Process, child_environment
from wadul.supervisor.saying import say
from wadul.supervisor.swap import ModelSwap

_STOP_SECONDS = 10.0
_IN_FLIGHT_SECONDS = 12.0  # for turns that the old Rasa still answers
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 15.0
_STABLE_SECONDS = 30.0  # a process that ran this long starts again without a long pause
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Child:
    """A process that runs, and the task that passes its lines on."""

    process: Process
    handle: asyncio.subprocess.Process
    lines: asyncio.Task[None]


class Supervisor:
    """`model` is the one that the table's Rasa serves; given, a promoted one takes its place."""

    def __init__(self, settings: Settings, table: list[Process], model: Path | None = None) -> None:
        self._settings = settings
        self._table = table
        self._model = model
        self.stopping = asyncio.Event()
        self._running: dict[str, Child] = {}
        self._successors: dict[str, Child] = {}

    async def run(self) -> None:
        """Returns after Ctrl-C or SIGTERM, when every child has ended."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self.stopping.set)
        async with asyncio.TaskGroup() as tasks:
            for process in self._table:
                tasks.create_task(self._keep(process))
            if self._model is not None:
                tasks.create_task(ModelSwap(self, self._settings, self._model).run())
            tasks.create_task(self._announce())

    async def start(self, process: Process, standby: Callable[[str], None] | None = None) -> Child:
        """With `standby` it waits for a line on its standard input; the call gets its lines."""
        pipe, none = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        handle = await asyncio.create_subprocess_exec(
            *process.command,
            *(("--standby",) if standby else ()),
            env=child_environment(process),
            stdin=pipe if standby else none,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches only us; we stop them in order
            preexec_fn=partial(_prepare_child, process.niceness),
        )
        lines = asyncio.create_task(_pass_on(process.name, handle, standby))
        return Child(process, handle, lines)

    async def succeed(self, successor: Child) -> None:
        """Stop the running process of that name; the successor, already started, is kept on."""
        name = successor.process.name
        self._successors[name] = successor
        if (old := self._running.get(name)) is not None:
            await _end(old.handle, _IN_FLIGHT_SECONDS)

    async def end(self, child: Child) -> None:
        await _end(child.handle)
        await child.lines

    async def _keep(self, process: Process) -> None:
        pause = _FIRST_PAUSE
        while not self.stopping.is_set():
            started = time.monotonic()
            child = self._successors.pop(process.name, None) or await self.start(process)
            process = child.process
            self._running[process.name] = child
            await self._watch(child)
            del self._running[process.name]
            if self.stopping.is_set():
                break
            if process.name in self._successors:
                pause = _FIRST_PAUSE
                continue
            if time.monotonic() - started > _STABLE_SECONDS:
                pause = _FIRST_PAUSE
            say(f"{process.name} ended with {child.handle.returncode}; starting it again …")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.stopping.wait(), pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
        if (successor := self._successors.pop(process.name, None)) is not None:
            await _end(successor.handle)

    async def _watch(self, child: Child) -> None:
        """Until the child ends; stop it when everything stops."""
        ended = asyncio.create_task(child.handle.wait())
        stopping = asyncio.create_task(self.stopping.wait())
        await asyncio.wait({ended, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not ended.done():
            await _end(child.handle)
        await ended
        stopping.cancel()
        await child.lines

    async def _announce(self) -> None:
        """Print where things are as soon as the whole system can answer a resident."""
        started = time.monotonic()
        url = f"http://127.0.0.1:{self._settings.gateway_port}/healthz"
        async with httpx.AsyncClient(timeout=3, trust_env=False) as client:
            waiting_for = ""
            while not self.stopping.is_set():
                parts = await _unready_parts(client, url)
                if not parts:
                    break
                if parts != waiting_for:
                    waiting_for = parts
                    say(f"waiting for {parts} …")
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.stopping.wait(), 0.3)
            else:
                return
        say(f"ready after {time.monotonic() - started:.0f} s.")
        if self._settings.simulated:
            say(f"  simulator  {self._settings.simulator_url}   (a phone to talk to the bot)")
        say(f"  console    http://127.0.0.1:{self._settings.console_port}")
        say(f"  gateway    {self._settings.signed_url}/webhooks/twilio/whatsapp")
        say("Ctrl-C stops everything.")


async def _unready_parts(client: httpx.AsyncClient, url: str) -> str:
    """The parts that are not ready, as words; empty when all are."""
    try:
        answer = await client.get(url)
        parts = answer.json()["parts"]
    except (httpx.HTTPError, ValueError, KeyError):
        return "gateway"
    return ", ".join(name for name, state in parts.items() if state != "ok")


async def _end(child: asyncio.subprocess.Process, seconds: float = _STOP_SECONDS) -> None:
    """Ask it to end, and make it end after so long."""
    with contextlib.suppress(ProcessLookupError):
        child.terminate()
        try:
            await asyncio.wait_for(child.wait(), seconds)
        except TimeoutError:
            child.kill()
            await child.wait()


async def _pass_on(
    name: str, child: asyncio.subprocess.Process, seen: Callable[[str], None] | None
) -> None:
    stdout = child.stdout
    while stdout is not None:
        try:
            line = await stdout.readline()
        except ValueError:  # longer than the reader's buffer: dropped
            continue
        if not line:
            return
        text = line.decode("utf-8", "replace").rstrip()
        print(f"{name:>9} | {text}", flush=True)
        if seen is not None:
            seen(text)


def _prepare_child(niceness: int) -> None:
    """Runs in the child. On Linux it gets SIGTERM when the supervisor dies, so that none is left
    behind; and as each child has a session of its own, the session is made nice as well."""
    os.nice(niceness)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        with contextlib.suppress(OSError):  # a kernel without automatic groups
            Path("/proc/self/autogroup").write_text(str(niceness))
