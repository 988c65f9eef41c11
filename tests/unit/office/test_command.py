"""`wadul office check`."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from wadul.cli.office import app

from .conftest import REPOSITORY
from .example import FILES, write_office

run = CliRunner()


def _spoilt(tmp_path: Path) -> Path:
    files = {
        **FILES,
        "services/ktp_lost.yml": FILES["services/ktp_lost.yml"].replace("cost", "biaya"),
    }
    return write_office(tmp_path / "offices" / "contoh", files)


def test_good_content() -> None:
    result = run.invoke(app, ["check", str(REPOSITORY / "offices")])
    assert result.exit_code == 0, result.output
    assert "JTB" in result.output
    assert "Semua berkas kantor dapat dipakai." in result.output


def test_good_content_as_json() -> None:
    result = run.invoke(app, ["check", "--json", str(REPOSITORY / "offices")])
    assert result.exit_code == 0
    said = json.loads(result.output)
    assert said["ok"] is True
    assert said["offices"][0] | {"faq": 0} == {
        "id": "jatibarang",
        "code": "JTB",
        "name": "Kecamatan Jatibarang",
        "villages": 15,
        "services": 27,
        "services_confirmed": 0,
        "faq": 0,
        "templates": 5,
        "templates_approved": 0,
    }


def test_mistakes_name_file_line_and_field(tmp_path: Path) -> None:
    result = run.invoke(app, ["check", str(_spoilt(tmp_path))])
    assert result.exit_code == 1
    assert "contoh/services/ktp_lost.yml: Baris 10, kolom biaya:" in result.output
    assert "2 kesalahan" in result.output
    assert "dapat dipakai" not in result.output


def test_mistakes_as_json(tmp_path: Path) -> None:
    result = run.invoke(app, ["check", "--json", str(_spoilt(tmp_path))])
    assert result.exit_code == 1
    said = json.loads(result.output)
    assert said["ok"] is False
    assert said["offices"] == []
    assert {(p["file"], p["line"], p["field"], p["severity"]) for p in said["problems"]} == {
        ("contoh/services/ktp_lost.yml", 1, "cost", "error"),
        ("contoh/services/ktp_lost.yml", 10, "biaya", "error"),
    }


def test_missing_folder(tmp_path: Path) -> None:
    result = run.invoke(app, ["check", str(tmp_path / "nowhere")])
    assert result.exit_code == 1
    assert "tidak ada folder kantor" in result.output
