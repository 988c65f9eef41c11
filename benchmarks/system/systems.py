"""The two systems: ours as `wadul run` starts it, and stock Rasa 3.6.21 with its Twilio channel.

Both get the same stand-in for Twilio and the same two cores. Stock Rasa gets one thing that it has
no setting for: its Twilio client is pointed at the stand-in.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import yaml

from benchmarks.system.load import ACCOUNT_SID, AUTH_TOKEN, NUMBER, Target

ROOT = Path(__file__).resolve().parents[2]
RASA = ROOT / ".venv-rasa" / "bin" / "python"
LATENCY = 0.15
STOCK_EXAMPLES = 20  # for each intent
START_SECONDS = 300

# What `rasa init` writes, spelled out.
STOCK_CONFIG = {
    "recipe": "default.v1",
    "assistant_id": "stock",
    "language": "id",
    "pipeline": [
        {"name": "WhitespaceTokenizer"},
        {"name": "RegexFeaturizer"},
        {"name": "LexicalSyntacticFeaturizer"},
        {"name": "CountVectorsFeaturizer"},
        {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
        {"name": "DIETClassifier", "epochs": 100, "constrain_similarities": True},
        {"name": "EntitySynonymMapper"},
        {"name": "ResponseSelector", "epochs": 100, "constrain_similarities": True},
        {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
    ],
    "policies": [
        {"name": "MemoizationPolicy"},
        {"name": "RulePolicy"},
        {
            "name": "UnexpecTEDIntentPolicy",
            "max_history": 5,
            "epochs": 100,
            "constrain_similarities": True,
        },
        {"name": "TEDPolicy", "max_history": 5, "epochs": 100, "constrain_similarities": True},
    ],
}
TO_STANDIN = """
import os
import twilio.http.http_client as http
_request = http.TwilioHttpClient.request
def request(self, method, url, *args, **kwargs):
    url = url.replace("https://api.twilio.com", os.environ["STANDIN"])
    return _request(self, method, url, *args, **kwargs)
http.TwilioHttpClient.request = request
"""


@dataclass
class Running:
    target: Target
    process: psutil.Process
    seconds_to_start: float

    def memory(self) -> tuple[float, float]:
        """Proportional and resident set size of all its processes, in GB."""
        family = [self.process, *self.process.children(recursive=True)]
        full = [process.memory_full_info() for process in family]
        return sum(m.pss for m in full) / 1e9, sum(m.rss for m in full) / 1e9


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def standin() -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.system.standin", str(port), str(LATENCY)]
    with started(command, f"http://127.0.0.1:{port}/accepted", os.environ.copy(), None):
        yield f"http://127.0.0.1:{port}"


@contextlib.contextmanager
def started(
    command: list[str], ready_url: str, env: dict[str, str], log: Path | None
) -> Iterator[tuple[subprocess.Popen[bytes], float]]:
    """Start, wait for 200, and stop with SIGINT; yields the process and seconds to readiness."""
    began = time.perf_counter()
    output = log.open("wb") if log else subprocess.DEVNULL
    process = subprocess.Popen(
        command, env=env, cwd=ROOT, stdout=output, stderr=output, stdin=subprocess.DEVNULL
    )
    try:
        while not _answers(ready_url):
            if process.poll() is not None or time.perf_counter() - began > START_SECONDS:
                raise SystemExit(f"{command[-1]} did not start; see {log}")
            time.sleep(0.1)
        yield process, time.perf_counter() - began
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@contextlib.contextmanager
def ours(twilio: str, folder: Path) -> Iterator[Running]:
    ports = {
        f"WADUL_{name}_PORT": str(free_port())
        for name in ("GATEWAY", "CONSOLE", "ACTIONS", "RASA", "SIMULATOR")
    }
    public = "https://wadul.example.id"
    env = os.environ | ports | {
        "WADUL_VAR_DIR": str(folder / "var"), "WADUL_SIMULATOR": "off",
        "WADUL_DATABASE_URL": "", "WADUL_BURST_SECONDS": "0",
        "WADUL_PUBLIC_URL": public, "WADUL_TWILIO_ACCOUNT_SID": ACCOUNT_SID,
        "WADUL_TWILIO_AUTH_TOKEN": AUTH_TOKEN, "WADUL_TWILIO_API_URL": twilio,
        "WADUL_TWILIO_CONTENT_URL": twilio,
    }  # fmt: skip
    gateway = f"http://127.0.0.1:{ports['WADUL_GATEWAY_PORT']}"
    command = [str(ROOT / ".venv/bin/wadul"), "run"]
    path = "/webhooks/twilio/whatsapp"
    with started(command, f"{gateway}/healthz", env, folder / "wadul.log") as (process, seconds):
        target = Target("Wadul", gateway + path, public + path)
        yield Running(target, psutil.Process(process.pid), seconds)


@contextlib.contextmanager
def stock(twilio: str, folder: Path) -> Iterator[Running]:
    project = folder / "stock"
    _write_stock_project(project)
    env = os.environ | {
        "STANDIN": twilio, "PYTHONPATH": str(project), "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONWARNINGS": "ignore",
    }  # fmt: skip
    print("training stock Rasa on the small-talk topic …", flush=True)
    train = [str(RASA), "-m", "rasa", "train", "--quiet"]
    subprocess.run(train, cwd=project, env=env, check=True, stdout=subprocess.DEVNULL)
    port = free_port()
    command = [
        str(RASA), "-m", "rasa", "run", "-i", "127.0.0.1", "-p", str(port),
        "--model", str(project / "models"), "--credentials", str(project / "credentials.yml"),
        "--endpoints", str(project / "endpoints.yml"),
    ]  # fmt: skip
    base = f"http://127.0.0.1:{port}/webhooks/twilio"
    with started(command, f"{base}/", env, folder / "stock.log") as (process, seconds):
        target = Target("stock Rasa", f"{base}/webhook", f"{base}/webhook")
        yield Running(target, psutil.Process(process.pid), seconds)


def _write_stock_project(project: Path) -> None:
    (project / "data").mkdir(parents=True)
    nlu = yaml.safe_load((ROOT / "data/nlu/smalltalk.yml").read_text())["nlu"]
    for entry in nlu:  # all of them take stock Rasa ten minutes to learn
        entry["examples"] = "".join(entry["examples"].splitlines(keepends=True)[:STOCK_EXAMPLES])
    intents = [entry["intent"] for entry in nlu]
    rules = [
        {"rule": name, "steps": [{"intent": name}, {"action": f"utter_{name}"}]} for name in intents
    ]
    files = {
        "config.yml": STOCK_CONFIG,
        "domain.yml": {
            "version": "3.1",
            "intents": intents,
            "responses": {f"utter_{name}": [{"text": f"Jawaban {name}."}] for name in intents},
        },
        "data/nlu.yml": {"version": "3.1", "nlu": nlu},
        "data/rules.yml": {"version": "3.1", "rules": rules},
        "data/stories.yml": {
            "version": "3.1",
            "stories": [{"story": "all", "steps": [s for rule in rules for s in rule["steps"]]}],
        },
        "credentials.yml": {
            "twilio": {
                "account_sid": ACCOUNT_SID, "auth_token": AUTH_TOKEN, "twilio_number": NUMBER,
            }
        },
        "endpoints.yml": {},
    }  # fmt: skip
    for name, content in files.items():
        (project / name).write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False))
    (project / "sitecustomize.py").write_text(TO_STANDIN)
