"""Cross-validation with Rasa itself: each sentence is judged by a model that never saw it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from wadul.cli.main import app

from .conftest import KEYWORDS

pytestmark = pytest.mark.integration

# The classifier looks for whole training sentences in a message: "lapor" is found in the others.
DATA = """\
version: "3.1"
nlu:
- intent: greet
  examples: |
    - halo pak
    - halo pak camat
    - selamat siang
    - punten
- intent: complaint
  examples: |
    - lapor
    - lapor jalan
    - lapor sampah
    - mau lapor
"""


@pytest.fixture
def project(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (folder / "config.yml").write_text(KEYWORDS)
    (folder / "data" / "nlu" / "all.yml").write_text(DATA)
    (folder / "tests" / "nlu").mkdir()
    (folder / "tests" / "nlu" / "some.yml").write_text(
        "utterances:\n  - {text: halo pak lurah, label: greet}\n"
    )
    monkeypatch.setenv("WADUL_MODEL_DIR", str(folder / "models"))
    monkeypatch.setenv("WADUL_VAR_DIR", str(folder / "var"))
    return folder


def test_every_sentence_is_judged_once_by_a_model_that_never_saw_it(project: Path) -> None:
    invoke = CliRunner().invoke
    assert invoke(app, ["nlu", "train"]).exit_code == 0
    before = {path: path.read_bytes() for path in (project / "data").rglob("*.yml")}

    told = invoke(app, ["nlu", "evaluate", "--no-stories", "--folds", "2", "--json"])

    assert told.exit_code == 1  # no gate lets so small a model pass
    crossed = json.loads(told.stdout)["cross_validation"]
    assert crossed["utterances"] == 8
    # "punten" and "selamat siang" stand alone: whoever never saw them cannot know them
    assert 0 < crossed["accuracy"] < 0.8
    assert json.loads(told.stdout)["candidate"]["accuracy"] == 1.0
    assert {path: path.read_bytes() for path in (project / "data").rglob("*.yml")} == before
    assert len(list((project / "models").glob("*.tar.gz"))) == 1
    refused = invoke(app, ["nlu", "evaluate", "--no-stories", "--folds", "5"])
    assert "kurang dari 5 bagian" in refused.stderr
