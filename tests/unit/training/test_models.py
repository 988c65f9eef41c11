"""Training, promoting and taking back, with a stand-in for the Rasa environment's Python."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from unit.training import disks

from wadul.exceptions import InvalidInput, NotFound
from wadul.settings import Settings
from wadul.supervisor.model import ensure_model
from wadul.training import model as models
from wadul.training import promotion, removal, serving
from wadul.training.evaluation import Evaluation, digest_of_tests, rows_file
from wadul.training.exceptions import (
    BrokenFile,
    GateRefused,
    ModelUnusable,
    NoRoom,
    TrainingFailed,
)
from wadul.training.gate import Stories
from wadul.training.metrics import Row, measure
from wadul.training.project import Project
from wadul.training.registry import Registry, update

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
# Trains by writing the text of data/nlu into the model; "reads" a model unless it says so.
PROGRAM = """\
#!{python}
import pathlib, sys, tempfile, time
options = dict(zip(sys.argv[1:], sys.argv[2:]))
behaviour = pathlib.Path("behaviour").read_text() if pathlib.Path("behaviour").exists() else ""
if "components.train" in sys.argv:
    for name in ("Tokenizer", "Classifier"):
        print(f"wadul: training {{name}} …", file=sys.stderr, flush=True)
    if "slow" in behaviour:
        pathlib.Path("training").touch()
        time.sleep(float(behaviour.split()[1]))
    if "fails" in behaviour:
        print("the pipeline is wrong", file=sys.stderr)
        sys.exit(1)
    if "raises" in behaviour:
        try:
            raise ValueError("the cause")
        except ValueError as error:
            raise RuntimeError("a component failed\\n" + "far away\\n" * 100) from error
    if "large" in behaviour:
        pathlib.Path(tempfile.mkdtemp(), "component").write_bytes(bytes(4_000_000))
    with pathlib.Path("trained").open("a") as journal:
        journal.write("x")
    pathlib.Path(options["--out"], options["--name"] + ".tar.gz").write_bytes(b"model")
elif "components.classify" in sys.argv:
    if pathlib.Path(options["--model"]).read_bytes() != b"model":
        sys.exit("no model could be loaded")
    print('{{"ready": true}}', flush=True)
    for line in sys.stdin:
        print('{{"text": ' + line.strip() + ', "intent": {{}}, "entities": []}}', flush=True)
"""


@pytest.fixture
def settings(project: Project, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The small project with a stand-in for Rasa; the current folder is its root."""
    python = project.root / ".venv-rasa" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(PROGRAM.format(python=sys.executable))
    python.chmod(0o755)
    (project.root / "envs/rasa").mkdir(parents=True)
    (project.root / "envs/rasa/requirements.txt").touch()
    (project.root / "components").mkdir()
    (project.root / "components" / "a.py").write_text("1")
    (project.root / "config.yml").write_text("pipeline: [a, b]\n")
    shutil.copy(ROOT / "gate.yml", project.gate)
    (project.root / "tests/nlu").mkdir(parents=True)
    (project.held_out / "x.yml").write_text("utterances:\n  - {text: hai, label: greet}\n")
    monkeypatch.chdir(project.root)
    return Settings(
        _env_file=None,
        model_dir=project.models,
        var_dir=project.var,
        offices_dir=project.root / "offices",
    )


def _change_data(project: Project, words: str) -> None:
    path = project.nlu / "smalltalk.yml"
    path.write_text(path.read_text() + f"      - {words}\n")


def _candidate(settings: Settings, who: str = "siti") -> str:
    return promotion.make_candidate(settings, who=who, now=NOW).name


def _measured(project: Project, name: str, *, right: int, of: int = 20) -> None:
    """Put figures into the registry, as an evaluation does."""
    label = "complaint/land"
    rows = [Row(str(n), label, label if n < right else "greet", 1.0) for n in range(of)]
    evaluation = Evaluation(
        name, digest_of_tests(project), NOW.isoformat(), measure(rows), Stories(1, 0)
    )

    def kept(registry: Registry) -> Registry:
        return registry.with_entry(replace(registry.get(name), metrics=evaluation.as_dict()))

    update(project, kept)


