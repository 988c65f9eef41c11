"""Tells what a message wants, from the encoder's vectors and from words and characters.

Output on the message: `intent` = {name, label, confidence, alternatives}; `name` is the part of the
label before the slash, which the dialogue uses; `intent_ranking` has the same shape, best first.
"""

from __future__ import annotations

import json
from typing import Any, List

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.special import softmax

from components.encoder import Encoder
from components.sparse import Tfidf

FALLBACK = "nlu_fallback"
AMBIGUOUS = "ambiguous_kind"

# Rasa reads the annotations of components while it runs: its classes are imported in earnest.


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class FusedIntentClassifier(GraphComponent, IntentClassifier):
    """Logistic regression on both kinds of features, fused by their log probabilities."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`threshold`: under this confidence the intent is `nlu_fallback`."""
        return {"threshold": 0.3, "ambiguity": 0.2}

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._encoder = Encoder()
        self._labels: list[str] = []
        self._arrays: dict[str, Any] = {}
        self._tfidf: Tfidf | None = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> FusedIntentClassifier:
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        from sklearn.linear_model import LogisticRegression

        examples = [m for m in training_data.intent_examples if m.get(TEXT)]
        texts = [m.get(TEXT).lower() for m in examples]
        labels = [m.get(INTENT_RESPONSE_KEY) or m.get(INTENT) for m in examples]
        if len(set(labels)) < 2:
            return self._resource
        dense = self._encoder.embed(texts)
        self._tfidf = Tfidf.fit(texts)
        sparse = self._tfidf.transform(texts)
        mean, scale = dense.mean(0), dense.std(0) + 1e-6
        on_dense = LogisticRegression(C=0.3, max_iter=500).fit((dense - mean) / scale, labels)
        on_sparse = LogisticRegression(C=20, max_iter=500).fit(sparse, labels)
        self._labels = [str(label) for label in on_dense.classes_]
        self._arrays = {
            "mean": mean,
            "scale": scale,
            "dense": on_dense.coef_.astype(np.float32),
            "dense_bias": on_dense.intercept_,
            "sparse": on_sparse.coef_.astype(np.float32),
            "sparse_bias": on_sparse.intercept_,
            "idf": self._tfidf.idf,
        }
        with self._storage.write_to(self._resource) as folder:
            np.savez(folder / "arrays.npz", **self._arrays)
            words = {"labels": self._labels, "vocabulary": self._tfidf.vocabulary}
            (folder / "words.json").write_text(json.dumps(words), encoding="utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> FusedIntentClassifier:
        self = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            words = json.loads((folder / "words.json").read_text(encoding="utf-8"))
            with np.load(folder / "arrays.npz") as arrays:
                self._arrays = dict(arrays)
        self._labels = words["labels"]
        self._tfidf = Tfidf(words["vocabulary"], self._arrays["idf"])
        return self

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            self._classify(message)
        return messages

    def _classify(self, message: Message) -> None:
        text = (message.get(TEXT) or "").strip().lower()
        ranking: list[dict[str, Any]] = []
        if self._tfidf is not None and any(c.isalpha() for c in text):
            a = self._arrays
            dense = (self._encoder.embed([text])[0] - a["mean"]) / a["scale"]
            scores = a["dense"] @ dense + a["dense_bias"]
            scores = scores + self._tfidf.transform([text]) @ a["sparse"].T + a["sparse_bias"]
            chances = softmax(np.asarray(scores).ravel())
            best = np.argsort(-chances)[:10]
            ranking = [_intent(self._labels[i], float(chances[i])) for i in best]
        intent = self._decide(ranking)
        message.set(INTENT, intent, add_to_output=True)
        message.set("intent_ranking", [intent, *ranking], add_to_output=True)

    def _decide(self, ranking: list[dict[str, Any]]) -> dict[str, Any]:
        alternatives = [one["label"] for one in ranking[:3]]
        top = ranking[0] if ranking else None
        if top is None or top["confidence"] < self._config["threshold"]:
            confidence = 1 - top["confidence"] if top else 1.0
            return {**_intent(FALLBACK, confidence), "alternatives": alternatives}
        return {**top, "alternatives": alternatives}


def _intent(label: str, confidence: float) -> dict[str, Any]:
    return {"name": label.partition("/")[0], "label": label, "confidence": confidence}
