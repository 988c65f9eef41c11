"""The model that serves residents: train it as `wadul train` does, read with it, weigh its server."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
import tarfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.nlu.sets import ROOT

DOOR = "webhooks/wadul/"


def train(folder: Path, name: str) -> tuple[Path, float]:
    """Train everything from nothing; return the model and the seconds it took."""
    env = {**os.environ, "RASA_CACHE_DIRECTORY": str(folder / name)}
    command = [sys.executable, "-W", "ignore", "-m", "components.train"]
    command += ["--out", str(folder), "--name", name]
    began = time.perf_counter()
    subprocess.run(command, cwd=ROOT, env=env | {"PYTHONPATH": str(ROOT)}, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    return folder / f"{name}.tar.gz", time.perf_counter() - began


def fingerprint(model: Path) -> str:
    """Hash what the language components learned (numbers and words, not dates and ids)."""
    digest = sha256()
    with tarfile.open(model) as archive:
        for member in sorted(archive.getmembers(), key=lambda m: m.name):
            stream = archive.extractfile(member) if "train_components" not in member.name else None
            if stream is None or not member.name.endswith(
                (".npz", "words.json", "labels.json", "catalogue.json")
            ):
                continue
            digest.update(member.name.encode())
            if member.name.endswith(".npz"):
                import io

                with np.load(io.BytesIO(stream.read())) as arrays:
                    for key in arrays.files:
                        digest.update(key.encode() + arrays[key].tobytes())
            else:
                digest.update(stream.read())
    return digest.hexdigest()


class Served:
    """Reads texts with the model, through the preparation that the channel gives them."""

    def __init__(self, model: Path) -> None:
        from rasa.core.agent import load_agent

        from components.lean import spare_the_server
        from components.serve import configure_logging

        spare_the_server()  # both as in the server
        configure_logging()
        self._loop = asyncio.new_event_loop()
        self._agent = self._loop.run_until_complete(load_agent(model_path=str(model)))

    def parse(self, text: str) -> dict[str, Any]:
        from rasa.core.channels.channel import UserMessage

        from components.inbound import safe_text

        message = UserMessage(safe_text(text))
        return dict(self._loop.run_until_complete(self._agent.processor.parse_message(message)))


def memory_of_server(model: Path, folder: Path, texts: Sequence[str]) -> tuple[float, float]:
    """Start the server on a free port, let it answer `texts` of several residents, and return its
    (proportional, resident) memory in GB.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    door = f"http://127.0.0.1:{port}/{DOOR}"
    command = [sys.executable, "-m", "components.serve", "--model", str(model), "--port", str(port)]
    with _actions() as actions:
        env = {
            **os.environ,
            "WADUL_RASA_TRACKER_URL": f"sqlite:///{folder}/rasa.db",
            "WADUL_ACTIONS_URL": actions,
            "PYTHONPATH": str(ROOT),
        }
        with _running(command, env, door) as process:
            for number, text in enumerate(texts):
                _ask(door + "turn", f"turn-{number}", f"resident-{number % 20}", text)
            rollup = Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="utf-8")
            rows = [line.split() for line in rollup.splitlines()[1:]]
            sizes = {row[0].rstrip(":"): int(row[1]) * 1024 / 1e9 for row in rows}
            return sizes["Pss"], sizes["Rss"]


def _ask(url: str, turn: str, sender: str, text: str) -> None:
    body = json.dumps({"turn_id": turn, "sender": sender, "text": text}).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    # A form that the stand-in's one word does not satisfy ends in 502; the message was read all the
    # same, and its turn stored.
    with contextlib.suppress(urllib.error.HTTPError):
        urllib.request.urlopen(request, timeout=30).close()


class _Yes(BaseHTTPRequestHandler):
    """An action server to which every action says one word."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        body = json.dumps({"events": [], "responses": [{"text": "ya"}]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def _actions() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Yes)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/webhook"
    finally:
        server.shutdown()
        server.server_close()


@contextlib.contextmanager
def _running(
    command: list[str], env: dict[str, str], ready: str
) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        until = time.monotonic() + 120
        while not _answers(ready):
            if process.poll() is not None or time.monotonic() > until:
                raise SystemExit("the Rasa server did not start")
            time.sleep(0.3)
        yield process
    finally:
        process.terminate()
        process.wait(30)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
