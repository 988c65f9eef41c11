"""Accuracy, speed and memory of the language model beside stock Rasa (`make bench-nlu`).

One run, one table, written to `docs/nlu-figures.md`. Stock is Rasa 3.6.21 with the pipeline that
`rasa init` suggests, trained on the same data. On our data that takes hours: its figures there are those that `--stock`
measured and stored last, if they still fit. `--without-stock` leaves it out altogether. Public sets
are read from ../shared/benchmarks; where the folder is absent they are skipped with a message.
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

import numpy as np

from benchmarks.nlu import measures, server, sets, stock
from benchmarks.nlu.figures import TOKENS, Figures, measure
from benchmarks.nlu.measures import OnTestSet, Reading
from benchmarks.nlu.pipeline import STOCK, Pipeline, ours
from benchmarks.nlu.stock import Stock
from components.encoder import shared_encoder

REPORT = sets.ROOT / "docs" / "nlu-figures.md"
Row = tuple[str, str, str, str]


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.nlu", description=__doc__)
    parser.add_argument("--without-stock", action="store_true")
    parser.add_argument("--stock", action="store_true", help="train it on our data too: hours")
    options = parser.parse_args()
    public = sets.PUBLIC.is_dir()
    if not public:
        say(f"{sets.PUBLIC} is absent: the public sets are skipped.")
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="wadul-bench-") as name:
        folder = Path(name)
        rows += on_public_intents(not options.without_stock) if public else []
        say("training the model twice …")
        model, seconds = server.train(folder, "one")
        again, _ = server.train(folder, "two")
        served = server.Served(model)
        other = None if options.without_stock else of_stock(anew=options.stock)
        say("our test set, and parallel texts …")
        read = lambda text: Reading.of(served.parse(text))  # noqa: E731
        rows += beside(measure(read, shared_encoder().forget), other)
        twice = "yes" if server.fingerprint(model) == server.fingerprint(again) else "NO"
        stocks = f"{other.training / 60:.0f} min of processor time" if other else "–"
        rows.append(("training, all data, from nothing", stocks, f"{seconds:.0f} s", "≤ 90 s"))
        rows.append(("the same model twice from the same data", "–", twice, "yes"))
        say("starting the server …")
        said = [u.text for u in sets.test_set()][::3]
        pss, rss = server.memory_of_server(model, folder, said)
        rows.append(
            (
                f"memory of the Rasa server after {len(said)} answers, PSS / RSS",
                "– / 1.37 GB",
                f"{pss:.2f} / {rss:.2f} GB",
                "≤ 0.95 GB",
            )
        )
    text = table(rows, other)
    print(text)
    REPORT.write_text(text, encoding="utf-8")


def on_public_intents(with_stock: bool) -> list[Row]:
    """One pipeline with the same settings for all four sets."""
    rows: list[Row] = []
    ratios = []
    today = {"xsid_id": 0.106, "billhubs": 0.246, "mujahidalmutaz": 0.126, "ifnfadillah": 0.084}
    for name in sets.INTENT_SETS:
        texts, labels = sets.intents(name, "train")
        asked, right = sets.intents(name, "test")
        say(f"{name} …")
        mine = measures.error(right, _labels(ours(), texts, labels, asked))
        other = measures.error(right, _labels(STOCK, texts, labels, asked)) if with_stock else None
        ratios.append(mine / today[name])
        shown = f"{today[name]:.3f}" + (f" (here {other:.3f})" if other is not None else "")
        goal = f"≤ {today[name] * 0.85:.3f}"
        rows.append((f"error on {name}", shown, f"{mine:.3f} (× {ratios[-1]:.2f})", goal))
    rows.append(("mean ratio to stock's error", "1.00", f"{np.mean(ratios):.2f}", "≤ 0.50"))
    return rows


def _labels(
    components: list[dict], texts: list[str], labels: list[str], asked: list[str]
) -> list[str]:  # type: ignore[type-arg]
    pipeline = Pipeline(components, labels=False).train(texts, labels)
    read = pipeline.labels_of(asked)
    pipeline.forget()
    return read


def of_stock(*, anew: bool) -> Stock | None:
    """None where it was not measured with today's data and is not to be."""
    if anew:
        say("stock on our data (hours) …")
        return stock.measured()
    return stock.stored()


