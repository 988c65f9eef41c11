"""Speed and memory of the running system beside stock Rasa (`make bench`).

Both systems one after the other on the same machine, against the same stand-in for Twilio that
takes 150 ms for a send. Writes `docs/system-figures.md`. `--quick` shortens every part: for
trying the benchmark itself, not for quoting.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import statistics
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.system import load
from benchmarks.system.systems import ROOT, Running, ours, standin, stock

REPORT = ROOT / "docs" / "system-figures.md"


@dataclass
class Figures:
    """Seconds, messages a second and GB."""

    start: float
    ack_p50: float
    ack_p99: float
    webhooks: int
    refused: int
    unanswered: int
    drained: float
    reply_p50: float
    reply_p95: float
    crowd: float
    pss: float
    rss: float


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


async def measure(running: Running, twilio: str, *, scale: float) -> Figures:
    target = running.target
    say = lambda text: print(f"{target.name}: {text}", flush=True)  # noqa: E731
    await load.steadily(target, rate=2, seconds=5, first=90_000_000)  # warm-up
    await asyncio.sleep(2)
    await load.forget(twilio)
    say("one message a second …")
    calm = await load.steadily(target, rate=1, seconds=60 * scale, first=0)
    replies = await load.reply_times(twilio, calm, patience=20)
    say("a crowd …")
    await load.forget(twilio)
    crowd = await load.in_a_crowd(
        target, twilio, residents=48, seconds=30 * scale, first=10_000_000
    )
    await asyncio.sleep(3)
    await load.forget(twilio)
    say("80 webhooks a second …")
    burst = await load.steadily(target, rate=80, seconds=60 * scale, first=20_000_000)
    answered = await load.reply_times(twilio, burst, patience=240 * scale)
    pss, rss = running.memory()
    return Figures(
        start=running.seconds_to_start,
        ack_p50=percentile(burst.acknowledged, 0.5),
        ack_p99=percentile(burst.acknowledged, 0.99),
        webhooks=burst.sent,
        refused=burst.refused,
        unanswered=burst.sent - len(answered),
        drained=max(answered, default=float("nan")),
        reply_p50=statistics.median(replies) if replies else float("nan"),
        reply_p95=percentile(replies, 0.95),
        crowd=crowd,
        pss=pss,
        rss=rss,
    )


ROWS: list[tuple[str, str, Callable[[Figures], str]]] = [
    ("start-up", "–", lambda f: f"{f.start:.1f} s"),
    (
        "acknowledgement at 80 webhooks/s, p50 / p99",
        "p99 < 50 ms",
        lambda f: f"{f.ack_p50 * 1000:.0f} / {f.ack_p99 * 1000:.0f} ms",
    ),
    (
        "… webhooks sent / refused / never answered",
        "none lost",
        lambda f: f"{f.webhooks} / {f.refused} / {f.unanswered}",
    ),
    ("… slowest answer of that load", "–", lambda f: f"{f.drained:.0f} s"),
    (
        "webhook to accepted reply at 1/s, p50 / p95",
        "p50 < 300 ms",
        lambda f: f"{f.reply_p50 * 1000:.0f} / {f.reply_p95 * 1000:.0f} ms",
    ),
    ("highest sustained rate (48 residents)", "–", lambda f: f"{f.crowd:.1f} replies/s"),
    (
        "memory of all processes, PSS / RSS",
        "< 1.7 GB",
        lambda f: f"{f.pss:.2f} / {f.rss:.2f} GB",
    ),
]


def table(wadul: Figures, rasa: Figures | None, scale: float) -> str:
    lines = [
        "# Figures of the running system",
        "",
        f"Written by `make bench` on {datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, SQLite, bursts off; a send takes 150 ms at the "
        "stand-in for Twilio. Stock is Rasa 3.6.21 with its own Twilio channel and the pipeline "
        "that `rasa init` suggests, trained on the small-talk topic only; it verifies nothing and "
        "keeps nothing. Load and systems share the cores.",
        *(["", "**A quick run: not for quoting.**"] if scale < 1 else []),
        "",
        "| figure | goal | Wadul | stock Rasa |",
        "|---|---|---|---|",
    ]
    for label, goal, shown in ROWS:
        lines.append(f"| {label} | {goal} | {shown(wadul)} | {shown(rasa) if rasa else '–'} |")
    return "\n".join(lines) + "\n"


def one(
    system: Callable[[str, Path], AbstractContextManager[Running]], folder: Path, scale: float
) -> Figures:
    with standin() as twilio, system(twilio, folder) as running:
        return asyncio.run(measure(running, twilio, scale=scale))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the time; not to quote")
    parser.add_argument("--ours-only", action="store_true", help="leave stock Rasa out")
    options = parser.parse_args()
    scale = 0.1 if options.quick else 1.0
    with tempfile.TemporaryDirectory(prefix="wadul-bench-") as name:
        wadul = one(ours, Path(name), scale)
        rasa = None if options.ours_only else one(stock, Path(name), scale)
    text = table(wadul, rasa, scale)
    print(text)
    if not options.quick and not options.ours_only:
        REPORT.write_text(text)


if __name__ == "__main__":
    main()
