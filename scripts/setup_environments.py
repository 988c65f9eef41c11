"""Make `.venv` (Python 3.11 or newer) and `.venv-rasa` (Python 3.10) from the pinned lists.

Standard library only: it runs before anything is installed. Quick when nothing changed: each
environment carries the fingerprint of the list that it was made from.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODERN, LEGACY = ROOT / ".venv", ROOT / ".venv-rasa"
STAMP = "wadul-fingerprint"
NO_PYTHON_310 = (
    "Rasa 3.6 needs Python 3.10 and none was found: install it (for example `uv python install "
    "3.10`, `pyenv install 3.10` or your system's python3.10 package), or name one with "
    "WADUL_PYTHON310=/path/to/python3.10, and run the command again."
)


class SetupError(SystemExit):
    """Ends the set-up with one sentence that says what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(f"wadul: {sentence}")


def say(text: str) -> None:
    print(f"wadul: {text}", flush=True)


def run(*command: str | Path, quiet: bool = False) -> None:
    """Run a step; its own output is shown, and a failure ends the set-up."""
    done = subprocess.run(
        [str(part) for part in command], cwd=ROOT, stdout=subprocess.DEVNULL if quiet else None
    )
    if done.returncode:
        step = " ".join(str(part) for part in command[:4])
        raise SetupError(f"this step failed: {step} …; read the lines above, then run it again.")


def fingerprint(*parts: Path | str) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.read_bytes() if isinstance(part, Path) else part.encode())
    return digest.hexdigest()


def is_current(environment: Path, wanted: str) -> bool:
    stamp = environment / STAMP
    return stamp.is_file() and stamp.read_text() == wanted


def version_of(python: str | Path) -> tuple[int, int] | None:
    """The version of an interpreter, or None if it does not run (a shim without a target, say)."""
    try:
        done = subprocess.run(
            [str(python), "-c", "import sys, venv; print(*sys.version_info[:2])"],
            capture_output=True,
            text=True,
            timeout=20,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    words = done.stdout.split()
    return (int(words[0]), int(words[1])) if done.returncode == 0 and len(words) == 2 else None


def candidates_310() -> Iterator[str | Path]:
    """Places where a Python 3.10 may be, the likeliest first."""
    if named := os.environ.get("WADUL_PYTHON310"):
        yield named
    if found := shutil.which("python3.10"):
        yield found
    for root in (os.environ.get("PYENV_ROOT"), "~/.pyenv"):
        if root:
            versions = Path(root).expanduser() / "versions"
            yield from sorted(versions.glob("3.10*/bin/python3.10"), reverse=True)
    yield from sorted(
        Path("~/.local/share/uv/python").expanduser().glob("cpython-3.10*/bin/python3.10")
    )
    yield from ("/usr/bin/python3.10", "/usr/local/bin/python3.10", "/opt/homebrew/bin/python3.10")


def find_310(uv: Path) -> str | Path:
    for python in candidates_310():
        if version_of(python) == (3, 10):
            return python
    say("no Python 3.10 here; asking uv to fetch one …")
    fetched = subprocess.run(
        [str(uv), "python", "install", "3.10"], cwd=ROOT, capture_output=True, text=True
    )
    if fetched.returncode == 0:
        found = subprocess.run([str(uv), "python", "find", "3.10"], capture_output=True, text=True)
        python = found.stdout.strip()
        if found.returncode == 0 and version_of(python) == (3, 10):
            return python
    raise SetupError(NO_PYTHON_310)


def make_modern() -> Path:
    """`.venv` with everything but Rasa; returns its uv."""
    bootstrap, locked = ROOT / "envs/bootstrap.txt", ROOT / "envs/modern/requirements.txt"
    uv = MODERN / "bin" / "uv"
    wanted = fingerprint(bootstrap, locked, ROOT / "pyproject.toml", sys.version, str(ROOT))
    if is_current(MODERN, wanted):
        return uv
    say("making .venv (this office's programs) …")
    run(sys.executable, "-m", "venv", "--clear", MODERN)
    pip = (MODERN / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-input")
    run(*pip, "--disable-pip-version-check", "--require-hashes", "-r", bootstrap)
    install = (uv, "pip", "install", "--python", MODERN / "bin" / "python")
    run(*install, "--require-hashes", "-r", locked)
    run(*install, "--no-deps", "--no-build-isolation", "-e", ROOT)
    (MODERN / STAMP).write_text(wanted)
    return uv


def make_legacy(uv: Path) -> None:
    """`.venv-rasa`: see envs/rasa/README.md for why it exists."""
    locked = ROOT / "envs/rasa/requirements.txt"
    wanted = fingerprint(locked, str(ROOT))
    if is_current(LEGACY, wanted):
        return
    python = find_310(uv)
    say(f"making .venv-rasa (Rasa 3.6 on {python}), the largest step …")
    run(uv, "venv", "--quiet", "--clear", "--python", python, LEGACY)
    # The list is complete; --no-deps because rasa asks for tensorflow, which tensorflow-cpu serves.
    install = (uv, "pip", "install", "--no-deps", "--require-hashes")
    run(*install, "--python", LEGACY / "bin" / "python", "-r", locked)
    (LEGACY / STAMP).write_text(wanted)


def main() -> None:
    if sys.version_info < (3, 11):
        raise SetupError(
            f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}: run "
            "`make PYTHON=/path/to/python3.11 …`."
        )
    started = time.monotonic()
    make_legacy(make_modern())
    if (seconds := time.monotonic() - started) > 1:
        say(f"both environments are ready after {seconds:.0f} s.")


if __name__ == "__main__":
    main()
