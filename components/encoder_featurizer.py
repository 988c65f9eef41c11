"""Dense features: the encoder's vectors of the normalised text.

A message that is to be read has only the first of them; the function that is set as `DEEPER`
computes the others, for where the first is not enough.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.encoder import LAYERS, shared_encoder
from components.message_reader import VIEW, MessageReader
from components.sources import sources_fingerprint

ORIGINS = [f"encoder layer {layer}" for layer in LAYERS]
DEEPER = "deeper"

# Rasa reads the annotations of components while it runs: its classes are imported in earnest.


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class EncoderFeaturizer(DenseFeaturizer, GraphComponent):
    """Loads the encoder when it is made: a missing or damaged model stops the server's start."""

    @classmethod
    def required_components(cls) -> list[type]:
        return [MessageReader]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return DenseFeaturizer.get_default_config()

    def __init__(self, config: dict[str, Any], name: str) -> None:
        super().__init__(name, {**self.get_default_config(), **config})
        self._encoder = shared_encoder()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> EncoderFeaturizer:
        return cls(config, execution_context.node_name)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        return sources_fingerprint()

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """There is nothing to choose."""

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        messages = [m for m in training_data.training_examples if m.get(TEXT)]
        vectors = self._encoder.embed([message.get(VIEW).normal for message in messages])
        for message, vector in zip(messages, vectors, strict=True):
            for origin, part in zip(ORIGINS, np.split(vector, len(ORIGINS)), strict=True):
                _add(message, origin, part)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            begun = self._encoder.begin(message.get(VIEW).normal)
            _add(message, ORIGINS[0], begun.first)
            message.set(DEEPER, begun.rest)
        return messages


def _add(message: Message, origin: str, vector: NDArray[np.float32]) -> None:
    message.add_features(Features(vector[None], FEATURE_TYPE_SENTENCE, TEXT, origin))
