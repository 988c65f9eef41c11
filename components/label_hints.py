"""Adds one made-up example per intent: what its name means, in a resident's words."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.sources import sources_fingerprint

HINT = "is_hint"
GLOSSARY = Path(__file__).with_name("label_hints.yml")
_PART = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+")

# Rasa reads the annotations of components while it runs: its classes are imported in earnest.


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class LabelHints(GraphComponent):
    """Helps intents with few examples; intents whose name says nothing get no hint."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LabelHints:
        return cls()

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        return sources_fingerprint()

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        names = {
            (m.get(INTENT_RESPONSE_KEY) or m.get(INTENT)): m for m in training_data.intent_examples
        }
        for label, message in names.items():
            text = hint(label)
            if text:
                data = {TEXT: text, INTENT: message.get(INTENT), HINT: True}
                if message.get(INTENT_RESPONSE_KEY):
                    data[INTENT_RESPONSE_KEY] = label
                training_data.training_examples.append(Message(data=data))
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        return messages


def hint(label: str) -> str:
    """Return what the words of an intent's name mean, or "" when the glossary knows none."""
    parts = [part.lower() for part in _PART.findall(label)]
    return " ".join(_glossary()[part] for part in parts if part in _glossary())


@lru_cache(maxsize=1)
def _glossary() -> dict[str, str]:
    table = yaml.safe_load(GLOSSARY.read_text(encoding="utf-8"))
    return {str(word): str(meaning) for word, meaning in table.items()}
