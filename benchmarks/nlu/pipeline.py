"""Trains and runs a Rasa NLU pipeline in this process, as Rasa's graph does."""

from __future__ import annotations

import importlib
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import yaml
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

OURS = Path(__file__).parents[2] / "config.yml"

STOCK: list[dict[str, Any]] = [
    {"name": "WhitespaceTokenizer"},
    {"name": "RegexFeaturizer"},
    {"name": "LexicalSyntacticFeaturizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
    {"name": "DIETClassifier", "epochs": 100, "constrain_similarities": True, "random_seed": 42},
]
"""What `rasa init` of 3.6.21 suggests, without what only answers (selector, fallback, synonyms)."""

FALLBACK: dict[str, Any] = {
    "name": "FallbackClassifier",
    "threshold": 0.3,
    "ambiguity_threshold": 0.1,
}
"""It decides too, where a decision is asked for and not only the best label."""


def ours() -> list[dict[str, Any]]:
    """Return the pipeline of `config.yml`."""
    return list(yaml.safe_load(OURS.read_text(encoding="utf-8"))["pipeline"])


class Pipeline:
    """A trained pipeline; `folder` holds what the components stored."""

    def __init__(self, components: Sequence[dict[str, Any]], labels: bool = True) -> None:
        """`labels` keeps "complaint/land" in two parts as Rasa reads it; else it is one name."""
        self._configs = components
        self._labels = labels
        self._loaded: list[Any] = []
        self.folder = Path(mkdtemp(prefix="wadul-nlu-"))

    def train(self, texts: Sequence[str], intents: Sequence[str]) -> Pipeline:
        data = TrainingData([self._example(t, i) for t, i in zip(texts, intents, strict=True)])
        storage = LocalModelStorage(self.folder)
        context = ExecutionContext(GraphSchema({}))
        for number, config in enumerate(self._configs):
            context.node_name = f"node{number}"
            kind = _class(config["name"])
            settings = {**kind.get_default_config(), **config}
            resource = Resource(context.node_name)
            component = kind.create(settings, storage, resource, context)
            if hasattr(component, "train"):
                component.train(data)
                component = kind.load(settings, storage, resource, context)
            if hasattr(component, "process_training_data"):
                data = component.process_training_data(data) or data
            self._loaded.append(component)
        return self

    def forget(self) -> None:
        """Delete what the components stored."""
        shutil.rmtree(self.folder)

    def read(self, text: str) -> Message:
        """Return the message after the last component."""
        message = Message({TEXT: text, "metadata": {}})
        for component in self._loaded:
            component.process([message])
        return message

    def labels_of(self, texts: Iterable[str]) -> list[str]:
        """Return each text's most likely label, without abstention."""
        return [self.ranking(text)[0]["label"] for text in texts]

    def ranking(self, text: str) -> list[dict[str, Any]]:
        """Return the ranking without the names that stand for doubt; each entry has a `label`."""
        found = [
            {**one, "label": one.get("label", one["name"])}
            for one in self.read(text).get("intent_ranking", [])
            if one["name"] not in {"nlu_fallback", "ambiguous_kind"}
        ]
        return found or [{"name": "", "label": "", "confidence": 0.0}]

    def _example(self, text: str, intent: str) -> Message:
        data: dict[str, Any] = {TEXT: text, INTENT: intent}
        if self._labels and "/" in intent:
            data |= {INTENT: intent.partition("/")[0], INTENT_RESPONSE_KEY: intent}
        return Message(data)


def _class(name: str) -> Any:
    if "." in name:
        module, _, kind = name.rpartition(".")
        return getattr(importlib.import_module(module), kind)
    importlib.import_module("rasa.engine.recipes.default_components")
    return DefaultV1Recipe._registered_components[name].clazz
