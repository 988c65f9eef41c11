"""Rasa without what it pays for nothing: the same answers, from the same files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasa.engine.exceptions import GraphComponentException
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema, SchemaNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components import lean

DASK = DaskGraphRunner.run


class Adds(GraphComponent):
    """Its name behind each of its words; an empty name fails."""

    def __init__(self, name: str) -> None:
        self._name = name

    @classmethod
    def create(cls, config: dict[str, Any], *_: Any, **__: Any) -> Adds:
        return cls(config["name"])

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"name": "?"}

    def add(self, left: str, right: str = "") -> str:
        if not self._name:
            raise ValueError("no name")
        return f"({left}{right}{self._name})"


def runner_of(folder: Path, **names: str) -> DaskGraphRunner:
    """begin → a → b, c → d, and e beside them."""
    needs = {
        "a": {"left": "begin"},
        "b": {"left": "a"},
        "c": {"left": "a"},
        "d": {"left": "c", "right": "b"},
        "e": {"left": "begin"},
    }
    nodes = {
        name: SchemaNode(
            needs=need,
            uses=Adds,
            constructor_name="create",
            fn="add",
            config={"name": names.get(name, name)},
            eager=True,
            is_target=name in "de",
        )
        for name, need in needs.items()
    }
    schema = GraphSchema(nodes)
    return DaskGraphRunner(schema, LocalModelStorage(folder), ExecutionContext(schema))


@pytest.fixture
def walked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DaskGraphRunner, "run", DASK)  # put back afterwards
    lean.walk_the_graph()


@pytest.mark.parametrize("targets", [["d"], ["e"], ["b", "d"], None])
def test_walking_answers_as_dask_does(
    tmp_path: Path, walked: None, targets: list[str] | None
) -> None:
    runner = runner_of(tmp_path)
    for said in ("x", "y"):
        inputs = {"begin": said}
        assert runner.run(inputs, targets) == DASK(runner, inputs, targets)
    assert runner.run({"begin": "x"}, ["d"]) == {"d": "(((xa)c)((xa)b)d)"}


def test_a_component_that_fails_is_told_as_dask_tells_it(tmp_path: Path, walked: None) -> None:
    with pytest.raises(GraphComponentException):
        runner_of(tmp_path, c="").run({"begin": "x"}, ["d"])


def test_merged_data_are_all_there_and_leave_their_sources_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from rasa.shared.nlu.training_data import training_data

    monkeypatch.setattr(training_data, "copy", training_data.copy)  # put back afterwards
    lean.merge_without_copies()
    parts = [
        TrainingData([Message({TEXT: text, INTENT: "greet"})], responses={text: [{"text": text}]})
        for text in ("halo", "hai", "pagi")
    ]
    merged = parts[0].merge(*parts[1:])
    assert [m.get(TEXT) for m in merged.training_examples] == ["halo", "hai", "pagi"]
    assert set(merged.responses) == {"halo", "hai", "pagi"}
    assert [len(part.training_examples) for part in parts] == [1, 1, 1]
    assert [set(part.responses) for part in parts] == [{"halo"}, {"hai"}, {"pagi"}]
