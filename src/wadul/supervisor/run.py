"""Keep all processes alive until told to stop; one that ends is started again, ever later."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import signal
import sys
import time

import httpx

from wadul.settings import Settings
from wadul.supervisor.processes import Process, child_environment
from wadul.supervisor.saying import say

_STOP_SECONDS = 10.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 15.0
_STABLE_SECONDS = 30.0  # a process that ran this long starts again without a long pause
_PR_SET_PDEATHSIG = 1


class Supervisor:
    def __init__(self, settings: Settings, table: list[Process]) -> None:
        self._settings = settings
        self._table = table
        self._stopping = asyncio.Event()
        self._running: dict[str, asyncio.subprocess.Process] = {}

    async def run(self) -> None:
        """Returns after Ctrl-C or SIGTERM, when every child has ended."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._stopping.set)
        async with asyncio.TaskGroup() as tasks:
            for process in self._table:
                tasks.create_task(self._keep(process))
            tasks.create_task(self._announce())

    async def _keep(self, process: Process) -> None:
        pause = _FIRST_PAUSE
        while not self._stopping.is_set():
            started = time.monotonic()
            child = await asyncio.create_subprocess_exec(
                *process.command,
                env=child_environment(process),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches only us; we stop them in order
                preexec_fn=_end_with_parent,
            )
            self._running[process.name] = child
            await self._watch(process, child)
            del self._running[process.name]
            if self._stopping.is_set():
                return
            if time.monotonic() - started > _STABLE_SECONDS:
                pause = _FIRST_PAUSE
            say(f"{process.name} ended with {child.returncode}; starting it again …")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _watch(self, process: Process, child: asyncio.subprocess.Process) -> None:
        """Pass the child's lines on until it ends; stop it when everything stops."""
        lines = asyncio.create_task(_pass_on(process.name, child))
        ended = asyncio.create_task(child.wait())
        stopping = asyncio.create_task(self._stopping.wait())
        await asyncio.wait({ended, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not ended.done():
            child.terminate()
            done, _ = await asyncio.wait({ended}, timeout=_STOP_SECONDS)
            if not done:
                child.kill()
        await ended
        stopping.cancel()
        await lines

    async def _announce(self) -> None:
        """Print where things are as soon as the whole system can answer a resident."""
        started = time.monotonic()
        url = f"http://127.0.0.1:{self._settings.gateway_port}/healthz"
        async with httpx.AsyncClient(timeout=3, trust_env=False) as client:
            waiting_for = ""
            while not self._stopping.is_set():
                parts = await _unready_parts(client, url)
                if not parts:
                    break
                if parts != waiting_for:
                    waiting_for = parts
                    say(f"waiting for {parts} …")
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), 0.3)
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


async def _pass_on(name: str, child: asyncio.subprocess.Process) -> None:
    stdout = child.stdout
    while stdout is not None:
        try:
            line = await stdout.readline()
        except ValueError:  # longer than the reader's buffer: dropped
            continue
        if not line:
            return
        print(f"{name:>9} | {line.decode('utf-8', 'replace').rstrip()}", flush=True)


def _end_with_parent() -> None:
    """On Linux a child gets SIGTERM when the supervisor dies, so that none is left behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
