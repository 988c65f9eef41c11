from __future__ import annotations

from pathlib import Path

import yaml

from wadul.core.kinds import KIND_OF_INTENT, aspect_of, kind_of

TESTS, DATA = Path(__file__).parents[2], Path(__file__).parents[3] / "data"


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


def test_aspects() -> None:
    assert aspect_of("consultation/cost") == "cost"
    assert aspect_of("consultation/general") is None
    assert aspect_of("complaint/land") is None
