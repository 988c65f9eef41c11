"""The table of `docs/nlu-figures.md`."""

from __future__ import annotations

import os
import platform
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from benchmarks.nlu.figures import TOKENS

if TYPE_CHECKING:
    from benchmarks.nlu.figures import Figures
    from benchmarks.nlu.measures import OnTestSet
    from benchmarks.nlu.stock import Beside

Row = tuple[str, str, str, str]
"""What is measured, stock, here, goal."""


def table(rows: list[Row], beside: Beside | None) -> str:
    day = datetime.now(timezone.utc).date().isoformat()
    lines = [
        "# Figures of the language model",
        "",
        f"Written by `make bench-nlu` on {day}: one run, {os.cpu_count()} cores, Python "
        f"{platform.python_version()}. Stock is Rasa 3.6.21 with the pipeline that",
        "`rasa init` suggests, trained on the same data; its errors on the public sets are those of the",
        "project's benchmark, measured again in brackets.",
        "",
        "| measure | stock | here | goal |",
        "|---|---|---|---|",
        *(f"| {' | '.join(row)} |" for row in rows),
        "",
        *(beside_stock(beside) if beside else []),
    ]
    return "\n".join(lines)


def on_our_data(found: Figures) -> list[tuple[str, str, str]]:
    """Return what is measured, the figure and the goal."""
    test = found.test
    rows = [
        ("intent macro-F1", f"{test.name_f1:.3f}", "≥ .93"),
        ("… with category and aspect, macro-F1", f"{test.label_f1:.3f}", ""),
        ("kind accuracy", f"{test.kind:.3f}", "≥ .97"),
        (
            "worst phenomenon (its number), kind accuracy",
            f"{test.phenomenon[1]:.2f} ({test.phenomenon[0]})",
            "≥ .85",
        ),
        ("service named right, or rightly none", f"{test.service:.3f}", "≥ .96"),
        ("answered with confidence ≥ .8", f"{test.sure:.2f}", ""),
        (
            "… of these right: intent / with category",
            f"{test.sure_right:.3f} / {test.sure_label_right:.3f}",
            "≥ .95",
        ),
        (
            "complaints surely taken for small talk, spam or out of scope",
            str(len(test.lost)),
            "0",
        ),
        ("abusive complaints that are not filed", str(len(test.unfiled)), "0"),
        ("weakest intents, F1", _weakest(test), ""),
    ]
    if found.stif:
        share, pairs = found.stif
        same = "stif: same intent, of the pairs with one ≥ .8"
        rows.append((same, f"{share:.3f} of {pairs}", "≥ .95"))
    for language, share in found.nusax.items():
        rows.append((f"nusax, {language}: same prediction as Indonesian", f"{share:.3f}", "≥ .90"))
    p50, p95 = found.milliseconds
    label = f"time per message, {TOKENS} tokens, one core, p50 / p95 ({found.timed} messages)"
    rows.append((label, f"{p50:.1f} / {p95:.1f} ms", "≤ 8 / ≤ 25 ms"))
    return rows


def beside_stock(found: Beside) -> list[str]:
    """Return the section with both systems after the same training."""
    both = zip(on_our_data(found.stock.figures), on_our_data(found.ours.figures), strict=True)
    rows = [(label, theirs, mine) for (label, theirs, _), (_, mine, _) in both]
    seconds = (f"{one.training:.0f} s" for one in (found.stock, found.ours))
    return [
        "## Beside stock on a part of our data",
        "",
        f"Both were trained on the same {found.examples} sentences, every {found.every}th one of each label:",
        f"stock would take hours for all of them. Measured on {found.day}, stored in `benchmarks/nlu/stock.json`.",
        "",
        "| measure, on the whole test set | stock | here |",
        "|---|---|---|",
        *(f"| {' | '.join(row)} |" for row in rows),
        f"| training, processor time | {' | '.join(seconds)} |",
        "",
    ]


def _weakest(test: OnTestSet) -> str:
    weakest = sorted(test.by_intent.items(), key=lambda item: item[1])[:5]
    return ", ".join(f"{name} {value:.2f}" for name, value in weakest)
