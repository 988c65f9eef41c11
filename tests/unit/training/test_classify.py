"""`wadul nlu classify`: one result per line whatever the bytes, one sentence when it cannot."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from wadul.cli.main import app

Run = Callable[..., Result]

# Stands in for the Rasa environment's Python: greets whatever it reads.
PROGRAM = """\
#!{python}
import sys
if open("model.tar.gz").read() != "model":
    sys.exit("wadul: rasa: the encoder is damaged.")
print('{{"ready": true}}', flush=True)
for line in sys.stdin:
    said = '"text": ' + line.strip()
    intent = '"intent": {{"name": "greet", "label": "greet", "confidence": 1.0}}'
    print('{{' + said + ', ' + intent + ', "intent_ranking": [], "entities": []}}', flush=True)
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    python = tmp_path / ".venv-rasa" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(PROGRAM.format(python=sys.executable))
    python.chmod(0o755)
    (tmp_path / "model.tar.gz").write_text("model")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WADUL_MODEL_FILE", "model.tar.gz")

    def invoke(*words: str, given: bytes = b"") -> Result:
        return CliRunner().invoke(app, ["nlu", "classify", *words], input=given)

    return invoke


def _texts(result: Result) -> list[str]:
    assert result.exit_code == 0, (result.output, result.exception)
    return [json.loads(line)["text"] for line in result.stdout.split("\n") if line]


LINES = [
    (b"", []),
    (b"a\xff\nhalo\n", ["a\ufffd", "halo"]),
    (b"halo\r\n\nhai", ["halo", "", "hai"]),
    ("baris\u2028sama \U0001f44d\n".encode(), ["baris\u2028sama \U0001f44d"]),
]


@pytest.mark.parametrize(("given", "texts"), LINES)
def test_each_line_has_one_result(run: Run, given: bytes, texts: list[str]) -> None:
    Path("in.txt").write_bytes(given)
    assert _texts(run("--json", given=given)) == texts
    assert _texts(run("--json", "--file", "in.txt")) == texts


def test_a_file_that_is_not_there_is_named(run: Run) -> None:
    result = run("--file", "none.txt")
    assert (result.exit_code, "none.txt" in result.stderr) == (1, True)


def test_a_model_that_cannot_be_loaded_is_one_sentence(
    run: Run, capfd: pytest.CaptureFixture[str]
) -> None:
    Path("model.tar.gz").write_text("other")
    result = run("--json", given=b"halo\n")
    assert (result.exit_code, result.stdout) == (1, "")
    assert len(result.stderr.splitlines()) == 1
    assert capfd.readouterr().err == "wadul: rasa: the encoder is damaged.\n"
