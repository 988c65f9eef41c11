from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from wadul.exceptions import InvalidInput
from wadul.settings import Settings
from wadul.supervisor.model import ensure_model, fingerprint

ROOT = Path(__file__).parents[2]


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(ROOT)
    shutil.copytree(ROOT / "offices", tmp_path / "offices")
    return Settings(_env_file=None, offices_dir=tmp_path / "offices")


def test_where_the_files_lie_does_not_matter(settings: Settings) -> None:
    assert fingerprint(settings) == fingerprint(Settings(_env_file=None))


def test_a_changed_office_wants_a_new_model(settings: Settings) -> None:
    before = fingerprint(settings)
    file = settings.offices_dir / "jatibarang" / "office.yml"
    file.write_text(file.read_text() + "\n# changed\n")
    assert fingerprint(settings) != before


def test_a_named_model_must_be_there(settings: Settings, tmp_path: Path) -> None:
    there = tmp_path / "model.tar.gz"
    there.write_bytes(b"x")
    assert ensure_model(settings.model_copy(update={"model_file": there})) == there
    with pytest.raises(InvalidInput, match="WADUL_MODEL_FILE"):
        ensure_model(settings.model_copy(update={"model_file": tmp_path / "none"}))
