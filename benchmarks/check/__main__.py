"""`make bench-check`: how long a trainer waits for `wadul nlu check`; writes docs/check-figures.md.

The project's own data, and the same with ten thousand more sentences, mixed from its words so that
each is different. The command runs as a trainer runs it, start of Python included.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from wadul.training import markup
from wadul.training.corpus import Corpus
from wadul.training.project import Project
from wadul.training.similarity import comparable

ROOT = Path(__file__).resolve().parents[2]
REPORT = ROOT / "docs" / "check-figures.md"
WADUL = Path(sys.executable).with_name("wadul")
MORE, RUNS, GOAL = 10_000, 3, 20.0  # sentences, runs, seconds


class Figures(NamedTuple):
    """`seconds`: the runs' median and their slowest."""

    name: str
    examples: int
    median: float
    slowest: float
    errors: int
    warnings: int


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="wadul-check-") as folder:
        project = _copied(Path(folder))
        figures = [_measured("the project's own data", project)]
        _write_more(project)
        figures.append(_measured(f"and {MORE:,} mixed sentences", project))
    text = _report(figures)
    REPORT.write_text(text, encoding="utf-8")
    print(text)
    if max(each.slowest for each in figures) > GOAL:
        raise SystemExit(f"slower than {GOAL:.0f} s")


def _copied(root: Path) -> Project:
    for name in ("data", "tests/nlu", "offices"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / "domain.yml", root)
    return Project(root, root / "offices", root / "models", root / "var")


def _write_more(project: Project) -> None:
    """Each label gets sentences of its own words, three to twelve at a time."""
    chance = random.Random(7)
    corpus = Corpus.load(project)
    words: dict[str, list[str]] = defaultdict(list)
    for example in corpus.examples:
        words[example.label] += comparable(example.text).split()
    known = set(corpus.by_words)
    made: dict[str, list[str]] = defaultdict(list)
    labels = sorted(words)
    while sum(map(len, made.values())) < MORE:
        label = labels[sum(map(len, made.values())) % len(labels)]
        sentence = " ".join(chance.choices(words[label], k=chance.randint(3, 12)))
        if sentence not in known:
            known.add(sentence)
            made[label].append(sentence)
    (project.nlu / "more.yml").write_text("".join(_blocks(made)), encoding="utf-8")


def _blocks(made: dict[str, list[str]]) -> Iterator[str]:
    yield 'version: "3.1"\nnlu:\n'
    for label, sentences in made.items():
        yield f"- intent: {label}\n  examples: |\n"
        yield from (f"    - {markup.escaped(sentence)}\n" for sentence in sentences)


def _measured(name: str, project: Project) -> Figures:
    seconds, told = [], {}
    for _ in range(RUNS):
        started = time.perf_counter()
        done = subprocess.run(
            [WADUL, "nlu", "check", "--json"],
            cwd=project.root,
            env=os.environ | {"WADUL_VAR_DIR": str(project.var)},
            capture_output=True,
            text=True,
        )
        seconds.append(time.perf_counter() - started)
        told = json.loads(done.stdout)
    examples = len(Corpus.load(project).examples)
    median, slowest = statistics.median(seconds), max(seconds)
    return Figures(name, examples, median, slowest, told["errors"], told["warnings"])


def _report(figures: list[Figures]) -> str:
    rows = "".join(
        f"| {each.name} | {each.examples:,} | {each.median:.1f} s | {each.slowest:.1f} s "
        f"| {each.errors} | {each.warnings} |\n"
        for each in figures
    )
    return (
        "# The check of the language data, measured\n\n"
        f"Written by `make bench-check`: `wadul nlu check --json`, {RUNS} runs, start of Python "
        f"included. Goal: under {GOAL:.0f} s for 10,000 examples.\n\n"
        "| data | examples | median | slowest | errors | warnings |\n|---|---|---|---|---|---|\n"
        f"{rows}\n"
        "Without `--full` and `--meaning`, which ask the Rasa environment and take longer.\n"
    )


if __name__ == "__main__":
    main()
