"""50 operators with the console open while residents write 80 messages a second.

Gateway, worker and console are the real processes on PostgreSQL; everything that is written goes
to conversations that people hold, so that Rasa is not asked (its speed is in system-figures.md).
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID, uuid4

import aiohttp
import psutil
from integration.postgres import Server, free_port
from sqlalchemy import select
from twilio.request_validator import RequestValidator

from benchmarks.console.browsers import Browser, Shown
from benchmarks.console.seed import Seeded
from wadul.bootstrap import Wadul
from wadul.core.states import HandledBy
from wadul.models import Contact, Conversation, User
from wadul.settings import Settings
from wadul.usecases.console_sessions import make_link, use_link

ROOT = Path(__file__).resolve().parents[2]
RATE = 80.0  # messages a second
WARM_SECONDS = 5.0
PATIENCE = 15.0  # seconds after the last message
ACCOUNT_SID, AUTH_TOKEN = "AC" + "0" * 31 + "3", "benchmark-token"
PUBLIC = "https://wadul.example.id"


@dataclass(frozen=True)
class Load:
    """Shares are of one core, memory is proportional set size in MB."""

    seconds: float
    sent: int
    refused: int
    stored: list[float]  # seconds until the gateway acknowledged, per message
    in_list: list[float]  # seconds from the webhook's start to the page, per message
    in_conversation: list[float]
    never_in_conversation: int
    cpu: dict[str, float]
    memory: dict[str, float]
    frames: float  # a second, to all pages
    kilobytes: float  # a second, to all pages


@dataclass(frozen=True)
class Held:
    address: str
    conversation_id: UUID
    owner_id: UUID


@contextmanager
def processes(settings: Settings, folder: Path) -> Iterator[dict[str, psutil.Process]]:
    env = {k: v for k, v in os.environ.items() if not k.startswith("WADUL_")} | {
        "WADUL_VAR_DIR": str(settings.var_dir),
        "WADUL_DATABASE_URL": settings.database_url,
        "WADUL_OFFICES_DIR": str(settings.offices_dir),
        "WADUL_GATEWAY_HOST": "127.0.0.1",
        "WADUL_GATEWAY_PORT": str(settings.gateway_port),
        "WADUL_CONSOLE_PORT": str(settings.console_port),
        "WADUL_SIMULATOR": "off",
        "WADUL_PUBLIC_URL": PUBLIC,
        "WADUL_TWILIO_ACCOUNT_SID": ACCOUNT_SID,
        "WADUL_TWILIO_AUTH_TOKEN": AUTH_TOKEN,
        "WADUL_TWILIO_API_URL": "http://127.0.0.1:9",  # nothing is sent
        "WADUL_FLOOD_MESSAGES": "100000",
    }
    with ExitStack() as stack:
        started = {}
        for name in ("gateway", "worker", "console"):
            log = stack.enter_context((folder / f"{name}.log").open("wb"))
            process = subprocess.Popen(
                [sys.executable, "-m", f"wadul.{name}"], env=env, cwd=ROOT, stdout=log, stderr=log
            )
            stack.callback(_stop, process)
            started[name] = psutil.Process(process.pid)
        _wait_for(f"http://127.0.0.1:{settings.console_port}/masuk")
        _wait_for(f"http://127.0.0.1:{settings.gateway_port}/metrics")
        yield started


def run(
    wadul: Wadul, seeded: Seeded, server: Server, folder: Path, *, consoles: int, seconds: float
) -> Load:
    settings = wadul.settings.model_copy(
        update={"gateway_port": free_port(), "console_port": free_port()}
    )
    tokens, held = _operators(wadul, seeded, consoles)
    with processes(settings, folder) as running:
        watched = running | {
            "postgres": psutil.Process(server.pid),
            "the load itself": psutil.Process(),
        }
        return asyncio.run(_load(settings, tokens, held, watched, seconds))


def _operators(wadul: Wadul, seeded: Seeded, consoles: int) -> tuple[dict[UUID, str], list[Held]]:
    """A session for each, and what they hold."""
    now = datetime.now(UTC)
    chosen = seeded.operators[:consoles]
    tokens = {}
    with wadul.database.transaction() as session:
        for user in session.scalars(select(User).where(User.id.in_(chosen))).all():
            link = make_link(session, user, now=now)
            session.flush()
            tokens[user.id] = use_link(session, link, browser="benchmark", now=now)
        rows = session.execute(
            select(Contact.address, Conversation.id, Conversation.owner_id)
            .join(
                Contact,
                (Contact.office_id == Conversation.office_id)
                & (Contact.id == Conversation.contact_id),
            )
            .where(Conversation.handled_by == HandledBy.OPERATOR, Conversation.owner_id.in_(chosen))
        ).all()
    return tokens, [Held(*row) for row in rows]


async def _load(
    settings: Settings,
    tokens: dict[UUID, str],
    held: list[Held],
    watched: dict[str, psutil.Process],
    seconds: float,
) -> Load:
    shown = Shown()
    base = f"http://127.0.0.1:{settings.console_port}"
    opened = {owner: next(each for each in held if each.owner_id == owner) for owner in tokens}
    browsers = [
        Browser(base, token, opened[owner].conversation_id, shown)
        for owner, token in tokens.items()
    ]
    tasks = []
    opening = time.perf_counter()
    for browser in browsers:
        tasks.append(asyncio.create_task(browser.run()))
        opened_now = asyncio.create_task(browser.open.wait())
        await asyncio.wait({opened_now, tasks[-1]}, return_when=asyncio.FIRST_COMPLETED)
        if tasks[-1].done():
            tasks[-1].result()
    print(f"{len(browsers)} pages opened in {time.perf_counter() - opening:.1f} s", flush=True)
    await asyncio.sleep(WARM_SECONDS)
    shown.frames = shown.characters = 0
    before = {name: _seconds_of(process) for name, process in watched.items()}
    began = time.perf_counter()
    sent, refused, stored = await _write(settings, held, seconds)
    taken = time.perf_counter() - began
    cpu = {name: (_seconds_of(process) - before[name]) / taken for name, process in watched.items()}
    frames, characters = shown.frames / taken, shown.characters / taken
    memory = {name: _megabytes(process) for name, process in watched.items()}
    looked_at = {each.conversation_id for each in opened.values()}
    wanted = {mark for mark, (_, to) in sent.items() if to in looked_at}
    end = time.monotonic() + PATIENCE
    while not wanted <= shown.in_conversation.keys() and time.monotonic() < end:  # noqa: ASYNC110
        await asyncio.sleep(0.2)
    failed = [task.exception() for task in tasks if task.done()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    if failed:
        print(f"{len(failed)} pages were closed: {failed[:3]}; CPU {cpu}", flush=True)
    return Load(
        seconds=taken,
        sent=len(sent),
        refused=refused,
        stored=stored,
        in_list=[shown.in_list[m] - at for m, (at, _) in sent.items() if m in shown.in_list],
        in_conversation=[
            shown.in_conversation[mark] - sent[mark][0]
            for mark in wanted
            if mark in shown.in_conversation
        ],
        never_in_conversation=len(wanted - shown.in_conversation.keys()),
        cpu=cpu,
        memory=memory,
        frames=frames,
        kilobytes=characters / 1000,
    )


async def _write(
    settings: Settings, held: list[Held], seconds: float
) -> tuple[dict[str, tuple[float, UUID]], int, list[float]]:
    """Every resident in turn; when each message began and to which conversation, how many were
    refused, and how long the gateway took to store each."""
    sent: dict[str, tuple[float, UUID]] = {}
    began_at = int(time.time())
    refused = 0
    stored: list[float] = []
    limit = aiohttp.ClientTimeout(total=30)

    async def post(http: aiohttp.ClientSession, number: int) -> None:
        nonlocal refused
        to = held[number * 7 % len(held)]
        mark = f"uji-{began_at % 10**5:05d}{number:05d}"
        body, headers = _webhook(to.address, f"pak mau tanya {mark}")
        sent[mark] = (time.time(), to.conversation_id)
        url = f"http://127.0.0.1:{settings.gateway_port}/webhooks/twilio/whatsapp"
        try:
            async with http.post(url, data=body, headers=headers) as answer:
                if answer.status >= 300:
                    refused += 1
                stored.append(time.time() - sent[mark][0])
        except (aiohttp.ClientError, TimeoutError):
            refused += 1

    async with aiohttp.ClientSession(timeout=limit) as http, asyncio.TaskGroup() as tasks:
        began = time.perf_counter()
        for number in range(round(RATE * seconds)):
            await asyncio.sleep(max(0.0, began + number / RATE - time.perf_counter()))
            tasks.create_task(post(http, number))
    return sent, refused, stored


def _webhook(address: str, text: str) -> tuple[bytes, dict[str, str]]:
    sid = f"SM{uuid4().hex}"
    form = {
        "MessageSid": sid, "SmsSid": sid, "NumMedia": "0", "ProfileName": "Warga", "Body": text,
        "MessageType": "text", "From": address, "To": "whatsapp:+14155238886",
        "AccountSid": ACCOUNT_SID,
    }  # fmt: skip
    url = f"{PUBLIC}/webhooks/twilio/whatsapp"
    signature = str(RequestValidator(AUTH_TOKEN).compute_signature(url, form))
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": signature,
    }
    return urlencode(form).encode(), headers


def _family(process: psutil.Process) -> list[psutil.Process]:
    if process.pid == os.getpid():
        return [process]
    return [process, *process.children(recursive=True)]


def _seconds_of(process: psutil.Process) -> float:
    """Of processor time, of those that ended too."""
    total = 0.0
    for each in _family(process):
        with suppress(psutil.NoSuchProcess):
            times = each.cpu_times()
            total += times.user + times.system
    own = process.cpu_times()
    ended = 0.0 if process.pid == os.getpid() else own.children_user + own.children_system
    return total + ended


def _megabytes(process: psutil.Process) -> float:
    total = 0.0
    for each in _family(process):
        with suppress(psutil.NoSuchProcess):
            total += each.memory_full_info().pss / 1e6
    return total


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait_for(url: str) -> None:
    end = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(url, timeout=3):
                return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
