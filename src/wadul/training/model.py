"""Trained models as files: found by the fingerprint of what they are made from, and trained."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from ruamel.yaml import YAML

from wadul.settings import Settings
from wadul.training.exceptions import NoRoom, TrainingFailed
from wadul.training.files import FULL, locked
from wadul.training.rasa import RasaPrograms

_CODE_FOLDERS = (("components", "*.py"), ("components", "*.yml"))
_FILES = ("domain.yml", "config.yml", "envs/rasa/requirements.txt")
_FOLDERS = (("data", "*.yml"), *_CODE_FOLDERS)
_ROOM = 300_000_000
"""Bytes that training needs at least: Rasa writes a model twice before it is one file."""
_STEP = "wadul: training "
_UNFINISHED = "unfinished-"
_KEPT_LINES = 400  # Rasa tells the cause long before its own last words
_CAUSE = re.compile(r"^[\w.]*(?:Error|Exception|Interrupt): .*\S")
_FULL = re.compile(
    # NumPy and SQLite have words of their own for it
    r"|".join([*map(os.strerror, sorted(FULL)), r"\d+ requested and \d+ written", "disk is full"])
)

Step = Callable[[str, int, int], None]
"""Called with the component's name, its number from 1, and how many there are about."""


def fingerprint(settings: Settings) -> str:
    """Changes whenever a file changes that the model is made from, wherever the files lie."""
    return _digest(sorted(_sources(settings)))


def code_fingerprint() -> str:
    """Changes whenever the programs change that train and read a model."""
    files = (file for folder, pattern in _CODE_FOLDERS for file in Path(folder).rglob(pattern))
    return _digest(sorted((str(file), file) for file in files))


def current_model(settings: Settings) -> Path:
    return settings.model_dir / f"wadul-{fingerprint(settings)}.tar.gz"


def name_of(model: Path) -> str:
    return model.name.removesuffix(".tar.gz")


def train(
    settings: Settings,
    model: Path,
    *,
    again: bool = False,
    step: Step | None = None,
    waiting: Callable[[], None] = lambda: None,
) -> bool:
    """Train on the files as they are; False if another program just did the same.

    One training at a time; the others wait. A model that was not finished is not left behind, and
    no other model is touched. Raises `TrainingFailed` and `NoRoom`.
    """
    settings.model_dir.mkdir(parents=True, exist_ok=True)
    waited = False

    def wait() -> None:
        nonlocal waited
        waited = True
        waiting()

    with locked(settings.model_dir / "training.lock", waiting=wait):
        if model.is_file() and (waited or not again):
            return False
        for left_behind in settings.model_dir.glob(f"{_UNFINISHED}*"):
            _remove(left_behind)
        _require_room(settings.model_dir)
        _train(settings, model, step)
    return True


def _train(settings: Settings, model: Path, step: Step | None) -> None:
    """All that Rasa writes meanwhile lies beside the model: looked after, and on the same disk."""
    unfinished = settings.model_dir / f"{_UNFINISHED}{os.getpid()}-{model.name}"
    folder = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=settings.model_dir)).resolve()
    arguments = ("--out", str(settings.model_dir), "--name", name_of(unfinished))
    rasa = RasaPrograms.of(settings)
    rasa = replace(rasa, environment=rasa.environment | {"TMPDIR": str(folder)})
    program = rasa.start(
        "components.train", *arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        said = _follow(program, step or _say_step, _steps())
        if program.wait() or not unfinished.is_file():
            sys.stderr.writelines(said)
            raise failure(program.returncode, said)
        unfinished.replace(model)
    finally:
        if program.poll() is None:
            program.kill()
            program.wait()
        if program.stderr is not None:
            program.stderr.close()
        _remove(unfinished)
        _remove(folder)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _follow(program: subprocess.Popen[str], step: Step, steps: int) -> deque[str]:
    """Tell each step; returns the last other lines, for the case that it fails."""
    said: deque[str] = deque(maxlen=_KEPT_LINES)
    number = 0
    for line in program.stderr or ():
        if line.startswith(_STEP):
            number += 1
            step(line.removeprefix(_STEP).strip(" …\n"), number, max(steps, number))
        elif not line.startswith("Processed "):
            said.append(line)
    return said


def failure(code: int, said: Sequence[str]) -> TrainingFailed | NoRoom:
    """Why a training ended too early, for people who do not see what it printed."""
    if any(_FULL.search(line) for line in said):
        return NoRoom(
            "Disk penuh saat melatih; yang setengah jadi sudah dihapus. Daftar model dan model "
            "yang melayani tetap. Kosongkan ruang, lalu latih lagi."
        )
    if code < 0:
        return TrainingFailed(
            f"Pelatihan dihentikan dari luar (sinyal {-code}) sebelum selesai; latih lagi. Model "
            "yang melayani tetap."
        )
    causes = [line.strip() for line in said if _CAUSE.match(line)]
    others = [line.strip() for line in reversed(said) if line.strip()]
    cause = next(iter([*causes, *others]), "")
    return TrainingFailed(f"{TrainingFailed.__doc__} {cause[:300]}".strip())


def _say_step(name: str, number: int, steps: int) -> None:
    sys.stderr.write(f"{_STEP}{name} … ({number}/{steps})\n")


def _steps() -> int:
    """Components that say when their training begins."""
    config = YAML(typ="safe").load(Path("config.yml").read_text(encoding="utf-8"))
    return len(config.get("pipeline") or ()) + len(config.get("policies") or ())


def _require_room(folder: Path) -> None:
    largest = max((file.stat().st_size for file in folder.glob("*.tar.gz")), default=0)
    free = shutil.disk_usage(folder).free
    needed = max(_ROOM, 3 * largest)
    if free < needed:
        raise NoRoom(f"{NoRoom.__doc__} Perlu {needed // 10**6} MB, ada {free // 10**6} MB.")


def _sources(settings: Settings) -> Iterator[tuple[str, Path]]:
    yield from ((name, Path(name)) for name in _FILES)
    for folder, pattern in _FOLDERS:
        yield from ((str(file), file) for file in Path(folder).rglob(pattern))
    offices = settings.offices_dir
    yield from ((str(file.relative_to(offices)), file) for file in offices.rglob("*.yml"))


def _digest(files: list[tuple[str, Path]]) -> str:
    digest = hashlib.sha256()
    for name, file in files:
        digest.update(name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
