"""Drops a service that is only mentioned: "jalan rusak padahal bayar pajak" is not about tax."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, INTENT
from rasa.shared.nlu.training_data.message import Message

SURE = 0.8

_PUBLIC_SPACE = {"roads_irrigation_drainage", "waste_environment"}

# Rasa reads the annotations of components while it runs: its classes are imported in earnest.


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class RelevantEntities(GraphComponent, EntityExtractorMixin):
    """Stands behind the classifier."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> RelevantEntities:
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            intent = message.get(INTENT) or {}
            kept = [one for one in message.get(ENTITIES, []) if is_relevant(one, intent)]
            message.set(ENTITIES, kept, add_to_output=True)
        return messages


def is_relevant(entity: dict[str, Any], intent: dict[str, Any]) -> bool:
    """Judge a service by the intent, if the classifier is sure of it; keep everything else."""
    if entity["entity"] != "service" or intent.get("confidence", 0) < SURE:
        return True
    name, _, detail = str(intent.get("label", "")).partition("/")
    if name == "complaint" and detail in _PUBLIC_SPACE:
        return bool(entity.get("category") == detail)
    return name != "skip"
