"""What is counted. A `Reading` is what a pipeline made of one text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sklearn.metrics import f1_score

from benchmarks.nlu.sets import Utterance, kinds

SURE = 0.8
HARMLESS = {"smalltalk", "unclear"}
ABUSIVE = 43
DOUBT = {"nlu_fallback", "ambiguous_kind"}


@dataclass(frozen=True)
class Reading:
    """`label` and `confidence` are the best guess; `decided` is the intent that was answered."""

    label: str
    confidence: float
    decided: str = ""
    entities: tuple[dict[str, Any], ...] = field(default=())

    @classmethod
    def of(cls, parse: dict[str, Any]) -> Reading:
        """Read Rasa's parse; the names that stand for doubt are skipped for the best guess."""
        ranking = [one for one in parse.get("intent_ranking", []) if one["name"] not in DOUBT]
        best = ranking[0] if ranking else {"name": "", "confidence": 0.0}
        decided = (parse.get("intent") or {}).get("name") or ""
        label = str(best.get("label", best["name"]))
        return cls(label, float(best["confidence"]), decided, tuple(parse.get("entities", ())))

    @property
    def name(self) -> str:
        return self.label.partition("/")[0]

    @property
    def kind(self) -> str:
        return kinds().get(self.name, "unclear")

    @property
    def service(self) -> str | None:
        return next((e["value"] for e in self.entities if e["entity"] == "service"), None)


Read = Callable[[str], Reading]


def error(labels: Sequence[str], read: Sequence[str]) -> float:
    return float(np.mean([a != b for a, b in zip(labels, read, strict=True)]))


@dataclass
class OnTestSet:
    """Shares between 0 and 1; `lost` and `unfiled` are the texts themselves."""

    name_f1: float
    label_f1: float
    kind: float
    phenomenon: tuple[int, float]
    service: float
    sure: float
    sure_right: float
    sure_label_right: float
    lost: list[str]
    unfiled: list[str]
    by_intent: dict[str, float]


def on_test_set(utterances: Sequence[Utterance], readings: Sequence[Reading]) -> OnTestSet:
    pairs = list(zip(utterances, readings, strict=True))
    right = np.array([r.kind == kinds()[u.name] for u, r in pairs])
    names = np.array([r.name == u.name for u, r in pairs])
    labels = np.array([r.label == u.label for u, r in pairs])
    sure = np.array([r.confidence >= SURE for _, r in pairs])
    by_phenomenon: dict[int, list[bool]] = defaultdict(list)
    for (utterance, _), good in zip(pairs, right, strict=True):
        for number in utterance.phenomena:
            by_phenomenon[number].append(bool(good))
    worst = min(by_phenomenon, key=lambda number: float(np.mean(by_phenomenon[number])))
    complaints = [(u, r) for u, r in pairs if u.name == "complaint"]
    true_names = [u.name for u in utterances]
    read_names = [r.name for r in readings]
    distinct = sorted(set(true_names))
    each = f1_score(true_names, read_names, labels=distinct, average=None, zero_division=0)
    return OnTestSet(
        name_f1=float(np.mean(each)),
        label_f1=float(
            f1_score([u.label for u in utterances], [r.label for r in readings], average="macro")
        ),
        kind=float(right.mean()),
        phenomenon=(worst, float(np.mean(by_phenomenon[worst]))),
        service=float(np.mean([r.service == u.service for u, r in pairs])),
        sure=float(sure.mean()),
        sure_right=float(names[sure].mean()),
        sure_label_right=float(labels[sure].mean()),
        lost=[u.text for u, r in complaints if r.kind in HARMLESS and r.confidence >= SURE],
        unfiled=[u.text for u, r in complaints if ABUSIVE in u.phenomena and r.kind in HARMLESS],
        by_intent=dict(zip(distinct, map(float, each), strict=True)),
    )


def same_when_sure(pairs: Sequence[tuple[Reading, Reading]]) -> tuple[float, int]:
    """Return the share with one intent among pairs where either is sure, and their number."""
    counted = [(a, b) for a, b in pairs if max(a.confidence, b.confidence) >= SURE]
    same = [a.decided == b.decided for a, b in counted]
    return (float(np.mean(same)) if same else float("nan")), len(counted)


def same(pairs: Sequence[tuple[Reading, Reading]]) -> float:
    return float(np.mean([a.decided == b.decided for a, b in pairs]))


def words(text: str) -> int:
    return len(re.findall(r"\w+", text))
