"""A trainer's day on the command line: a good model serves, damaged data is stopped by the gate."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from wadul.cli.main import app
from wadul.training.checks.held_out import held_out_files, load_held_out
from wadul.training.corpus import Corpus
from wadul.training.folds import written
from wadul.training.project import Project

from .conftest import ROOT

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]

ROADS, COST, FIRE, GREET = (
    "complaint/roads_irrigation_drainage",
    "consultation/cost",
    "emergency/fire",
    "greet",
)
LABELS = (ROADS, COST, FIRE, GREET)
EXAMPLES, TESTS = 25, 10  # of each label
DAMAGE = {ROADS: COST, COST: ROADS}
WRONG_STORY = """\
stories:
- story: Salah jawab
  steps:
  - user: halo
    intent: greet
  - action: utter_emergency
"""

Run = Callable[..., Result]


@pytest.fixture
def project(folder: Path) -> Project:
    """Four labels of the real data, the real pipeline and the real gate."""
    (folder / "tests" / "nlu").mkdir()
    own = Project(folder, folder / "offices", folder / "models", folder / "var")
    own.var.mkdir()
    write_examples(own, {})
    (own.held_out / "some.yml").write_text(
        "utterances:\n"
        + "".join(
            f"  - {{text: {json.dumps(each.text, ensure_ascii=False)}, label: {each.label}}}\n"
            for label in LABELS
            for each in held_out_of(label)
        )
    )
    own.gate.write_text(lenient(own.gate.read_text()))
    return own


def lenient(gate: str) -> str:
    """With so few sentences no model is as sure as it should be, and one of ten counts much."""
    gate = gate.replace("calibration_error: 0.08", "calibration_error: 0.5")
    return re.sub(r"emergency_recall: 0\.9\d*", "emergency_recall: 0.7", gate)


def held_out_of(label: str) -> list[Any]:
    real = Project(ROOT, ROOT / "offices", ROOT / "models", ROOT / "var")
    rows = [row for path in held_out_files(real) for row in load_held_out(path)]
    return [row for row in rows if row.label == label and "\n" not in row.text][:TESTS]


def write_examples(project: Project, damage: dict[str, str]) -> None:
    real = Corpus.load(Project(ROOT, ROOT / "offices", ROOT / "models", ROOT / "var"))
    chosen = [
        replace(example, label=damage.get(label, label))
        for label in LABELS
        for example in [each for each in real.examples if each.label == label][:EXAMPLES]
    ]
    (project.nlu / "all.yml").write_text(written(chosen))


@pytest.fixture
def run(project: Project, monkeypatch: pytest.MonkeyPatch) -> Run:
    for name, value in {"MODEL_DIR": project.models, "VAR_DIR": project.var}.items():
        monkeypatch.setenv(f"WADUL_{name}", str(value))
    monkeypatch.setenv("COLUMNS", "200")

    def invoke(*words: str, exit_code: int = 0) -> Result:
        result = CliRunner().invoke(app, ["nlu", *words])
        assert result.exit_code == exit_code, (result.output, result.exception)
        return result

    return invoke


def test_the_gate_stops_a_model_of_damaged_data(project: Project, run: Run) -> None:
    good = json.loads(run("train", "--json", "--as", "siti").stdout)["name"]
    evaluated = json.loads(run("evaluate", "--json").stdout)
    assert evaluated["verdict"]["passed"], evaluated["verdict"]["sentence"]
    assert evaluated["candidate"]["stories"] == {
        "passed": 1,
        "failed": 0,
        "wrong": [],
    }
    assert [Path(path).exists() for path in evaluated["pictures"]] == [True, True, True]
    assert "akan melayani begitu sistem dijalankan" in run("promote", good).stdout

    write_examples(project, DAMAGE)
    (project.conversations / "test_wrong.yml").write_text(WRONG_STORY)
    bad = json.loads(run("train", "--json", "--as", "siti").stdout)["name"]
    refused = json.loads(run("evaluate", "--json", exit_code=1).stdout)
    assert refused["model"] == bad
    assert refused["serving"]["model"] == good
    assert not refused["verdict"]["passed"]
    assert "laporan yang dikenali sebagai laporan" in refused["verdict"]["sentence"]
    assert (
        "1 dari 2 cerita percakapan berjalan benar; yang salah: “Salah jawab"
        in (refused["verdict"]["sentence"])
    )

    assert "TIDAK LULUS" in run("promote", bad, exit_code=1).stderr
    assert "perlu alasan" in run("promote", bad, "--force", exit_code=1).stderr
    assert project.serving.read_text().strip() == good

    run("promote", bad, "--force", "--reason", "uji coba", "--as", "siti")
    assert project.serving.read_text().strip() == bad
    run("rollback", "--as", "budi")
    assert project.serving.read_text().strip() == good

    listed = json.loads(run("list", "--json").stdout)
    assert listed["serving"] == good
    assert [(each["what"], each["who"], each["forced"]) for each in listed["history"]] == [
        ("promoted", listed["history"][0]["who"], False),
        ("promoted", "siti", True),
        ("rolled_back", "budi", False),
    ]
    assert "uji coba" in run("list").stdout

    (project.nlu / "broken.yml").write_text("nlu:\n- intent: greet\n  examples: |\n  - a\n x\n")
    assert "broken.yml, baris" in run("train", exit_code=1).stderr
    assert project.serving.read_text().strip() == good
