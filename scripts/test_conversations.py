"""Rasa's own validation of the training data, then the conversation stories on the model."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from wadul.settings import Settings
from wadul.supervisor.model import current_model
from wadul.supervisor.processes import LEGACY_PYTHON, rasa_environment


def main() -> None:
    settings = Settings()
    environment = os.environ | rasa_environment(settings)
    rasa = [str(LEGACY_PYTHON), "-W", "ignore", "-m", "rasa"]
    results = settings.var_dir / "conversation-tests"
    validate = ["data", "validate", "--quiet"]
    stories = ["test", "core", "--stories", "tests/conversations", "--model"]
    options = ["--fail-on-prediction-errors", "--out", str(results), "--no-plot", "--quiet"]
    for command in (validate, [*stories, str(current_model(settings)), *options]):
        done = subprocess.run([*rasa, *command], env=environment, cwd=Path.cwd())
        if done.returncode:
            failed = results / "failed_test_stories.yml"
            if command[0] == "test" and failed.is_file():
                print(failed.read_text())
            raise SystemExit(done.returncode)


if __name__ == "__main__":
    main()
