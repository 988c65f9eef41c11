"""Tells what a message wants, from the encoder's vectors and the sparse families together.

Output on the message: `intent` = {name, label, confidence, alternatives}; `name` is the part of the
label before the slash, which the dialogue uses; `intent_ranking` has the same shape, best first.
Names that no example has: `nlu_fallback` when nothing is sure, `ambiguous_kind` when a complaint and
a consultation are both plausible; the labels to choose from stand in `alternatives`.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import vstack

from components.blocks import Block
from components.decision import decide
from components.discriminant import Reader, System, tune_temperature
from components.encoder_featurizer import LAST_ORIGIN, MIDDLE_ORIGIN
from components.label_hints import HINT
from components.sources import sources_fingerprint

# Rasa reads the annotations of components while it runs: its classes are imported in earnest.


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class FusedIntentClassifier(GraphComponent, IntentClassifier):
    """Centres and weighs each family of features, then fits one penalised discriminant analysis."""

    @classmethod
    def required_components(cls) -> list[type]:
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`weights`: share of each origin's features. `penalty`, `mixture`: see `discriminant`.

        `caution` flattens the tuned confidence, because residents vary more than examples do.
        `threshold`: under this confidence the intent is `nlu_fallback`. `ambiguity`: both kinds at
        least this likely means `ambiguous_kind`.
        """
        return {
            "weights": {
                MIDDLE_ORIGIN: 1.0,
                LAST_ORIGIN: 1.0,
                "words": 0.4,
                "letters": 0.4,
                "shape": 0.3,
                "concepts": 0.3,
                "frame": 0.4,
            },
            "hint_weight": 0.3,
            "penalty": 0.7,
            "mixture": 0.6,
            "caution": 1.2,
            "threshold": 0.3,
            "ambiguity": 0.3,
        }

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._labels: list[str] = []
        self._weights: dict[str, NDArray[np.float32]] = {}
        self._bias: NDArray[np.float64] = np.zeros(0)
        self._label_reader: Reader | None = None
        self._name_reader: Reader | None = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> FusedIntentClassifier:
        return cls(config, model_storage, resource)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        return sources_fingerprint()

    def train(self, training_data: TrainingData) -> Resource:
        examples = [m for m in training_data.intent_examples if m.get(TEXT) and m.features]
        names = [m.get(INTENT_RESPONSE_KEY) or m.get(INTENT) for m in examples]
        self._labels = sorted(set(names))
        if len(self._labels) > 1:
            self._fit(examples, np.array([self._labels.index(name) for name in names]))
        self._persist()
        return self._resource

    def _fit(self, examples: list[Message], classes: NDArray[np.int64]) -> None:
        made_up = np.array([bool(m.get(HINT)) for m in examples])
        rows = [_features(m) for m in examples]
        blocks = {
            origin: _block([r.get(origin) for r in rows], weight)
            for origin, weight in self._config["weights"].items()
            if weight and any(origin in r for r in rows)
        }
        hints = self._hint_vectors(blocks, made_up)
        if hints is not None:
            seen = blocks[LAST_ORIGIN].rows @ hints
            blocks["hints"] = Block(seen, np.ones(len(rows), bool), self._config["hint_weight"])
        kernel = np.zeros((len(rows), len(rows)), np.float32)
        for block in blocks.values():
            block.add_kernel(kernel)
        system = System.of(kernel, self._config["penalty"])
        solutions = []
        for targets in (classes, np.array(_names(self._labels)[1])[classes]):
            solution = system.fit(targets, self._config["mixture"])
            tuned = tune_temperature(solution, targets, ~made_up)
            solution.reader.temperature = tuned * self._config["caution"]
            solutions.append(solution)
        self._label_reader, self._name_reader = (solution.reader for solution in solutions)
        coefficients = np.hstack([solution.coefficients for solution in solutions])
        self._bias = np.zeros(coefficients.shape[1])
        for origin, block in blocks.items():
            self._weights[origin], bias = block.weights(coefficients)
            self._bias += bias
        if hints is not None:
            self._weights[LAST_ORIGIN] += hints @ self._weights.pop("hints")

    @staticmethod
    def _hint_vectors(
        blocks: dict[str, Block], made_up: NDArray[np.bool_]
    ) -> NDArray[np.float32] | None:
        """Return `(width, hints)`: how a message resembles what the intents' names mean."""
        if LAST_ORIGIN not in blocks or made_up.sum() < 2:
            return None
        vectors = blocks[LAST_ORIGIN].rows[made_up]
        return np.asarray((vectors - vectors.mean(0)).T)

    def _persist(self) -> None:
        arrays: dict[str, Any] = {f"weights {k}": v for k, v in self._weights.items()}
        if self._label_reader and self._name_reader:
            arrays["bias"] = self._bias
            arrays |= {f"label_{k}": v for k, v in vars(self._label_reader).items()}
            arrays |= {f"name_{k}": v for k, v in vars(self._name_reader).items()}
        with self._storage.write_to(self._resource) as folder:
            (folder / "labels.json").write_text(json.dumps(self._labels), encoding="utf-8")
            np.savez(folder / "arrays.npz", **arrays)

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
            self._labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
            with np.load(folder / "arrays.npz") as stored:
                arrays = dict(stored)
        self._weights = {k.removeprefix("weights "): v for k, v in arrays.items() if " " in k}
        if "bias" in arrays:
            self._bias = arrays["bias"]
            self._label_reader = _reader(arrays, "label_")
            self._name_reader = _reader(arrays, "name_")
        return self

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = message.get(TEXT) or ""
            decision = decide(text, self._labels, self._chances(message), self._config)
            message.set(INTENT, decision[0], add_to_output=True)
            message.set("intent_ranking", decision, add_to_output=True)
        return messages

    def _chances(self, message: Message) -> NDArray[np.float64]:
        """Return the chance of each label: that of its name, times its share within the name."""
        if not self._label_reader or not self._name_reader:
            return np.zeros(0)
        outputs = self._bias.copy()
        for origin, row in _features(message).items():
            weights = self._weights.get(origin)
            if weights is None:
                continue
            if isinstance(row, np.ndarray):
                # Not `@`: waking BLAS threads costs more than the sum itself.
                outputs += np.einsum("i,ij->j", row, weights)
            else:
                outputs += np.einsum("i,ij->j", row.data, weights[row.indices])
        split = len(self._labels)
        labels = np.exp(self._label_reader.log_chances(outputs[None, :split])[0])
        names = self._name_reader.log_chances(outputs[None, split:])[0]
        members = np.array(_names(self._labels)[1])
        summed = np.bincount(members, labels)
        mixed = np.exp((names + np.log(summed + 1e-12)) / 2)
        return np.asarray(labels / (summed[members] + 1e-12) * (mixed / mixed.sum())[members])


