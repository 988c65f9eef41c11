"""Accuracy, speed and memory of the language model beside stock Rasa (`make bench-nlu`).

One run, one table, written to `docs/nlu-figures.md`. Stock is Rasa 3.6.21 with the pipeline that
`rasa init` suggests. On our data that takes hours, so `--stock N` trains both on every Nth example
and stores what came out; other runs show what was stored, if it still fits. `--without-stock` leaves
stock out altogether. Public sets are read from ../shared/benchmarks; where the folder is absent they
are skipped with a message.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.nlu import measures, report, server, sets, stock
from benchmarks.nlu.figures import measure
from benchmarks.nlu.measures import Reading
from benchmarks.nlu.pipeline import STOCK, Pipeline, ours
from components.encoder import shared_encoder

REPORT = sets.ROOT / "docs" / "nlu-figures.md"


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.nlu", description=__doc__)
    parser.add_argument("--without-stock", action="store_true")
    parser.add_argument(
        "--stock",
        metavar="N",
        type=int,
        help="train stock and ours anew on every Nth example of ours; on all it takes hours",
    )
    options = parser.parse_args()
    public = sets.PUBLIC.is_dir()
    if not public:
        say(f"{sets.PUBLIC} is absent: the public sets are skipped.")
    rows: list[report.Row] = []
    with tempfile.TemporaryDirectory(prefix="wadul-bench-") as name:
        folder = Path(name)
        rows += on_public_intents(not options.without_stock) if public else []
        say("training the model twice …")
        model, seconds = server.train(folder, "one")
        again, _ = server.train(folder, "two")
        served = server.Served(model)
        say("our test set, and parallel texts …")
        read = lambda text: Reading.of(served.parse(text))  # noqa: E731
        found = measure(read, shared_encoder().forget)
        for text in (*found.test.lost, *found.test.unfiled):
            say(f"lost complaint: {text[:90]}")
        rows += [(label, "–", mine, goal) for label, mine, goal in report.on_our_data(found)]
        twice = "yes" if server.fingerprint(model) == server.fingerprint(again) else "NO"
        rows.append(("training, all data, from nothing", "–", f"{seconds:.0f} s", "≤ 90 s"))
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
    if options.stock:
        say("both on a part of our data …")
    beside = stock.measured(options.stock) if options.stock else stock.stored()
    text = report.table(rows, None if options.without_stock else beside)
    print(text)
    REPORT.write_text(text, encoding="utf-8")


def on_public_intents(with_stock: bool) -> list[report.Row]:
    """One pipeline with the same settings for all four sets."""
    rows: list[report.Row] = []
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


def say(text: str) -> None:
    print(f"bench-nlu: {text}", flush=True)


if __name__ == "__main__":
    main()
