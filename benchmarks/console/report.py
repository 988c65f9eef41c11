"""`docs/console-figures.md`, and what is said on the way."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from datetime import UTC, datetime

from benchmarks.console.live import RATE, Load
from benchmarks.console.screens import BOARD, Timed
from benchmarks.console.seed import HELD, QUEUED

GOALS = {
    "inbox": 200.0,
    "tickets": 200.0,
    "search": 500.0,
    "one conversation": 200.0,
    "one ticket": 200.0,
}  # ms at the 95th percentile
LIVE_GOAL = 1.0  # s


def percentile(values: Iterable[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


def table(timed: list[Timed], load: Load | None, *, consoles: int, counted: str) -> str:
    lines = [
        "# Figures of the console",
        "",
        f"Written by `make bench-console` on {datetime.now(UTC):%Y-%m-%d}: {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, PostgreSQL 15 (512 MB of shared buffers, fsync on) "
        f"on the same machine, {counted}.",
        "",
        "## Screens",
        "",
        "Each question is asked through the same code as the page asks it (session check, queries, "
        "rows as objects), one after the other, warm; drawing is not in it. p95 over all questions "
        "of a screen, and the slowest single question.",
        "",
        "| screen | goal, p95 | p50 | p95 | slowest question | its p95 |",
        "|---|---|---|---|---|---|",
    ]
    for screen, goal in GOALS.items():
        mine = [each for each in timed if each.screen == screen]
        every = [time for each in mine for time in each.times]
        worst = max(mine, key=lambda each: percentile(each.times, 0.95))
        lines.append(
            f"| {screen} | < {goal:.0f} ms | {percentile(every, 0.5):.0f} ms "
            f"| {percentile(every, 0.95):.0f} ms | {worst.question} "
            f"| {percentile(worst.times, 0.95):.0f} ms |"
        )
    lines += ["", _board(timed)]
    lines += ["", f"{sum(len(each.times) for each in timed)} questions of {len(timed)} kinds."]
    if load is not None:
        lines += ["", *_live(load, consoles)]
    return "\n".join(lines) + "\n"


def _board(timed: list[Timed]) -> str:
    anew, kept = (
        percentile(
            next(t for t in timed if (t.screen, t.question) == (BOARD, question)).times, 0.95
        )
        for question in ("all anew", "nothing new")
    )
    return (
        f"The {HELD + QUEUED} conversations that are with people are asked for once and shared by "
        f"all lists: p95 {kept:.0f} ms while nothing changed (this is in the inbox's figures), "
        f"{anew:.0f} ms for the first page after the console started."
    )


def _live(load: Load, consoles: int) -> list[str]:
    lines = [
        "## Many at once",
        "",
        f"{consoles} operators with a conversation open each, {RATE:.0f} messages a second for "
        f"{load.seconds:.0f} s through the real gateway to conversations that these operators "
        "hold. Gateway, worker and console are one process each; Rasa is not asked, since people "
        "hold the conversations. The pages are clients without a browser that speak the console's "
        "websocket: the time ends when a page's data arrive. The load runs on the same cores.",
        "",
        "| figure | goal | measured |",
        "|---|---|---|",
        f"| messages sent / refused | none lost | {load.sent} / {load.refused} |",
        _delay("… stored and acknowledged by the gateway", load.stored, "–"),
        _delay("new message in the open conversation", load.in_conversation, "p95 < 1 s"),
        f"| … never shown there | none | {load.never_in_conversation} |",
        _delay("new message in the owner's list", load.in_list, "–"),
        f"| sent to all pages | – | {load.frames:.0f} updates/s, {load.kilobytes:.0f} kB/s |",
    ]
    for name, share in load.cpu.items():
        lines.append(
            f"| {name}: CPU, memory (PSS) | – | {share:.0%} of a core, {load.memory[name]:.0f} MB |"
        )
    return lines


def _delay(label: str, delays: list[float], goal: str) -> str:
    middle, most, all_ = (percentile(delays, share) for share in (0.5, 0.95, 1.0))
    return (
        f"| {label}, p50 / p95 / most | {goal} | {middle:.2f} / {most:.2f} / {all_:.2f} s "
        f"({len(delays)}) |"
    )


def slowest(timed: list[Timed]) -> str:
    """Every question, the slowest first: to find what to improve."""
    rows = sorted(timed, key=lambda each: -percentile(each.times, 0.95))
    return "\n".join(
        f"{percentile(r.times, 0.95):8.1f} {percentile(r.times, 0.5):8.1f} ms  "
        f"{r.screen}: {r.question}"
        for r in rows
    )