def beside(mine: Figures, other: Stock | None) -> list[Row]:
    """Rows with a figure of both systems; `other` is stock."""

    def both(show: Callable[[Figures], str]) -> tuple[str, str]:
        return (show(other.figures) if other else "–"), show(mine)

    def row(label: str, show: Callable[[OnTestSet], str], goal: str = "") -> Row:
        return (label, *both(lambda figures: show(figures.test)), goal)

    rows: list[Row] = [
        row(
            f"our test set ({len(sets.test_set())}): intent macro-F1",
            lambda s: f"{s.name_f1:.3f}",
            "≥ .93",
        ),
        row("… with category and aspect, macro-F1", lambda s: f"{s.label_f1:.3f}"),
        row("kind accuracy", lambda s: f"{s.kind:.3f}", "≥ .97"),
        row(
            "worst phenomenon (its number), kind accuracy",
            lambda s: f"{s.phenomenon[1]:.2f} ({s.phenomenon[0]})",
            "≥ .85",
        ),
        ("service named right, or rightly none", "–", f"{mine.test.service:.3f}", "≥ .96"),
        row("answered with confidence ≥ .8", lambda s: f"{s.sure:.2f}"),
        row(
            "… of these right: intent / with category",
            lambda s: f"{s.sure_right:.3f} / {s.sure_label_right:.3f}",
            "≥ .95",
        ),
        row(
            "complaints surely taken for small talk, spam or out of scope",
            lambda s: str(len(s.lost)),
            "0",
        ),
        row("abusive complaints that are not filed", lambda s: str(len(s.unfiled)), "0"),
        row("weakest intents, F1", _weakest),
    ]
    if mine.stif:
        same = "stif: same intent, of the pairs with one ≥ .8"
        rows.append((same, *both(_stif), "≥ .95"))
    for language in mine.nusax:
        label = f"nusax, {language}: same prediction as Indonesian"
        rows.append((label, *both(lambda f, name=language: f"{f.nusax[name]:.3f}"), "≥ .90"))  # type: ignore[misc]
    label = f"time per message, {TOKENS} tokens, one core, p50 / p95 ({mine.timed} messages)"
    rows.append((label, *both(_times), "≤ 8 / ≤ 25 ms"))
    for text in (*mine.test.lost, *mine.test.unfiled):
        say(f"lost complaint: {text[:90]}")
    return rows


def _weakest(test: OnTestSet) -> str:
    weakest = sorted(test.by_intent.items(), key=lambda item: item[1])[:5]
    return ", ".join(f"{name} {value:.2f}" for name, value in weakest)


def _stif(figures: Figures) -> str:
    share, pairs = figures.stif or (float("nan"), 0)
    return f"{share:.3f} of {pairs}"


def _times(figures: Figures) -> str:
    p50, p95 = figures.milliseconds
    return f"{p50:.1f} / {p95:.1f} ms"


def table(rows: list[Row], other: Stock | None) -> str:
    day = datetime.now(timezone.utc).date().isoformat()
    lines = [
        "# Figures of the language model",
        "",
        f"Written by `make bench-nlu` on {day}: one run, {os.cpu_count()} cores, Python "
        f"{platform.python_version()}. Stock is Rasa 3.6.21 with the pipeline that `rasa init` suggests,",
        "trained on the same data; its errors on the public sets are those of the project's benchmark,",
        "measured again in brackets.",
        *([_about(other)] if other else []),
        "",
        "| measure | stock | here | goal |",
        "|---|---|---|---|",
        *(f"| {' | '.join(row)} |" for row in rows),
        "",
    ]
    return "\n".join(lines)


def _about(other: Stock) -> str:
    return (
        f"On our data it was measured on {other.day}, once for this data: it learns full labels, and "
        "decides with its\nFallbackClassifier (0.3, 0.1)."
    )


def say(text: str) -> None:
    print(f"bench-nlu: {text}", flush=True)


if __name__ == "__main__":
    main()
