"""Compile the three pinned lists (`make lock`). No registry address is written into them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from setup_environments import LEGACY, MODERN, ROOT

PLAIN = ("--generate-hashes", "--no-emit-index-url", "--quiet", "--upgrade")


def compile_list(target: str, source: str, *options: str) -> None:
    uv = MODERN / "bin" / "uv"
    named = ("--custom-compile-command", "make lock", "-o", target)
    subprocess.run([uv, "pip", "compile", source, *named, *PLAIN, *options], cwd=ROOT, check=True)


def main() -> None:
    modern = ("--universal", "--python-version", "3.11")
    compile_list("envs/bootstrap.txt", "envs/bootstrap.in", *modern)
    compile_list("envs/modern/requirements.txt", "pyproject.toml", "--extra", "dev", *modern)
    legacy = ("--python", str(LEGACY / "bin/python"), "--override", "envs/rasa/overrides.txt")
    compile_list("envs/rasa/requirements.txt", "envs/rasa/requirements.in", *legacy)


if __name__ == "__main__":
    main()
