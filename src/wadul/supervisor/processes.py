"""Which processes there are, and how each is started."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

from wadul.settings import Settings
from wadul.training.rasa import LEGACY_PYTHON, rasa_environment

__all__ = [
    "LEGACY_PYTHON",
    "Process",
    "child_environment",
    "processes",
    "rasa_environment",
    "rasa_process",
]


@dataclass(frozen=True)
class Process:
    """One child of the supervisor. `port` is None for one that does not listen.

    `niceness`: what thinks gives way to what acknowledges, so that a busy machine is slow to
    answer a resident but never slow to take their message in.
    """

    name: str
    command: tuple[str, ...]
    port: int | None = None
    environment: dict[str, str] = field(default_factory=dict)
    niceness: int = 0


def processes(settings: Settings, model: Path) -> list[Process]:
    """In the order in which they are started: the slowest first."""
    modern = sys.executable
    table = [
        rasa_process(settings, model),
        Process("actions", (modern, "-m", "actions"), settings.actions_port, niceness=5),
        Process("gateway", (modern, "-m", "wadul.gateway"), settings.gateway_port),
        Process("worker", (modern, "-m", "wadul.worker")),
        Process("console", (modern, "-m", "wadul.console"), settings.console_port),
    ]
    if settings.simulated:
        table.append(
            Process("simulator", (modern, "-m", "wadul.simulator"), settings.simulator_port)
        )
    return table


def rasa_process(settings: Settings, model: Path) -> Process:
    command = (str(LEGACY_PYTHON), "-m", "components.serve")
    options = ("--model", str(model), "--port", str(settings.rasa_port))
    environment = rasa_environment(settings)
    return Process("rasa", (*command, *options), settings.rasa_port, environment, niceness=10)


def child_environment(process: Process) -> dict[str, str]:
    return os.environ | {"PYTHONUNBUFFERED": "1"} | process.environment
