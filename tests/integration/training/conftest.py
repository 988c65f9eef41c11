from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
RASA = ROOT / ".venv-rasa" / "bin" / "python"


def run_in_rasa(program: str, *arguments: str, seconds: float = 120) -> str:
    """What a Python program of the Rasa environment prints."""
    done = subprocess.run(
        [RASA, "-W", "ignore", "-c", program, *arguments],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "RASA_TELEMETRY_ENABLED": "false",
            "TF_CPP_MIN_LOG_LEVEL": "3",
        },
        capture_output=True,
        text=True,
        timeout=seconds,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="session", autouse=True)
def _rasa_is_there() -> None:
    if not RASA.exists():
        pytest.skip("the Rasa environment is not set up")
