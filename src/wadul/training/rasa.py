"""The programs of the Rasa environment (Python 3.10): what they are told, and how they are run."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from wadul.settings import Settings
from wadul.training.exceptions import ModelUnusable

LEGACY_PYTHON = Path(".venv-rasa/bin/python")


def rasa_environment(settings: Settings) -> dict[str, str]:
    """What the Rasa process is told; it reads no settings of ours (see envs/rasa/README.md)."""
    return {
        "PYTHONPATH": str(Path.cwd()),
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "WADUL_ACTIONS_URL": f"{settings.actions_url}/webhook",
        "WADUL_RASA_TRACKER_URL": _tracker_url(settings),
        "WADUL_REDIS_URL": settings.redis_url,
    }


def _tracker_url(settings: Settings) -> str:
    """Rasa's conversations: a file of their own on SQLite, tables beside ours on PostgreSQL."""
    url = settings.sqlalchemy_url
    if url.startswith("sqlite"):
        return f"sqlite:///{settings.var_dir / 'rasa.db'}"
    return url.replace("postgresql+psycopg://", "postgresql+psycopg2://")


@dataclass(frozen=True)
class RasaPrograms:
    """Starts `python -m …` of the Rasa environment in the current folder."""

    environment: dict[str, str]
    python: Path = LEGACY_PYTHON

    @classmethod
    def of(cls, settings: Settings) -> RasaPrograms:
        return cls(rasa_environment(settings))

    def start(
        self,
        module: str,
        *arguments: str,
        stdin: int | IO[str] | None = subprocess.DEVNULL,
        stdout: int | IO[str] | None = subprocess.PIPE,
        stderr: int | IO[str] | None = None,
    ) -> subprocess.Popen[str]:
        command = [str(self.python), "-W", "ignore", "-m", module, *arguments]
        return subprocess.Popen(
            command,
            env=os.environ | self.environment,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            text=True,
        )

    def answer(self, module: str, request: Any, *arguments: str) -> Any:
        """One JSON value in, one out. Raises `ModelUnusable`."""
        with self.start(module, *arguments, stdin=subprocess.PIPE) as program:
            output, _ = program.communicate(json.dumps(request))
        if program.returncode or not output.strip():
            raise ModelUnusable
        return json.loads(output)

    def parses(self, model: Path, texts: Iterable[str]) -> Iterator[dict[str, Any]]:
        """What the model understands: text, intent, intent_ranking and entities, in order.

        Raises `ModelUnusable`.
        """
        arguments = ("--model", str(model))
        with self.start("components.classify", *arguments, stdin=subprocess.PIPE) as rasa:
            try:
                if rasa.stdin is None or rasa.stdout is None or not rasa.stdout.readline():
                    raise ModelUnusable
                for text in texts:
                    rasa.stdin.write(json.dumps(text) + "\n")
                    rasa.stdin.flush()
                    answer = rasa.stdout.readline()
                    if not answer:
                        raise ModelUnusable
                    yield json.loads(answer)
            except BrokenPipeError as error:
                raise ModelUnusable from error
            finally:
                if rasa.stdin is not None:
                    with suppress(BrokenPipeError):
                        rasa.stdin.close()

    def understood(self, model: Path, texts: Sequence[str]) -> list[dict[str, Any]]:
        return list(self.parses(model, texts))
