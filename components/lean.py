"""Spares Rasa's server and training costs that they pay for nothing, without touching Rasa's files.

Rasa imports TensorFlow (7 of 13 seconds of its start, 300 MB) through one module of helpers that
neither RulePolicy nor our pipeline ever calls. `import_late` imports it only when one of its names
is asked for, so a pipeline with DIET still works. (The standard library's LazyLoader does not do:
it loads for real as soon as a second module imports the same name.)
"""

from __future__ import annotations

import copy
import importlib.abc
import importlib.machinery
import sys
from collections.abc import Mapping, Sequence
from graphlib import TopologicalSorter
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rasa.engine.runner.dask import DaskGraphRunner

LATE_MODULES = frozenset({"rasa.utils.train_utils"})


class _LateModule(ModuleType):
    """Runs its code at the first request for a name that is not a module's own (`__spec__` …)."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        self.__class__ = ModuleType  # type: ignore[assignment]
        self.__loader__.source.exec_module(self)  # type: ignore[union-attr]
        return getattr(self, name)


class _LateLoader(importlib.abc.Loader):
    def __init__(self, source: importlib.abc.Loader) -> None:
        self.source = source

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _LateModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing yet."""


class _LateFinder(importlib.abc.MetaPathFinder):
    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name not in LATE_MODULES:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec and spec.loader:
            spec.loader = _LateLoader(spec.loader)  # type: ignore[arg-type]
        return spec


def import_late() -> None:
    """Call before the first `import rasa`; a second call changes nothing."""
    if not any(isinstance(finder, _LateFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _LateFinder())


def spare_the_server() -> None:
    """Call before a model is loaded for serving; a second call changes nothing."""
    leave_training_out()
    check_schema_once()
    walk_the_graph()
    trust_the_classifier()


def spare_the_training() -> None:
    """Call before a training that caches nothing and whose data nobody else holds."""
    take_no_fingerprints()
    merge_without_copies()


def leave_training_out() -> None:
    """Make Rasa read models without the graph that trained them.

    Serving never uses it, but resolving its classes imports DIET and TED, hence TensorFlow.
    """
    from rasa.engine.storage.storage import ModelMetadata

    read = ModelMetadata.from_dict.__func__

    def from_dict(cls: type[ModelMetadata], serialized: dict[str, Any]) -> ModelMetadata:
        return read(cls, {**serialized, "train_schema": {"nodes": {}}})

    ModelMetadata.from_dict = classmethod(from_dict)


def check_schema_once() -> None:
    """Make Rasa check action results against a schema that is itself checked only once.

    Rasa re-checks its own schema at every call, 30 ms; the check of the result takes 1 ms.
    """
    from jsonschema.validators import validator_for
    from rasa.core.actions.action import RemoteAction

    schema = RemoteAction.action_response_format_spec()
    validator = validator_for(schema)(schema)

    def check(_action: RemoteAction, result: dict[str, Any]) -> bool:
        validator.validate(result)
        return True

    RemoteAction._validate_action_result = check


def walk_the_graph() -> None:
    """Make Rasa run a model's components in an order that is found once, 1 ms less per message.

    Rasa builds a graph for each message anew, and puts the whole schema into a debug line.
    """
    from rasa.engine.runner.dask import DaskGraphRunner

    def run(
        runner: DaskGraphRunner,
        inputs: Mapping[str, Any] | None = None,
        targets: Sequence[str] | None = None,
    ) -> dict[str, Any]:
        wanted = tuple(targets or runner._graph_schema.target_names)
        orders = runner.__dict__.setdefault("_orders", {})
        if wanted not in orders:
            orders[wanted] = _order(runner, wanted)
        done = {name: (name, value) for name, value in (inputs or {}).items()}
        for name, node, needs in orders[wanted]:
            done[name] = node(*(done[need] for need in needs))
        return dict(done[name] for name in wanted)

    DaskGraphRunner.run = run


def _order(runner: DaskGraphRunner, targets: tuple[str, ...]) -> list[tuple[str, Any, list[str]]]:
    """Return (name, node, names that it needs), each after what it needs."""
    nodes = runner._graph_schema.minimal_graph_schema(list(targets)).nodes
    needs = {name: list(node.needs.values()) for name, node in nodes.items()}
    order = [name for name in TopologicalSorter(needs).static_order() if name in nodes]
    return [(name, runner._instantiated_nodes[name], needs[name]) for name in order]


def trust_the_classifier() -> None:
    """Make Rasa not look for intents and entities that the domain lacks: for that it writes the
    whole domain out at each message, and ours come from the domain's own examples.
    """
    from rasa.core.processor import MessageProcessor

    MessageProcessor._check_for_unseen_features = lambda *_: None


def take_no_fingerprints() -> None:
    """Make Rasa not hash all training data before and after each component: only a cache that is
    kept from one training to the next would look at that.
    """
    from rasa.engine.training.hooks import TrainingHook

    TrainingHook.on_before_node = lambda *_, **__: {}
    TrainingHook.on_after_node = lambda *_, **__: None


def merge_without_copies() -> None:
    """Make Rasa join the data of several files as they are, not copied at each join."""
    from rasa.shared.nlu.training_data import training_data

    training_data.copy = SimpleNamespace(copy=copy.copy, deepcopy=copy.copy)
