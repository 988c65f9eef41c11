"""The small office of `example.py` and the real one."""

from __future__ import annotations

from pathlib import Path

import pytest

from wadul.office import Office, load_offices

from .example import FILES, write_office

REPOSITORY = Path(__file__).parents[3]


@pytest.fixture
def offices_folder(tmp_path: Path) -> Path:
    return write_office(tmp_path / "offices" / "contoh", FILES)


@pytest.fixture
def contoh(offices_folder: Path) -> Office:
    return load_offices(offices_folder)["contoh"]


@pytest.fixture(scope="session")
def jatibarang() -> Office:
    return load_offices(REPOSITORY / "offices")["jatibarang"]