def test_training_makes_a_candidate_and_tells_its_steps(
    settings: Settings, project: Project
) -> None:
    steps: list[tuple[Any, ...]] = []
    entry = promotion.make_candidate(
        settings, who="siti", now=NOW, step=lambda *step: steps.append(step)
    )

    assert steps == [("Tokenizer", 1, 2), ("Classifier", 2, 2)]
    assert (entry.created_by, entry.examples, entry.labels) == ("siti", 6, 4)
    assert Registry.load(project).get(entry.name) == entry
    assert [path.name for path in project.models.glob("*.tar.gz")] == [f"{entry.name}.tar.gz"]
    assert not project.serving.exists()


def test_data_that_did_not_change_is_not_trained_again(settings: Settings) -> None:
    first = promotion.make_candidate(settings, who="siti", now=NOW)

    assert promotion.make_candidate(settings, who="budi", now=NOW) == first
    assert promotion.make_candidate(settings, who="budi", now=NOW, again=True) != first
    assert Path("trained").read_text() == "xx"


def _fails(settings: Settings, project: Project) -> type[Exception]:
    Path("behaviour").write_text("fails")
    return TrainingFailed


def _broken(settings: Settings, project: Project) -> type[Exception]:
    (project.nlu / "broken.yml").write_text("nlu:\n- intent: [\n")
    return BrokenFile


def test_the_cause_is_told_and_not_what_followed(settings: Settings) -> None:
    Path("behaviour").write_text("raises")
    with pytest.raises(TrainingFailed, match=r"ValueError: the cause$"):
        _candidate(settings)


@pytest.mark.parametrize("spoil", [_fails, _broken])
def test_a_training_that_fails_touches_nothing(
    settings: Settings, project: Project, spoil: Callable[..., type[Exception]]
) -> None:
    name = _candidate(settings)
    promotion.promote(settings, name, who="siti", now=NOW, reason="pertama")
    _change_data(project, "selamat siang")
    before = {path.name: path.read_bytes() for path in project.models.glob("*.[tj]*")}

    with pytest.raises(spoil(settings, project)):
        _candidate(settings)

    assert {path.name: path.read_bytes() for path in project.models.glob("*.[tj]*")} == before
    assert ensure_model(settings).name == f"{name}.tar.gz"


