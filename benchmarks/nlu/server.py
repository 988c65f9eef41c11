"""The model that serves residents: train it with `rasa train`, read with it, weigh its server."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import tarfile
import time
import urllib.request
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.nlu.sets import ROOT

STATUS = "webhooks/wadul/"


def train(folder: Path, name: str) -> tuple[Path, float]:
    """Train everything from nothing; return the model and the seconds it took."""
    env = {
        **os.environ,
        "RASA_TELEMETRY_ENABLED": "false",
        "RASA_CACHE_DIRECTORY": str(folder / name),
    }
    command = [sys.executable, "-W", "ignore", "-m", "rasa", "train", "--force"]
    command += ["--out", str(folder), "--fixed-model-name", name]
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

        self._loop = asyncio.new_event_loop()
        self._agent = self._loop.run_until_complete(load_agent(model_path=str(model)))

    def parse(self, text: str) -> dict[str, Any]:
        from rasa.core.channels.channel import UserMessage

        from components.inbound import safe_text

        message = UserMessage(safe_text(text))
        return dict(self._loop.run_until_complete(self._agent.processor.parse_message(message)))


def memory_of_server(model: Path, folder: Path) -> tuple[float, float]:
    """Start the server on a free port and return its (proportional, resident) memory in GB."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {
        **os.environ,
        "WADUL_RASA_TRACKER_URL": f"sqlite:///{folder}/rasa.db",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "components.serve", "--model", str(model), "--port", str(port)]
    with _running(command, env, f"http://127.0.0.1:{port}/{STATUS}") as process:
        text = Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="utf-8")
        sizes = {
            line.split()[0].rstrip(":"): int(line.split()[1]) for line in text.splitlines()[1:]
        }
        return sizes["Pss"] * 1024 / 1e9, sizes["Rss"] * 1024 / 1e9


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
