"""`wadul nlu find|add|move|remove|edit` as a trainer types them; the files are the truth."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from wadul.cli.main import app
from wadul.training.project import Project

Run = Callable[..., Result]
LAND = "complaint/land"


@pytest.fixture
def run(project: Project, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(project.root)
    monkeypatch.setenv("WADUL_VAR_DIR", str(project.var))
    monkeypatch.setenv("COLUMNS", "200")

    def invoke(*words: str, exit_code: int = 0, given: str | None = None) -> Result:
        result = CliRunner().invoke(app, ["nlu", *words], input=given)
        assert result.exit_code == exit_code, (result.output, result.exception)
        return result

    return invoke


def _json(result: Result) -> Any:
    return json.loads(result.stdout)


@pytest.fixture
def changes(project: Project) -> Callable[[], list[str]]:
    """Lines that differ from how the files were at first."""
    before = {path: path.read_text() for path in project.nlu_files()}

    def differing() -> list[str]:
        found = []
        for path, old in before.items():
            lines = difflib.unified_diff(old.splitlines(), path.read_text().splitlines(), n=0)
            found += [line for line in lines if not line.startswith(("---", "+++", "@@"))]
        return found

    return differing


Changes = Callable[[], list[str]]


def test_finding(run: Run) -> None:
    assert _json(run("find", "TANAH", "--json")) == [
        {
            "label": LAND,
            "text": text,
            "source": text,
            "file": "data/nlu/complaint.yml",
            "line": line,
        }
        for text, line in (("tanah saya diserobot tetangga", 7), ("patok tanah digeser orang", 8))
    ]
    assert [each["text"] for each in _json(run("find", "^ha.o$", "--regex", "--json"))] == ["halo"]
    assert "data/nlu/complaint.yml:8" in run("find", "patok", "--label", "complaint").stdout
    assert _json(run("find", "patok", "--label", "greet", "--json")) == []
    assert "wadul:" in run("find", "(", "--regex", exit_code=1).stderr


def test_adding_is_one_line_and_tells_what_it_left_out(run: Run, changes: Changes) -> None:
    texts = ("batas [kebun] digeser", "PATOK tanah digeser orang!", "sampah menumpuk di pasar")
    assert _json(run("add", LAND, *texts, "--dry-run", "--json"))["written"] is False
    assert changes() == []

    told = _json(run("add", LAND, *texts, "--json"))
    assert (told["written"], told["known"]) == (True, 1)
    assert told["elsewhere"] == [
        {
            "text": "sampah menumpuk di pasar",
            "label": "complaint/waste_environment",
            "place": "data/nlu/complaint.yml:12",
        }
    ]
    assert changes() == ["+    - batas [[][]kebun] digeser"]
    unknown = run("add", "complaint/lend", "x y z", exit_code=1).stderr
    assert "label complaint/lend tidak dikenal" in unknown
    assert LAND in unknown


def test_many_pasted_sentences_are_shown_first(run: Run, changes: Changes) -> None:
    pasted = "".join(f"sawah nomor {n} diserobot\n" for n in range(60)) + "telp 081298765432\n"
    refused = run("add", LAND, "--file", "-", given=pasted, exit_code=1)
    assert "61 kalimat baru" in refused.stdout
    assert "--yes" in refused.stderr
    assert changes() == []

    written = run("add", LAND, "--file", "-", "--yes", given=pasted)
    assert "1 kalimat data pribadi disamarkan" in written.stdout
    assert len(changes()) == 61
    assert "+    - telp 0812******32" in changes()


def test_moving_removing_and_editing(run: Run, changes: Changes) -> None:
    moved = run("move", "complaint/waste_environment", "patok tanah digeser orang")
    assert "1 kalimat dipindahkan ke complaint/waste_environment" in moved.stdout
    run("edit", "data/nlu/smalltalk.yml:5", "halo min")
    assert [each["text"] for each in _json(run("remove", "assalamualaikum", "--json"))] == [
        "assalamualaikum"
    ]
    assert sorted(changes()) == [
        "+      - halo min",
        "+    - patok tanah digeser orang",
        "-      - assalamualaikum",
        "-      - halo",
        "-    - patok tanah digeser orang",
    ]
    assert "kalimat tidak ditemukan" in run("remove", "tidak ada", exit_code=1).stderr
    assert "sudah ada" in run("edit", "halo min", "terima kasih", exit_code=1).stderr


def test_a_broken_file_is_named_with_its_line(run: Run, project: Project) -> None:
    (project.nlu / "broken.yml").write_text("nlu:\n- intent: greet\n  examples: |\n    - a\n   b\n")
    for words in (("find", "a"), ("add", "greet", "hai"), ("remove", "halo")):
        assert "broken.yml, baris 5" in run(*words, exit_code=1).stderr