def test_a_full_disk_is_told_before_anything_is_trained(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(".")._replace(free=10_000_000)
    monkeypatch.setattr(models.shutil, "disk_usage", lambda _: usage)

    with pytest.raises(NoRoom, match="ada 10 MB"):
        _candidate(settings)
    assert not Path("trained").exists()


@pytest.mark.parametrize("kind", disks.KINDS)
def test_a_disk_that_fills_up_during_a_training(
    settings: Settings, project: Project, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "_ROOM", 0)  # as if there had been enough when it began
    with disks.little_room(project.models, kind):
        name = _candidate(settings)
        promotion.promote(settings, name, who="siti", now=NOW, reason="pertama")
        _change_data(project, "selamat siang")
        before = {path.name: path.read_bytes() for path in project.models.glob("*.[tj]*")}

        Path("behaviour").write_text("large")
        with pytest.raises(NoRoom, match="Disk penuh saat melatih"):
            _candidate(settings)

        kept = {path.name: path.read_bytes() for path in project.models.iterdir()}
        assert {name: kept[name] for name in kept if not name.endswith(".lock")} == before
        assert ensure_model(settings).name == f"{name}.tar.gz"
        Path("behaviour").unlink()  # there is room again
        assert (project.models / f"{_candidate(settings)}.tar.gz").is_file()


@pytest.mark.parametrize("kind", disks.KINDS)
def test_a_registry_that_cannot_be_written_stays(
    settings: Settings, project: Project, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "_ROOM", 0)
    with disks.little_room(project.models, kind):
        entry = promotion.make_candidate(settings, who="siti", now=NOW)
        before = project.registry.read_bytes()
        with pytest.raises(NoRoom, match=r"registry\.json tidak ditulis"):
            update(project, lambda old: old.with_entry(replace(entry, created_by="x" * 3_000_000)))
        assert project.registry.read_bytes() == before


TRAIN = "from wadul.cli.main import app; app()"


def _start(settings: Settings) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", TRAIN, "nlu", "train", "--json", "--as", "siti"],
        env={"WADUL_MODEL_DIR": str(settings.model_dir), "WADUL_VAR_DIR": str(settings.var_dir)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_of_two_trainings_at_once_one_waits(settings: Settings) -> None:
    Path("behaviour").write_text("slow 1")
    both = [_start(settings), _start(settings)]
    answers = [program.communicate(timeout=60) for program in both]

    assert [program.returncode for program in both] == [0, 0], answers
    assert len({json.loads(output)["name"] for output, _ in answers}) == 1
    assert Path("trained").read_text() == "x"


def test_a_killed_training_leaves_no_model_and_no_lock(
    settings: Settings, project: Project
) -> None:
    Path("behaviour").write_text("slow 2")
    program = _start(settings)
    end = time.monotonic() + 30
    while not Path("training").exists():
        assert time.monotonic() < end
        time.sleep(0.02)
    program.send_signal(signal.SIGKILL)
    program.communicate(timeout=10)

    Path("behaviour").unlink()
    assert not project.registry.exists()
    name = _candidate(settings)
    assert (project.models / f"{name}.tar.gz").is_file()


def test_the_gate_decides_who_serves(settings: Settings, project: Project) -> None:
    first = _candidate(settings)
    with pytest.raises(InvalidInput, match="belum diukur"):
        promotion.promote(settings, first, who="siti", now=NOW)
    _measured(project, first, right=20)
    promotion.promote(settings, first, who="siti", now=NOW)
    assert ensure_model(settings).name == f"{first}.tar.gz"

    _change_data(project, "selamat sore")
    assert ensure_model(settings).name == f"{first}.tar.gz"  # the data changed, the model not
    second = _candidate(settings)
    _measured(project, second, right=10)
    with pytest.raises(GateRefused, match="laporan yang dikenali sebagai laporan 100,0% → 50,0%"):
        promotion.promote(settings, second, who="siti", now=NOW)
    assert serving.serving_name(settings) == first

    verdict = promotion.promote(settings, second, who="siti", now=NOW, reason="uji coba")
    assert verdict is not None
    assert not verdict.passed
    assert serving.serving_name(settings) == second
    change = Registry.load(project).history[-1]
    assert (change.previous, change.forced, change.reason) == (first, True, "uji coba")

    assert promotion.rollback(settings, who="budi", now=NOW).name == first
    assert serving.serving_name(settings) == first
    with pytest.raises(InvalidInput, match="tidak ada model sebelumnya"):
        promotion.rollback(settings, who="budi", now=NOW)


def test_going_back_twice_goes_further_back(settings: Settings, project: Project) -> None:
    names = []
    for words in ("satu satu", "dua dua", "tiga tiga"):
        _change_data(project, words)
        names.append(_candidate(settings))
        promotion.promote(settings, names[-1], who="siti", now=NOW, reason="uji")

    assert [promotion.rollback(settings, who="s", now=NOW).name for _ in range(2)] == names[1::-1]
    promotion.promote(settings, names[2], who="siti", now=NOW, reason="uji")
    assert promotion.rollback(settings, who="s", now=NOW).name == names[0]


def test_only_a_model_that_is_not_needed_is_deleted(settings: Settings, project: Project) -> None:
    names = []
    for words in ("satu satu", "dua dua", "tiga tiga", "empat empat"):
        _change_data(project, words)
        names.append(_candidate(settings))
    first, second, third, candidate = names
    for name in (first, second, third):
        promotion.promote(settings, name, who="siti", now=NOW, reason="uji")
    rows_of_first = rows_file(project, first)
    rows_of_first.write_text("[]")

    for name, reason in ((third, "melayani warga"), (second, "Kembalikan")):
        with pytest.raises(InvalidInput, match=reason):
            removal.remove(settings, name)
    with pytest.raises(NotFound):
        removal.remove(settings, "wadul-x")
    for name in (candidate, first):
        assert removal.remove(settings, name).name == name

    assert not rows_of_first.exists()
    assert {path.name for path in project.models.glob("*.tar.gz")} == {
        f"{second}.tar.gz",
        f"{third}.tar.gz",
    }
    registry = Registry.load(project)
    assert [entry.name for entry in registry.models] == [second, third]
    assert promotion.rollback(settings, who="siti", now=NOW).name == second
    assert not promotion.has_before(Registry.load(project), second)


def test_a_model_that_is_being_loaded_is_not_deleted(settings: Settings, project: Project) -> None:
    first = _candidate(settings)
    _change_data(project, "selamat sore")
    second = _candidate(settings)
    promotion.promote(settings, second, who="siti", now=NOW, reason="uji")
    serving.say_what_is_served(project, model=first, wanted=second, state=serving.LOADING, now=NOW)
    for name, reason in ((first, "melayani warga"), (second, "sedang dipasang")):
        with pytest.raises(InvalidInput, match=reason):
            removal.remove(settings, name)


def test_a_candidate_does_not_serve_by_itself(settings: Settings, project: Project) -> None:
    """Even where nobody promoted anything yet, and the system is started again."""
    made = ensure_model(settings)
    serving.say_what_is_served(
        project, model=models.name_of(made), wanted="", state=serving.SERVING, now=NOW
    )
    _change_data(project, "selamat malam")
    second = _candidate(settings)

    assert ensure_model(settings) == made
    promotion.promote(settings, second, who="siti", now=NOW, reason="uji")
    project.served.unlink()
    assert ensure_model(settings).name == f"{second}.tar.gz"
    assert promotion.rollback(settings, who="siti", now=NOW).name == models.name_of(made)


def test_a_model_that_cannot_be_read_never_serves(settings: Settings, project: Project) -> None:
    name = _candidate(settings)
    (project.models / f"{name}.tar.gz").write_bytes(b"cut off")

    with pytest.raises(ModelUnusable):
        promotion.promote(settings, name, who="siti", now=NOW, reason="paksa")
    assert not project.serving.exists()


def test_a_model_of_other_programs_does_not_serve(settings: Settings, project: Project) -> None:
    name = _candidate(settings)
    promotion.promote(settings, name, who="siti", now=NOW, reason="uji")
    (project.root / "components" / "a.py").write_text("2")

    assert ensure_model(settings).name != f"{name}.tar.gz"
    with pytest.raises(InvalidInput, match="versi program yang lain"):
        promotion.promote(settings, name, who="siti", now=NOW, reason="uji")


def test_what_cannot_be_promoted_is_said(settings: Settings, project: Project) -> None:
    name = _candidate(settings)
    with pytest.raises(NotFound):
        promotion.promote(settings, "wadul-x", who="siti", now=NOW)
    named = settings.model_copy(update={"model_file": project.models / "other.tar.gz"})
    with pytest.raises(InvalidInput, match="WADUL_MODEL_FILE"):
        promotion.promote(named, name, who="siti", now=NOW, reason="uji")
    (project.models / f"{name}.tar.gz").unlink()
    with pytest.raises(InvalidInput, match="sudah tidak ada"):
        promotion.promote(settings, name, who="siti", now=NOW, reason="uji")


def test_a_damaged_registry_is_named_and_kept(settings: Settings, project: Project) -> None:
    _candidate(settings)
    project.registry.write_text("{")
    with pytest.raises(BrokenFile, match="registry"):
        promotion.make_candidate(settings, who="siti", now=NOW)
    assert project.registry.read_text() == "{"
