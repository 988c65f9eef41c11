from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
RASA = ROOT / ".venv-rasa" / "bin" / "python"
DOMAIN = """\
version: "3.1"
intents: [greet, complaint, consultation, emergency]
entities: [service, desa, out_of_area_place, rt, rw, ticket_number, money, date, time]
responses:
  utter_greet: [{text: "Halo."}]
  utter_complaint: [{text: "Laporan dicatat."}]
  utter_consultation: [{text: "Gratis."}]
  utter_emergency: [{text: "Hubungi 112."}]
session_config:
  session_expiration_time: 0
  carry_over_slots_to_new_session: true
"""
RULES = """\
version: "3.1"
rules:
- {rule: a, steps: [{intent: greet}, {action: utter_greet}]}
- {rule: b, steps: [{intent: complaint}, {action: utter_complaint}]}
- {rule: c, steps: [{intent: consultation}, {action: utter_consultation}]}
- {rule: d, steps: [{intent: emergency}, {action: utter_emergency}]}
"""
STORIES = """\
stories:
- story: Laporan
  steps:
  - user: mau lapor jalan rusak berlubang
    intent: complaint
  - action: utter_complaint
"""
KEYWORDS = """\
recipe: default.v1
assistant_id: wadul
language: id
pipeline:
  - name: KeywordIntentClassifier
    case_sensitive: false
policies:
  - name: RulePolicy
"""


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


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small Rasa project with our components, and the current folder."""
    root = tmp_path / "project"
    (root / "data" / "nlu").mkdir(parents=True)
    for name in (".venv-rasa", "components", "envs", "offices"):
        (root / name).symlink_to(ROOT / name)
    for name in ("endpoints.yml", "credentials.yml", "config.yml", "gate.yml"):
        shutil.copy(ROOT / name, root / name)
    (root / "domain.yml").write_text(DOMAIN)
    (root / "data" / "rules.yml").write_text(RULES)
    (root / "tests" / "conversations").mkdir(parents=True)
    (root / "tests" / "conversations" / "test_all.yml").write_text(STORIES)
    monkeypatch.chdir(root)
    return root
