"""The model to serve: named by the settings, promoted, or made from the current data."""

from __future__ import annotations

from pathlib import Path

from wadul.exceptions import InvalidInput
from wadul.settings import Settings
from wadul.supervisor.saying import say
from wadul.training import serving
from wadul.training.exceptions import TrainingFailed
from wadul.training.files import read
from wadul.training.model import current_model, fingerprint, train
from wadul.training.project import Project

__all__ = ["TrainingFailed", "current_model", "ensure_model", "fingerprint", "train"]


def ensure_model(settings: Settings) -> Path:
    """Train only if no model is named or promoted and there is none for the current data.

    Raises `TrainingFailed`, or `InvalidInput` for a named model that is not there.
    """
    if settings.model_file is not None:
        if not settings.model_file.is_file():
            raise InvalidInput(f"WADUL_MODEL_FILE names {settings.model_file}, which is not there")
        return settings.model_file
    promoted = serving.chosen(settings)
    if promoted is not None:
        return promoted
    if read(Project.of(settings).serving).text.strip():
        say("the promoted model is gone or made by other programs: serving the current data.")
    model = current_model(settings)
    if not model.is_file():
        say("training a model for the current data …")
        train(settings, model, waiting=lambda: say("waiting for another training …"))
    return model
