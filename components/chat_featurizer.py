"""Sparse features: one TF-IDF vector per family of `chat_features`."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.sparse_featurizer.sparse_featurizer import SparseFeaturizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.chat_features import FAMILIES
from components.message_reader import VIEW, MessageReader
from components.sources import sources_fingerprint
from components.sparse import Tfidf

MANY_EXAMPLES = 1_000
"""From here on a feature that only one example has is left out: it teaches nothing."""

# Rasa reads the annotations of components while it runs: its classes are imported in earnest.


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class ChatFeaturizer(SparseFeaturizer, GraphComponent):
    """The origin of each `Features` is the name of its family."""

    @classmethod
    def required_components(cls) -> list[type]:
        return [MessageReader]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return SparseFeaturizer.get_default_config()

    def __init__(
        self, config: dict[str, Any], name: str, storage: ModelStorage, resource: Resource
    ) -> None:
        super().__init__(name, {**self.get_default_config(), **config})
        self._storage = storage
        self._resource = resource
        self._families: dict[str, Tfidf] = {}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ChatFeaturizer:
        return cls(config, execution_context.node_name, model_storage, resource)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        return sources_fingerprint()

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """There is nothing to choose."""

    def train(self, training_data: TrainingData) -> Resource:
        views = [m.get(VIEW) for m in training_data.training_examples if m.get(TEXT)]
        for name, family in FAMILIES.items():
            texts = [family(view) for view in views]
            if len(texts) >= MANY_EXAMPLES:
                texts = _without_singletons(texts)
            self._families[name] = Tfidf.fit(texts)
        with self._storage.write_to(self._resource) as folder:
            words = {name: one.vocabulary for name, one in self._families.items()}
            (folder / "words.json").write_text(
                json.dumps(words, ensure_ascii=False), encoding="utf-8"
            )
            np.savez(folder / "idf.npz", **{name: one.idf for name, one in self._families.items()})
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> ChatFeaturizer:
        self = cls(config, execution_context.node_name, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            words = json.loads((folder / "words.json").read_text(encoding="utf-8"))
            with np.load(folder / "idf.npz") as idf:
                self._families = {name: Tfidf(words[name], idf[name]) for name in words}
        return self

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process([m for m in training_data.training_examples if m.get(TEXT)])
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        for name, tfidf in self._families.items():
            for message in messages:
                row = tfidf.transform([FAMILIES[name](message.get(VIEW))])
                message.add_features(Features(row, FEATURE_TYPE_SENTENCE, TEXT, name))
        return messages


def _without_singletons(texts: list[list[str]]) -> list[list[str]]:
    counts = Counter(feature for text in texts for feature in set(text))
    return [[feature for feature in text if counts[feature] > 1] for text in texts]
