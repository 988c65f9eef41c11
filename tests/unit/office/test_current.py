"""An edit of an office's file counts while the processes run."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from wadul.office import CurrentOffices

REPOSITORY = Path(__file__).parents[3]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("wadul.office.current.LOOK_SECONDS", 0.0)
    shutil.copytree(REPOSITORY / "offices", tmp_path / "offices")
    return tmp_path / "offices"


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_an_edit_counts_without_a_restart(folder: Path) -> None:
    offices = CurrentOffices(folder)
    before = offices["jatibarang"]
    assert offices["jatibarang"] is before
    file = folder / "jatibarang" / "office.yml"
    file.write_text(file.read_text().replace(f"name: {before.name}", "name: Kecamatan Baru"))
    until(lambda: offices["jatibarang"].name == "Kecamatan Baru")
    assert list(offices) == ["jatibarang"]


def test_while_a_file_has_mistakes_the_offices_stay_as_they_were(folder: Path) -> None:
    offices = CurrentOffices(folder)
    before = offices["jatibarang"]
    file = folder / "jatibarang" / "office.yml"
    right = file.read_text()
    file.write_text(right + "\nthis: [is not\n")
    until(lambda: offices._reading.locked() or offices["jatibarang"] is not before)
    until(lambda: not offices._reading.locked())
    assert offices["jatibarang"] == before
    file.write_text(right.replace(f"name: {before.name}", "name: Kecamatan Baru"))
    until(lambda: offices["jatibarang"].name == "Kecamatan Baru")
