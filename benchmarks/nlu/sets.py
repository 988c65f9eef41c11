"""The data that the benchmark reads: our examples, our test set, and the public sets."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.loading import load_data

ROOT = Path(__file__).resolve().parents[2]
PUBLIC = ROOT.parent / "shared" / "benchmarks"
INTENT_SETS = ("xsid_id", "billhubs", "mujahidalmutaz", "ifnfadillah")
NOT_TOPICS = {"labels.yml", "robustness.yml"}


@dataclass(frozen=True)
class Utterance:
    """One line of `tests/nlu`."""

    text: str
    label: str
    phenomena: tuple[int, ...]
    service: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.label.partition("/")[0]


def examples(every: int = 1) -> tuple[list[str], list[str]]:
    """Return texts and full labels of `data/nlu`, as Rasa reads them: each label's first example
    and then every `every`th.
    """
    texts, labels = [], []
    seen: Counter[str] = Counter()
    for message in load_data(str(ROOT / "data" / "nlu")).intent_examples:
        label = message.get(INTENT_RESPONSE_KEY) or message.get(INTENT)
        if seen[label] % every == 0:
            texts.append(message.get(TEXT))
            labels.append(label)
        seen[label] += 1
    return texts, labels


def test_set() -> list[Utterance]:
    """Return the held-out utterances."""
    paths = [p for p in sorted((ROOT / "tests" / "nlu").glob("*.yml")) if p.name not in NOT_TOPICS]
    rows = [row for path in paths for row in _load(path)["utterances"]]
    return [Utterance(r["text"], r["label"], tuple(r["phenomena"]), r.get("service")) for r in rows]


@lru_cache(maxsize=1)
def kinds() -> dict[str, str]:
    """Map the part of a label before the slash to its kind; doubt is "unclear"."""
    table = _load(ROOT / "tests" / "nlu" / "labels.yml")["labels"]
    return {label.partition("/")[0]: kind for label, kind in table.items()}


def intents(name: str, part: str) -> tuple[list[str], list[str]]:
    """Return texts and labels of one public intent set."""
    rows = _rows(PUBLIC / "intents" / f"{name}.{part}.csv")
    return [row["text"] for row in rows], [row["intent"] for row in rows]


def informal_pairs() -> list[tuple[str, str]]:
    """Return (informal, formal) sentences."""
    return [(row["informal"], row["formal"]) for row in _rows(PUBLIC / "stif.csv")]


def parallel(language: str) -> dict[str, str]:
    """Return the sentences of one NusaX language by their id."""
    return {row["id"]: row["text"] for row in _rows(PUBLIC / f"nusax_{language}.csv")}


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))
