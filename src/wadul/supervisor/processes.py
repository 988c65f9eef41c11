"""Which processes there are, and how each is started."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

from wadul.settings import Settings

LEGACY_PYTHON = Path(".venv-rasa/bin/python")


@dataclass(frozen=True)
class Process:
    """One child of the supervisor. `port` is None for one that does not listen."""

    name: str
    command: tuple[str, ...]
    port: int | None = None
    environment: dict[str, str] = field(default_factory=dict)


def processes(settings: Settings, model: Path) -> list[Process]:
    """In the order in which they are started: the slowest first."""
    modern = sys.executable
    table = [
        Process(
            "rasa",
            (
                *(str(LEGACY_PYTHON), "-m", "components.serve"),
                *("--model", str(model), "--port", str(settings.rasa_port)),
            ),
            settings.rasa_port,
            rasa_environment(settings),
        ),
        Process("actions", (modern, "-m", "actions"), settings.actions_port),
        Process("gateway", (modern, "-m", "wadul.gateway"), settings.gateway_port),
        Process("worker", (modern, "-m", "wadul.worker")),
        Process("console", (modern, "-m", "wadul.console"), settings.console_port),
    ]
    if settings.simulated:
        table.append(
            Process("simulator", (modern, "-m", "wadul.simulator"), settings.simulator_port)
        )
    return table


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


def child_environment(process: Process) -> dict[str, str]:
    return os.environ | {"PYTHONUNBUFFERED": "1"} | process.environment