def _names(labels: list[str]) -> tuple[list[str], list[int]]:
    """Return the distinct parts before the slash, and for each label the number of its own."""
    names = [label.partition("/")[0] for label in labels]
    distinct = sorted(set(names))
    return distinct, [distinct.index(name) for name in names]


def _reader(arrays: dict[str, NDArray[np.float64]], prefix: str) -> Reader:
    fields = {k.removeprefix(prefix): v for k, v in arrays.items() if k.startswith(prefix)}
    single = {k: float(fields.pop(k)) for k in ("mixture", "temperature")}
    return Reader(**fields, **single)


def _features(message: Message) -> dict[str, Any]:
    """Return each origin's row, dense `(columns,)` or sparse `(1, columns)`."""
    return {
        feature.origin: feature.features[0] if feature.is_dense() else feature.features
        for feature in message.features
        if feature.attribute == TEXT
    }


def _block(rows: list[Any], weight: float) -> Block:
    """Stack one origin's rows; an example without them gets zeros and is not counted."""
    present = np.array([row is not None for row in rows])
    known = next(row for row in rows if row is not None)
    if isinstance(known, np.ndarray):
        stacked = np.vstack([row if row is not None else np.zeros_like(known) for row in rows])
        return Block(stacked.astype(np.float32), present, weight)
    empty = known.copy()
    empty.data[:] = 0
    return Block(
        vstack([row if row is not None else empty for row in rows]).tocsr(), present, weight
    )
