"""Starts the project's servers and talks to the channel as the worker does."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import requests

START_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Program:
    """A server process of the project; `start` waits until `url` answers."""

    command: list[str]
    url: str
    folder: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def log(self) -> Path:
        return self.folder / f"{self.command[1].strip('-')}-{self.command[-1]}.log"

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=self.folder, env=self.environment, stdout=log, stderr=log
            )
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                if requests.get(self.url, timeout=5).ok:
                    return
            except requests.ConnectionError:
                assert self.process.poll() is None, "the server ended while starting"
            assert time.monotonic() < end, "the server did not start in time"
            time.sleep(0.05)

    def stop(self, how: int = signal.SIGTERM) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(20)


@dataclass
class Desk:
    """Talks to the channel as the worker does."""

    url: str
    sender: str = field(default_factory=lambda: f"c-{uuid4()}")

    def post(
        self, text: str = "", turn_id: str | None = None, timeout: float = 30, **parts: Any
    ) -> requests.Response:
        body = {
            "turn_id": turn_id or uuid4().hex,
            "sender": self.sender,
            "office": "jatibarang",
            "text": text,
            **parts,
        }
        return requests.post(f"{self.url}/turn", json=body, timeout=timeout)

    def say(self, text: str = "", **parts: Any) -> list[str]:
        """The texts of the replies."""
        answer = self.post(text, **parts)
        assert answer.status_code == 200, answer.text
        return [reply["text"] for reply in answer.json()["replies"]]


def processor_with(agent: Any, store: Any) -> Any:
    """The agent's `TurnProcessor`, keeping conversations in `store`."""
    from components.turns import TurnProcessor

    processor = TurnProcessor.of(agent.processor)
    store.domain = agent.domain
    processor.tracker_store = store
    return processor


def say(processor: Any, text: str, sender: str = "c", turn_id: str = "") -> dict[str, Any]:
    """Replies and intent of one turn, without a server."""
    from components.inbound import read_turn

    body = {"turn_id": turn_id or uuid4().hex, "sender": sender, "text": text}
    answer = asyncio.run(processor.answer(read_turn(json.dumps(body).encode())))
    return {key: answer[key] for key in ("replies", "intent")}
