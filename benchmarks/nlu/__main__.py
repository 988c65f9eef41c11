"""Accuracy, speed and memory of the language model beside stock Rasa (`make bench-nlu`).

One run, one table, written to `docs/nlu-figures.md`. Stock is Rasa 3.6.21 with the pipeline that
`rasa init` suggests, trained on the same data. `--without-stock` leaves it out (it takes most of
the time). Public sets are read from ../shared/benchmarks; where the folder is absent they are
skipped with a message.
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
import time
from datetime import datetime, timezone
from pathlib import Path

import numpy as np

from benchmarks.nlu import measures, server, sets
from benchmarks.nlu.measures import OnTestSet, Reading
from benchmarks.nlu.pipeline import STOCK, Pipeline, ours

REPORT = sets.ROOT / "docs" / "nlu-figures.md"
TOKENS = 15
STIF_PAIRS = 2_499
Row = tuple[str, str, str, str]


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.nlu", description=__doc__)
    parser.add_argument("--without-stock", action="store_true")
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
        stock = None if options.without_stock else on_stock()
        rows += on_our_test_set(served, stock)
        rows += on_parallel_texts(served) if public else []
        rows += speed(served)
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
    text = table(rows)
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
        stock = measures.error(right, _labels(STOCK, texts, labels, asked)) if with_stock else None
        ratios.append(mine / today[name])
        shown = f"{today[name]:.3f}" + (f" (here {stock:.3f})" if stock is not None else "")
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


def on_stock() -> OnTestSet:
    say("stock on our data (some minutes) …")
    pipeline = Pipeline(STOCK, labels=False).train(*sets.examples())
    utterances = sets.test_set()
    readings = [
        Reading(r["label"], r["confidence"])
        for r in (pipeline.ranking(u.text)[0] for u in utterances)
    ]
    pipeline.forget()
    return measures.on_test_set(utterances, readings)


def on_our_test_set(served: server.Served, stock: OnTestSet | None) -> list[Row]:
    say("our test set …")
    utterances = sets.test_set()
    mine = measures.on_test_set(utterances, [Reading.of(served.parse(u.text)) for u in utterances])

    def beside(show: object) -> tuple[str, str]:
        return (show(stock) if stock else "–"), show(mine)  # type: ignore[operator]

    rows = [
        (
            f"our test set ({len(utterances)}): intent macro-F1",
            *beside(lambda s: f"{s.name_f1:.3f}"),
            "≥ .93",
        ),
        ("… with category and aspect, macro-F1", *beside(lambda s: f"{s.label_f1:.3f}"), ""),
        ("kind accuracy", *beside(lambda s: f"{s.kind:.3f}"), "≥ .97"),
        (
            "worst phenomenon (its number), kind accuracy",
            *beside(lambda s: f"{s.phenomenon[1]:.2f} ({s.phenomenon[0]})"),
            "≥ .85",
        ),
        ("service named right, or rightly none", "–", f"{mine.service:.3f}", "≥ .96"),
        ("answered with confidence ≥ .8", *beside(lambda s: f"{s.sure:.2f}"), ""),
        (
            "… of these right: intent / with category",
            *beside(lambda s: f"{s.sure_right:.3f} / {s.sure_label_right:.3f}"),
            "≥ .95",
        ),
        (
            "complaints surely taken for small talk, spam or out of scope",
            *beside(lambda s: str(len(s.lost))),
            "0",
        ),
        ("abusive complaints that are not filed", *beside(lambda s: str(len(s.unfiled))), "0"),
    ]
    weakest = sorted(mine.by_intent.items(), key=lambda item: item[1])[:5]
    rows.append(("weakest intents, F1", "", ", ".join(f"{n} {v:.2f}" for n, v in weakest), ""))
    for text in (*mine.lost, *mine.unfiled):
        say(f"lost complaint: {text[:90]}")
    return rows


def on_parallel_texts(served: server.Served) -> list[Row]:
    say("informal and formal pairs …")
    cache: dict[str, Reading] = {}

    def read(text: str) -> Reading:
        if text not in cache:
            cache[text] = Reading.of(served.parse(text))
        return cache[text]

    share, counted = measures.same_when_sure(
        [(read(a), read(b)) for a, b in sets.informal_pairs()[:STIF_PAIRS]]
    )
    rows = [(f"stif: same intent, of {counted} pairs with one ≥ .8", "–", f"{share:.3f}", "≥ .95")]
    say("Javanese and Sundanese …")
    indonesian = sets.parallel("indonesian")
    for language in ("javanese", "sundanese"):
        other = sets.parallel(language)
        pairs = [(read(indonesian[i]), read(other[i])) for i in indonesian if i in other]
        rows.append(
            (
                f"nusax, {language}: same prediction as Indonesian",
                "–",
                f"{measures.same(pairs):.3f}",
                "≥ .90",
            )
        )
    return rows


def speed(served: server.Served) -> list[Row]:
    """Time each test message of 15 encoder tokens once, with new words so that no cache helps."""
    from components.encoder import shared_encoder

    encoder = shared_encoder()
    texts = [u.text for u in sets.test_set()]
    chosen = [t for t in texts if abs(encoder.count(t) - TOKENS) <= 1]
    for text in chosen[:20]:
        served.parse(text + " ?")
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    times = []
    for text in chosen:
        encoder.forget()
        began = time.perf_counter()
        served.parse(text)
        times.append((time.perf_counter() - began) * 1e3)
    os.sched_setaffinity(0, before)
    p50, p95 = np.percentile(times, [50, 95])
    label = f"time per message, {TOKENS} tokens, one core, p50 / p95 ({len(chosen)} messages)"
    return [(label, "–", f"{p50:.1f} / {p95:.1f} ms", "≤ 8 / ≤ 25 ms")]


def table(rows: list[Row]) -> str:
    day = datetime.now(timezone.utc).date().isoformat()
    lines = [
        "# Figures of the language model",
        "",
        f"Written by `make bench-nlu` on {day}: one run, {os.cpu_count()} cores, Python "
        f"{platform.python_version()}. Stock is Rasa 3.6.21 with the pipeline that `rasa init` suggests,",
        "trained on the same data; its errors on the public sets are those of the project's benchmark,",
        "measured again in brackets.",
        "",
        "| measure | stock | here | goal |",
        "|---|---|---|---|",
        *(f"| {' | '.join(row)} |" for row in rows),
        "",
    ]
    return "\n".join(lines)


def say(text: str) -> None:
    print(f"bench-nlu: {text}", flush=True)


if __name__ == "__main__":
    main()
