"""Tells what a message wants, from the encoder's vectors and the sparse families together.

Output on the message: `intent` = {name, label, confidence, alternatives}; `name` is the part of the
label before the slash, which the dialogue uses; `intent_ranking` has the same shape, best first.
Names that no example has: `nlu_fallback` when nothing is sure, `ambiguous_kind` when a complaint and
a consultation are both plausible; the labels to choose from stand in `alternatives`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml
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
from components.encoder_featurizer import DEEPER, ORIGINS
from components.foresight import Foresight, sure_from
from components.message_reader import VIEW
from components.sources import sources_fingerprint

KINDS = Path(__file__).with_name("kinds.yml")
_SEED = 0  # any order will do, if it is the same each time

# Rasa reads the annotations of components while it runs: its classes are imported in earnest.


@dataclass
class Level:
    """Labels, or what several labels share: `members[i]` is the group of label number `i`.

    `share`: how much this level's own opinion weighs against the sum of its labels' chances.
    """

    members: NDArray[np.int64]
    reader: Reader
    share: float

    def __post_init__(self) -> None:
        self.belongs = np.eye(self.members.max() + 1)[self.members]  # (labels, groups)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class FusedIntentClassifier(GraphComponent, IntentClassifier):
    """Centres and weighs each family of features, then fits one penalised discriminant analysis."""

    @classmethod
    def required_components(cls) -> list[type]:
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`weights`: share of each origin's features. `penalty`, `mixture`: see `discriminant`.

        `name_share`, `kind_share`: see `Level.share`; kinds are learned where `kinds.yml` knows
        every name. `caution` flattens the tuned confidence, because residents vary more than
        examples do. `novelty`, `spam`: see `decide`.
        `threshold`: under this confidence the intent is
        `nlu_fallback`. `ambiguity`: both kinds at least this likely means `ambiguous_kind`.
        """
        return {
            "weights": {
                **dict.fromkeys(ORIGINS, 0.7),
                "words": 0.4,
                "letters": 0.4,
                "shape": 0.3,
                "concepts": 0.3,
                "frame": 0.4,
                "matter": 1.0,
            },
            "penalty": 0.7,
            "mixture": 0.6,
            "name_share": 0.5,
            "kind_share": 0.4,
            "caution": 1.2,
            "novelty": 1.5,
            "spam": 0.7,
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
        self._levels: list[Level] = []
        self._foresight: Foresight | None = None

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
            order = np.random.default_rng(_SEED).permutation(len(examples))
            numbers = np.array([self._labels.index(name) for name in names])
            self._fit([examples[at] for at in order], numbers[order])
        self._persist()
        return self._resource

    def _fit(self, examples: list[Message], classes: NDArray[np.int64]) -> None:
        """`examples` stand in no order: the last ones are left out to tune on (`System`)."""
        rows = [_features(m) for m in examples]
        blocks = {
            origin: _block([r[origin] for r in rows], weight)
            for origin, weight in self._config["weights"].items()
            if weight and origin in rows[0]
        }
        kernel = np.zeros((len(rows), len(rows)), np.float32)
        for block in blocks.values():
            block.add_kernel(kernel)
        system = System.of(kernel, self._config["penalty"])
        coefficients, left_out = [], []
        for members, share in self._groupings():
            targets = members[classes]
            solution = system.fit(targets, self._config["mixture"])
            tuned = tune_temperature(solution, targets)
            solution.reader.temperature = tuned * self._config["caution"]
            self._levels.append(Level(members, solution.reader, share))
            coefficients.append(solution.coefficients)
            left_out.append(solution.left_out)
        stacked = np.hstack(coefficients)
        self._bias = np.zeros(stacked.shape[1])
        for origin, block in blocks.items():
            self._weights[origin], bias = block.weights(stacked)
            self._bias += bias
        if all(origin in blocks for origin in ORIGINS):
            first = blocks[ORIGINS[0]].rows
            later = np.hstack([blocks[origin].rows for origin in ORIGINS[1:]])
            weights = np.vstack([self._weights[origin] for origin in ORIGINS[1:]])
            self._foresight = Foresight.fit(first, later, weights)
            honest = np.hstack(left_out)
            last = slice(-len(honest), None)
            error = self._foresight.says(first[last]) - later[last] @ weights
            self._foresight.sure = sure_from(self._chances(honest), self._chances(honest + error))

    def _groupings(self) -> list[tuple[NDArray[np.int64], float]]:
        """Return (members, share) of labels, names and, where they are known, kinds."""
        names = [label.partition("/")[0] for label in self._labels]
        found = [(np.arange(len(names)), 1.0), (_numbers(names), self._config["name_share"])]
        kinds = [_kinds().get(name, "") for name in names]
        if all(kinds) and len(set(kinds)) > 1:
            found.append((_numbers(kinds), self._config["kind_share"]))
        return found

    def _persist(self) -> None:
        arrays: dict[str, Any] = {f"weights {k}": v for k, v in self._weights.items()}
        arrays["bias"] = self._bias
        for number, level in enumerate(self._levels):
            own = {"members": level.members, "share": level.share, **_stored(level.reader)}
            arrays |= {f"level{number} {name}": value for name, value in own.items()}
        if self._foresight:
            arrays |= {f"foresight {k}": v for k, v in vars(self._foresight).items()}
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
        self._weights = _named(arrays, "weights ")
        self._bias = arrays["bias"]
        while level := _named(arrays, f"level{len(self._levels)} "):
            members, share = level.pop("members"), float(level.pop("share"))
            self._levels.append(Level(members, _reader(level), share))
        if foresight := _named(arrays, "foresight "):
            self._foresight = Foresight(**foresight | {"sure": float(foresight["sure"])})
        return self

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            decision = self._read(message)
            message.set(INTENT, decision[0], add_to_output=True)
            message.set("intent_ranking", decision, add_to_output=True)
        return messages

    def _read(self, message: Message) -> list[dict[str, Any]]:
        """Return the ranking; the encoder's later layers are asked for only where it is unsure."""
        features = _features(message)
        outputs = self._bias[None] + self._said_by(features)
        rest = message.get(DEEPER)
        if rest and self._foresight:
            early = self._chances(outputs + self._foresight.says(features[ORIGINS[0]]))
            if early.max() >= self._foresight.sure:
                return self._decide(message, early)
        if rest:
            later = ORIGINS[1:]
            parts = np.split(rest(), len(later))
            outputs = outputs + self._said_by(dict(zip(later, parts, strict=True)))
        return self._decide(message, self._chances(outputs))

    def _said_by(self, features: dict[str, Any]) -> NDArray[np.float64]:
        """Return what families of features add to each class."""
        added = np.zeros(len(self._bias))
        for origin, row in features.items():
            weights = self._weights.get(origin)
            if weights is None:
                continue
            if isinstance(row, np.ndarray):
                # Not `@`: waking BLAS threads costs more than the sum itself.
                added += np.einsum("i,ij->j", row, weights)
            else:
                added += np.einsum("i,ij->j", row.data, weights[row.indices])
        return added

    def _decide(self, message: Message, chances: NDArray[np.float64]) -> list[dict[str, Any]]:
        view = message.get(VIEW)
        novelty = view.novelty if view else 0.0
        text = message.get(TEXT) or ""
        return decide(text, self._labels, chances[0], self._config, novelty)

    def _chances(self, outputs: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return `(n, labels)` chances: every level corrects the sums of the one before."""
        if not self._levels:
            return np.zeros((len(outputs), 0))
        chances = np.ones((len(outputs), len(self._labels)))
        at = 0
        for level in self._levels:
            own = outputs[:, at : at + len(level.reader.shares)]
            at += own.shape[1]
            summed = chances @ level.belongs + 1e-12
            logs = (1 - level.share) * np.log(summed)
            mixed = np.exp(logs + level.share * level.reader.log_chances(own))
            mixed /= mixed.sum(1, keepdims=True)
            chances *= (mixed / summed)[:, level.members]
        return chances


def _numbers(groups: list[str]) -> NDArray[np.int64]:
    """Return each group's number, in the order of their names."""
    return np.unique(np.array(groups), return_inverse=True)[1]


@lru_cache(maxsize=1)
def _kinds() -> dict[str, str]:
    return dict(yaml.safe_load(KINDS.read_text(encoding="utf-8")))


def _stored(reader: Reader) -> dict[str, Any]:
    return {field.name: getattr(reader, field.name) for field in fields(reader)}


def _named(arrays: dict[str, Any], prefix: str) -> dict[str, Any]:
    return {k.removeprefix(prefix): v for k, v in arrays.items() if k.startswith(prefix)}


def _reader(stored: dict[str, Any]) -> Reader:
    single = {k: float(stored.pop(k)) for k in ("mixture", "temperature")}
    return Reader(**stored, **single)


def _features(message: Message) -> dict[str, Any]:
    """Return each origin's row, dense `(columns,)` or sparse `(1, columns)`."""
    return {
        feature.origin: feature.features[0] if feature.is_dense() else feature.features
        for feature in message.features
        if feature.attribute == TEXT
    }


def _block(rows: list[Any], weight: float) -> Block:
    """Stack one origin's rows, all dense or all sparse."""
    if isinstance(rows[0], np.ndarray):
        return Block(np.vstack(rows).astype(np.float32), weight)
    return Block(vstack(rows).tocsr(), weight)
