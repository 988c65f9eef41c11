"""Gives each message its `view`: normalised, and as a frame with its entities replaced."""

from __future__ import annotations

import json
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.chat_features import look
from components.encoder import shared_encoder
from components.entity_extractor import FOUND, OfficeEntityExtractor
from components.normaliser import Normaliser, frequent_words
from components.sources import sources_fingerprint

VIEW = "view"

# Rasa reads the annotations of components while it runs: its classes are imported in earnest.


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class MessageReader(GraphComponent):
    """Needs the entities, so it stands behind the extractor."""

    @classmethod
    def required_components(cls) -> list[type]:
        return [OfficeEntityExtractor]

    def __init__(self, storage: ModelStorage, resource: Resource) -> None:
        self._storage = storage
        self._resource = resource
        self._normaliser = Normaliser.from_file(is_word=shared_encoder().is_word)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> MessageReader:
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> MessageReader:
        self = cls(model_storage, resource)
        with model_storage.read_from(resource) as folder:
            words = json.loads((folder / "words.json").read_text(encoding="utf-8"))
        self._normaliser.learn(words["frequent"])
        self._normaliser.meet(words["met"])
        return self

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        return sources_fingerprint()

    def train(self, training_data: TrainingData) -> Resource:
        texts = [m.get(TEXT) for m in training_data.training_examples if m.get(TEXT)]
        words = sorted(frequent_words(map(self._normaliser.normalise, texts)))
        self._normaliser.learn(words)
        # Read again with what was learned; a word of one example only is new to all the others.
        met = sorted(frequent_words(map(self._normaliser.normalise, texts), at_least=2))
        self._normaliser.meet(met)
        with self._storage.write_to(self._resource) as folder:
            stored = json.dumps({"frequent": words, "met": met}, ensure_ascii=False)
            (folder / "words.json").write_text(stored, encoding="utf-8")
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = message.get(TEXT) or ""
            message.set(VIEW, look(text, message.get(FOUND, []), self._normaliser))
        return messages
