"""The whole system as `wadul run` starts it, with a stand-in for Twilio in this process."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
from aiohttp import web
from integration.conftest import free_port
from integration.worker.fakes import ACCOUNT_SID, AUTH_TOKEN, OFFICE_ADDRESS, FakeTwilio
from twilio.request_validator import RequestValidator

ROOT = Path(__file__).parents[2]
PUBLIC = "https://wadul.example.id"
START_SECONDS = 150
KEPT = {"WADUL_MODEL_FILE"}  # a model that was trained before
COMMANDS = {
    "gateway": "wadul.gateway",
    "worker": "wadul.worker",
    "rasa": "components.serve",
    "actions": "-m actions",
}


class TwilioThread:
    """FakeTwilio on an event loop of its own."""

    def __init__(self) -> None:
        self.twilio = FakeTwilio(seconds=0.05)
        self.port = free_port()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._ready = threading.Event()

    def start(self) -> str:
        self._thread.start()
        self._ready.wait(10)
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        runner = web.AppRunner(self.twilio.application())
        self._loop.run_until_complete(runner.setup())
        self._loop.run_until_complete(web.TCPSite(runner, "127.0.0.1", self.port).start())
        self._ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(runner.cleanup())
        self._loop.close()


class System:
    """`wadul run` on free ports with an empty var folder; `env` adds settings."""

    def __init__(self, folder: Path, **env: str) -> None:
        self.folder = folder
        self.ports = {
            name: free_port() for name in ("gateway", "console", "actions", "rasa", "simulator")
        }
        self.env = (
            {
                key: value
                for key, value in os.environ.items()
                if not key.startswith("WADUL_") or key == "WADUL_MODEL_FILE"
            }
            | {f"WADUL_{name.upper()}_PORT": str(port) for name, port in self.ports.items()}
            | {
                "WADUL_VAR_DIR": str(folder / "var"),
                "WADUL_BURST_SECONDS": "0",
                "WADUL_LEASE_SECONDS": "20",
            }
            | env
        )
        self.gateway = f"http://127.0.0.1:{self.ports['gateway']}"
        self.log = folder / "run.log"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> System:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [ROOT / ".venv/bin/wadul", "run"],
                cwd=ROOT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        assert self._process is not None
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            assert self._process.poll() is None, self.log.read_text()[-3000:]
            with (
                suppress(OSError),
                urllib.request.urlopen(f"{self.gateway}/healthz", timeout=3) as answer,
            ):
                if answer.status == 200:
                    return
            time.sleep(0.2)
        raise AssertionError(f"not ready:\n{self.log.read_text()[-3000:]}")

    def stop(self) -> None:
        assert self._process is not None
        if self._process.poll() is not None:
            return
        children = self.children()
        self._process.send_signal(signal.SIGINT)
        self._process.wait(40)
        _, alive = psutil.wait_procs(children, timeout=5)
        assert not alive, f"left behind: {alive}"

    def children(self) -> list[psutil.Process]:
        assert self._process is not None
        return psutil.Process(self._process.pid).children(recursive=True)

    def kill(self, name: str) -> int:
        """SIGKILL to one process; returns its id."""
        wanted = COMMANDS[name]
        for child in self.children():
            with suppress(psutil.NoSuchProcess):
                if wanted in " ".join(child.cmdline()):
                    child.kill()
                    return int(child.pid)
        raise AssertionError(f"{name} is not running")

    def cli(self, *arguments: str) -> Any:
        done = subprocess.run(
            [ROOT / ".venv/bin/wadul", *arguments, "--json"],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


class Resident:
    """Writes over signed webhooks, as Twilio does: again until the gateway says 2xx."""

    def __init__(self, system: System, twilio: FakeTwilio, address: str) -> None:
        self.system, self.twilio, self.address = system, twilio, address

    def heard(self) -> list[str]:
        return self.twilio.bodies(self.address)

    def writes(self, text: str, limit: float = 90, **extra: str) -> None:
        sid = "SM" + uuid.uuid4().hex
        form = {
            "MessageSid": sid,
            "SmsSid": sid,
            "NumMedia": "0",
            "Body": text,
            "From": self.address,
            "To": OFFICE_ADDRESS,
            "MessageType": "text",
            "ProfileName": "Warga Uji",
            "AccountSid": ACCOUNT_SID,
        } | extra
        path = "/webhooks/twilio/whatsapp"
        signature = str(RequestValidator(AUTH_TOKEN).compute_signature(PUBLIC + path, form))
        end = time.monotonic() + limit
        while True:
            request = urllib.request.Request(
                self.system.gateway + path,
                urllib.parse.urlencode(form).encode(),
                {"X-Twilio-Signature": signature},
            )
            try:
                with urllib.request.urlopen(request, timeout=15) as answer:
                    assert answer.status == 204
                    return
            except (OSError, ConnectionError):
                assert time.monotonic() < end, "the gateway does not come back"
                time.sleep(0.3)

    def says(self, text: str, limit: float = 120, **extra: str) -> str:
        """The answer to it; waits through crashes."""
        before = len(self.heard())
        self.writes(text, **extra)
        end = time.monotonic() + limit
        while len(self.heard()) == before:
            assert time.monotonic() < end, f"no answer to {text!r}"
            time.sleep(0.1)
        return self.heard()[-1]
