"""The set-up script's sentences; making the environments is what `make test` itself begins with."""

from __future__ import annotations

import importlib.util
import stat
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "setup_environments.py"


@pytest.fixture
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("setup_environments", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def program(file: Path, lines: str) -> Path:
    file.write_text(f"#!/bin/sh\n{lines}\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return file


def test_a_shim_without_a_target_is_no_python(script: ModuleType, tmp_path: Path) -> None:
    assert script.version_of(program(tmp_path / "python3.10", "exit 127")) is None
    assert script.version_of(tmp_path / "missing") is None
    assert script.version_of(sys.executable) == sys.version_info[:2]


def test_no_python_310_is_one_sentence_that_says_what_to_do(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(script, "candidates_310", lambda: iter([tmp_path / "python3.10"]))
    with pytest.raises(SystemExit) as ended:
        script.find_310(program(tmp_path / "uv", "exit 1"))
    sentence = str(ended.value)
    assert "Python 3.10" in sentence
    assert "WADUL_PYTHON310=" in sentence
    assert "\n" not in sentence


def test_the_first_that_runs_is_taken(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shim = program(tmp_path / "shim", "exit 1")
    real = program(tmp_path / "real", "echo 3 10")
    monkeypatch.setattr(script, "candidates_310", lambda: iter([shim, real]))
    assert script.find_310(tmp_path / "uv") == real


def test_an_environment_is_current_only_for_its_own_list(
    script: ModuleType, tmp_path: Path
) -> None:
    wanted = script.fingerprint("a", SCRIPT)
    assert not script.is_current(tmp_path, wanted)
    (tmp_path / script.STAMP).write_text(wanted)
    assert script.is_current(tmp_path, wanted)
    assert not script.is_current(tmp_path, script.fingerprint("b", SCRIPT))
