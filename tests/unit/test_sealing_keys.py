"""The key that secrets are sealed with: from the settings, or a file made once."""

from __future__ import annotations

import multiprocessing
import stat
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from wadul.sealing import Sealer, SecretKeyUnfit, SecretUnreadable

PROCESSES = 8


def seal(file: Path, start: Barrier, number: int) -> None:
    start.wait()
    (file.parent / str(number)).write_text(Sealer("", file).seal("rahasia"))


def test_processes_that_start_at_once_have_one_key(tmp_path: Path) -> None:
    file = tmp_path / "var" / "secret.key"
    file.parent.mkdir()
    fork = multiprocessing.get_context("forkserver")
    start = fork.Barrier(PROCESSES)
    running = [fork.Process(target=seal, args=(file, start, n)) for n in range(PROCESSES)]
    for process in running:
        process.start()
    for process in running:
        process.join(60)
        assert process.exitcode == 0
    sealer = Sealer("", file)
    for number in range(PROCESSES):
        assert sealer.open((file.parent / str(number)).read_text()) == "rahasia"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    names = {path.name for path in file.parent.iterdir()}
    assert names == {"secret.key", *map(str, range(PROCESSES))}, "nothing is left behind"


def test_nothing_is_made_before_it_is_needed(tmp_path: Path) -> None:
    file = tmp_path / "secret.key"
    sealer = Sealer("", file)
    assert sealer.open("JBSWY3DPEHPK3PXP") == "JBSWY3DPEHPK3PXP"
    assert not sealer.is_current("JBSWY3DPEHPK3PXP")
    with pytest.raises(SecretUnreadable):
        sealer.open(Sealer(Fernet.generate_key().decode(), file).seal("x"))
    assert not file.exists()


def test_what_is_no_key_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(SecretKeyUnfit, match="WADUL_SECRET_KEYS"):
        Sealer("bukan kunci", tmp_path / "secret.key").seal("x")


def test_keys_of_a_file_stand_one_on_a_line(tmp_path: Path) -> None:
    old, new = (Fernet.generate_key().decode() for _ in range(2))
    file = tmp_path / "secret.key"
    file.write_text(f"{new}\n{old}\n")
    sealed = Sealer(old, file).seal("rahasia")
    sealer = Sealer("", file)
    assert sealer.open(sealed) == "rahasia"
    assert not sealer.is_current(sealed)
    assert sealer.is_current(sealer.seal("rahasia"))
