from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from wadul.core.kinds import KIND_OF_INTENT, aspect_of, kind_of, meant
from wadul.training.labels import NEVER_TRAINED

TESTS, DATA = Path(__file__).parents[2], Path(__file__).parents[3] / "data"
COMPONENTS = Path(__file__).parents[3] / "components"


def test_the_test_set_and_the_tool_mean_the_same_kinds() -> None:
    labels = yaml.safe_load((TESTS / "nlu" / "labels.yml").read_text())["labels"]
    assert {label: kind_of(label) for label in labels} == labels


def test_every_intent_of_the_training_data_has_a_kind() -> None:
    intents = {
        entry["intent"].partition("/")[0]
        for file in (DATA / "nlu").glob("*.yml")
        for entry in yaml.safe_load(file.read_text())["nlu"]
    }
    assert intents <= set(KIND_OF_INTENT)


def test_the_classifier_learns_the_same_kinds() -> None:
    learned = yaml.safe_load((COMPONENTS / "kinds.yml").read_text())
    trained = {name: kind for name, kind in KIND_OF_INTENT.items() if name not in NEVER_TRAINED}
    assert learned == trained


def test_aspects() -> None:
    assert aspect_of("consultation/cost") == "cost"
    assert aspect_of("consultation/general") is None
    assert aspect_of("complaint/land") is None


def parsed(*ranking: tuple[str, float]) -> dict[str, Any]:
    rows = [
        {"name": label.partition("/")[0], "label": label, "confidence": c} for label, c in ranking
    ]
    return {"intent": rows[0], "intent_ranking": rows}


@pytest.mark.parametrize(
    ("parse", "expected"),
    [
        (parsed(("greet", 0.9), ("thanks", 0.1)), ("greet", 0.9)),
        (
            parsed(("ambiguous_kind", 0.9), ("complaint/land", 0.5), ("consultation/cost", 0.4)),
            ("complaint/land", 0.5),
        ),
        (
            parsed(("nlu_fallback", 0.75), ("greet", 0.25), ("thanks", 0.2), ("affirm", 0.2)),
            ("greet", 0.65),
        ),
        (
            parsed(("nlu_fallback", 0.8), ("complaint/land", 0.2), ("thanks", 0.2)),
            ("nlu_fallback", 0.8),
        ),
        (parsed(("nlu_fallback", 1.0)), ("nlu_fallback", 1.0)),
    ],
)
def test_what_doubt_stands_for(parse: dict[str, Any], expected: tuple[str, float]) -> None:
    label, chance = meant(parse)
    assert (label, pytest.approx(chance)) == expected
