"""Spares the Rasa server three costs that it pays for nothing, without touching Rasa's files.

Rasa imports TensorFlow (7 of 13 seconds of its start, 300 MB) through one module of helpers that
neither RulePolicy nor our pipeline ever calls. `import_late` imports it only when one of its names
is asked for, so a pipeline with DIET still works. (The standard library's LazyLoader does not do:
it loads for real as soon as a second module imports the same name.)
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

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
