"""The trained model against the held-out utterances, through `wadul nlu classify`.

One run of the tool answers everything; `floors.yml` says what it must reach, and what the goal is.
A measure that falls below its floor has got worse: improve the data or the model, not the floor.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from wadul.cli.nlu import classify
from wadul.core.kinds import kind_of
from wadul.settings import Settings
from wadul.training.metrics import Row, measure

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]  # a missing model is trained

HERE = Path(__file__).parent
TEST_SET = HERE.parent
NOT_TOPICS = {"labels.yml", "robustness.yml"}
FLOORS: dict[str, Any] = yaml.safe_load((HERE / "floors.yml").read_text(encoding="utf-8"))
SURE: float = FLOORS["sure"]
HARMLESS = {"smalltalk", "unclear"}
ABUSE = 43


@dataclass(frozen=True)
class Answer:
    """An utterance, and what the tool made of it."""

    text: str
    label: str
    phenomena: frozenset[int]
    service: str | None
    got: dict[str, Any]

    @property
    def intent(self) -> str:
        return self.label.partition("/")[0]

    @property
    def got_intent(self) -> str:
        return str(self.got["intent"]).partition("/")[0]

    @property
    def kind_is_right(self) -> bool:
        return bool(self.got["kind"] == kind_of(self.label))

    @property
    def sure(self) -> bool:
        return bool(self.got["confidence"] >= SURE)

    @property
    def lost(self) -> bool:
        """A complaint that the office would not see."""
        return kind_of(self.label) == "complaint" and self.got["kind"] in HARMLESS


def _utterances() -> list[dict[str, Any]]:
    paths = [path for path in sorted(TEST_SET.glob("*.yml")) if path.name not in NOT_TOPICS]
    return [
        row
        for path in paths
        for row in yaml.safe_load(path.read_text(encoding="utf-8"))["utterances"]
    ]


def _robustness() -> list[dict[str, Any]]:
    path = TEST_SET / "robustness.yml"
    inputs: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))["inputs"]
    return inputs


@cache
def everything() -> tuple[tuple[Answer, ...], dict[str, dict[str, Any]]]:
    """Ask the tool once for all: the utterances in order, then the robustness inputs by name."""
    rows, odd = _utterances(), _robustness()
    texts = [row["text"] for row in rows] + [row["text"] * row.get("repeat", 1) for row in odd]
    results = list(classify(Settings(), texts))
    assert [each["text"] for each in results] == texts
    answers = tuple(
        Answer(row["text"], row["label"], frozenset(row["phenomena"]), row.get("service"), got)
        for row, got in zip(rows, results, strict=False)
    )
    named = {row["name"]: got for row, got in zip(odd, results[len(rows) :], strict=True)}
    return answers, named


def answers() -> tuple[Answer, ...]:
    return everything()[0]


def share(values: Iterator[bool]) -> float:
    listed = list(values)
    return sum(listed) / len(listed)


@cache
def f1_by_intent() -> dict[str, float]:
    rows = [Row(a.text, a.intent, a.got_intent, 1.0) for a in answers()]
    return {name: each.f1 for name, each in measure(rows).per_label.items() if each.support}


MEASURES = {
    "intent_macro_f1": lambda: math.fsum(f1_by_intent().values()) / len(f1_by_intent()),
    "kind_accuracy": lambda: share(a.kind_is_right for a in answers()),
    "service_accuracy": lambda: share(a.got["service"] == a.service for a in answers()),
    "answered_surely": lambda: share(a.sure for a in answers()),
    "sure_intent_right": lambda: share(a.got_intent == a.intent for a in answers() if a.sure),
    "sure_label_right": lambda: share(a.got["intent"] == a.label for a in answers() if a.sure),
    "complaint_recall": lambda: share(
        a.kind_is_right for a in answers() if kind_of(a.label) == "complaint"
    ),
    "emergency_recall": lambda: share(
        a.kind_is_right for a in answers() if kind_of(a.label) == "emergency"
    ),
}


def test_every_measure_and_every_intent_has_a_floor() -> None:
    assert set(FLOORS["measures"]) == set(MEASURES)
    assert set(FLOORS["intents"]) == {row["label"].partition("/")[0] for row in _utterances()}


@pytest.mark.parametrize("name", sorted(MEASURES))
def test_measure(name: str) -> None:
    reached = MEASURES[name]()
    assert reached >= FLOORS["measures"][name]["floor"], f"{name}: {reached:.4f}"


def _confusions(intent: str) -> list[str]:
    return [
        f"{a.label} → {a.got['intent']} ({a.got['confidence']:.2f}): {a.text[:90]!r}"
        for a in answers()
        if intent in (a.intent, a.got_intent) and a.intent != a.got_intent
    ]


@pytest.mark.parametrize("intent", sorted(FLOORS["intents"]))
def test_intent(intent: str) -> None:
    reached = f1_by_intent()[intent]
    assert reached >= FLOORS["intents"][intent], f"{reached:.4f}: {_confusions(intent)}"


@cache
def by_phenomenon() -> dict[int, list[Answer]]:
    groups: dict[int, list[Answer]] = defaultdict(list)
    for answer in answers():
        for number in answer.phenomena:
            groups[number].append(answer)
    return groups


@pytest.mark.parametrize("number", sorted({n for row in _utterances() for n in row["phenomena"]}))
def test_phenomenon(number: int) -> None:
    group = by_phenomenon()[number]
    reached = share(a.kind_is_right for a in group)
    floors = FLOORS["phenomena"]
    wrong = [
        f"{a.label} → {a.got['intent']}: {a.text[:90]!r}" for a in group if not a.kind_is_right
    ]
    assert reached >= floors.get(number, floors["every"]), f"{reached:.4f}: {wrong}"


def test_no_complaint_is_surely_lost() -> None:
    assert [(a.text, a.got["intent"]) for a in answers() if a.lost and a.sure] == []


def test_every_abusive_complaint_is_filed() -> None:
    assert [(a.text, a.got["intent"]) for a in answers() if a.lost and ABUSE in a.phenomena] == []


@pytest.mark.parametrize("name", [row["name"] for row in _robustness()])
def test_what_says_nothing_is_no_sure_complaint(name: str) -> None:
    got = everything()[1][name]
    assert not (got["kind"] == "complaint" and got["confidence"] >= SURE), got
    assert 0 <= got["confidence"] <= 1
