"""Residents who write at a given rate, over signed webhooks, and how long each answer took."""

from __future__ import annotations

import asyncio
import time
import uuid
from dataclasses import dataclass, field
from urllib.parse import urlencode

import aiohttp
from twilio.request_validator import RequestValidator

ACCOUNT_SID = "AC" + "0" * 31 + "2"
AUTH_TOKEN = "benchmark-token"
NUMBER = "whatsapp:+14155238886"
SAYINGS = (
    "halo",
    "makasih ya",
    "syarat bikin ktp baru apa aja pak",
    "jam buka kantor kecamatan",
    "biaya urus kk berapa",
    "kamu robot ya?",
)


@dataclass
class Target:
    """A system under test: where webhooks go, and what they are signed for."""

    name: str
    webhook_url: str
    signed_url: str


@dataclass
class Run:
    """What was measured; times in seconds."""

    sent: int = 0
    refused: int = 0  # anything but 2xx, or no answer
    acknowledged: list[float] = field(default_factory=list)
    posted_at: dict[str, float] = field(default_factory=dict)


def webhook(target: Target, address: str, text: str) -> tuple[bytes, dict[str, str]]:
    sid = "SM" + uuid.uuid4().hex
    form = {
        "SmsMessageSid": sid, "NumMedia": "0", "ProfileName": "Warga", "MessageType": "text",
        "SmsSid": sid, "WaId": address.removeprefix("whatsapp:+"), "SmsStatus": "received",
        "Body": text, "To": NUMBER, "NumSegments": "1", "MessageSid": sid,
        "AccountSid": ACCOUNT_SID, "From": address, "ApiVersion": "2010-04-01",
    }  # fmt: skip
    signature = RequestValidator(AUTH_TOKEN).compute_signature(target.signed_url, form)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": str(signature),
    }
    return urlencode(form).encode(), headers


def address_of(number: int) -> str:
    return f"whatsapp:+62899{number:08d}"


async def post(http: aiohttp.ClientSession, target: Target, run: Run, number: int) -> None:
    address = address_of(number)
    body, headers = webhook(target, address, SAYINGS[number % len(SAYINGS)])
    run.sent += 1
    run.posted_at[address] = time.time()
    started = time.perf_counter()
    try:
        async with http.post(target.webhook_url, data=body, headers=headers) as answer:
            await answer.read()
            if answer.status >= 300:
                run.refused += 1
                return
    except (aiohttp.ClientError, TimeoutError):
        run.refused += 1
        return
    run.acknowledged.append(time.perf_counter() - started)


async def steadily(target: Target, *, rate: float, seconds: float, first: int) -> Run:
    """`rate` messages a second, each from another resident, whether or not answers come."""
    run = Run()
    limit = aiohttp.ClientTimeout(total=20)
    async with aiohttp.ClientSession(timeout=limit) as http, asyncio.TaskGroup() as tasks:
        started = time.perf_counter()
        for index in range(round(rate * seconds)):
            await asyncio.sleep(max(0.0, started + index / rate - time.perf_counter()))
            tasks.create_task(post(http, target, run, first + index))
    return run


async def in_a_crowd(
    target: Target, standin: str, *, residents: int, seconds: float, first: int
) -> float:
    """Replies a second when every resident writes again as soon as they have an answer."""
    run = Run()
    limit = aiohttp.ClientTimeout(total=20)
    answered: dict[str, int] = {}
    asked: dict[str, int] = {}
    async with aiohttp.ClientSession(timeout=limit) as http:
        started = time.perf_counter()
        while time.perf_counter() - started < seconds:
            async with http.get(f"{standin}/accepted") as answer:
                answered = {to: len(times) for to, times in (await answer.json()).items()}
            ready = [
                number
                for number in range(first, first + residents)
                if answered.get(address_of(number), 0) >= asked.get(address_of(number), 0)
            ]
            for number in ready:
                asked[address_of(number)] = asked.get(address_of(number), 0) + 1
            await asyncio.gather(*(post(http, target, run, number) for number in ready))
            await asyncio.sleep(0.02)
        mine = {address_of(number) for number in range(first, first + residents)}
        return sum(count for to, count in answered.items() if to in mine) / seconds


async def accepted(standin: str) -> dict[str, list[float]]:
    async with aiohttp.ClientSession() as http, http.get(f"{standin}/accepted") as answer:
        times: dict[str, list[float]] = await answer.json()
        return times


async def forget(standin: str) -> None:
    async with aiohttp.ClientSession() as http, http.post(f"{standin}/forget"):
        pass


async def reply_times(standin: str, run: Run, patience: float) -> list[float]:
    """Seconds from each webhook to its accepted reply; waits until all came or patience ends."""
    end = time.monotonic() + patience
    while True:
        times = await accepted(standin)
        found = [
            min(times[address]) - at for address, at in run.posted_at.items() if times.get(address)
        ]
        if len(found) >= len(run.posted_at) or time.monotonic() > end:
            return found
        await asyncio.sleep(0.5)
