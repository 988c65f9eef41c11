"""Measures a model on the held-out utterances and the stories, and lets the gate judge.

    evaluate(settings, "wadul-1a2b…", now=…)

The serving model is measured on the same utterances, so that the two can be compared. Figures go
into the registry; every utterance with its prediction and two pictures go beside the model.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from wadul.core.kinds import meant
from wadul.exceptions import InvalidInput
from wadul.settings import Settings
from wadul.training import files, pictures
from wadul.training.checks.held_out import HeldOut, held_out_files, load_held_out
from wadul.training.gate import Stories, Verdict, decide, load_gate
from wadul.training.metrics import Metrics, Row, measure
from wadul.training.project import Project
from wadul.training.rasa import RasaPrograms
from wadul.training.registry import Entry, Registry, adopt, update
from wadul.training.serving import serving_name

Say = Callable[[str], None]


@dataclass(frozen=True)
class Evaluation:
    """`test_set` is the digest of the utterances and stories that were used."""

    model: str
    test_set: str
    at: str
    metrics: Metrics
    stories: Stories | None

    def as_dict(self) -> dict[str, Any]:
        stories = asdict(self.stories) if self.stories else None
        return {
            "test_set": self.test_set,
            "at": self.at,
            "stories": stories,
            **self.metrics.as_dict(),
        }

    @classmethod
    def of(cls, entry: Entry) -> Evaluation | None:
        read = entry.metrics
        if read is None:
            return None
        stories = Stories.of(read["stories"]) if read["stories"] else None
        return cls(entry.name, read["test_set"], read["at"], Metrics.from_dict(read), stories)


@dataclass(frozen=True)
class Result:
    candidate: Evaluation
    serving: Evaluation | None  # None if the candidate serves, or nothing does
    verdict: Verdict
    pictures: tuple[Path, ...]


def evaluate(
    settings: Settings,
    name: str,
    *,
    now: datetime,
    with_stories: bool = True,
    say: Say = lambda _: None,
) -> Result:
    """Raises `NotFound`, `ModelUnusable`, `BrokenFile`; `InvalidInput` without utterances."""
    project = Project.of(settings)
    entry = Registry.load(project).get(name)
    gate = load_gate(project)
    serving = serving_name(settings)
    against = serving if serving != entry.name else None
    say(f"mengukur {entry.name} …")
    candidate = _measured(settings, entry.name, now, with_stories=with_stories and gate.stories)
    compared = None
    if against is not None and (settings.model_dir / f"{against}.tar.gz").is_file():
        compared = _known(project, against) or _serving(settings, against, now, say)
    verdict = decide(
        gate,
        candidate.metrics,
        compared.metrics if compared else None,
        against=against,
        stories=candidate.stories,
    )
    drawn = _drawn(project, candidate)

    def kept(registry: Registry) -> Registry:
        own = registry.get(entry.name)
        own = replace(own, metrics=candidate.as_dict(), verdict=verdict.as_dict())
        return registry.with_entry(own)

    update(project, kept)
    return Result(candidate, compared, verdict, drawn)


def judge_again(settings: Settings, entry: Entry) -> Verdict:
    """The gate's word today: the serving model or `gate.yml` may have changed since.

    Raises `InvalidInput` if the figures are missing or of other utterances than today's.
    """
    project = Project.of(settings)
    candidate = Evaluation.of(entry)
    if candidate is None or candidate.test_set != digest_of_tests(project):
        raise InvalidInput(
            f"{entry.name} belum diukur dengan kalimat uji yang sekarang; "
            f"jalankan `wadul nlu evaluate {entry.name}`."
        )
    serving = serving_name(settings)
    against = serving if serving != entry.name else None
    compared = _known(project, against) if against else None
    exists = against is not None and (settings.model_dir / f"{against}.tar.gz").is_file()
    if exists and compared is None:
        raise InvalidInput(
            f"model yang melayani ({against}) belum diukur; "
            f"jalankan `wadul nlu evaluate {entry.name}` lagi."
        )
    metrics = compared.metrics if compared else None
    gate = load_gate(project)
    return decide(gate, candidate.metrics, metrics, against=against, stories=candidate.stories)


def predictions(rasa: RasaPrograms, model: Path, utterances: Sequence[HeldOut]) -> list[Row]:
    """Raises `ModelUnusable`."""
    parses = rasa.understood(model, [each.text for each in utterances])
    return [row_of(each, parse) for each, parse in zip(utterances, parses, strict=True)]


def row_of(each: HeldOut, parse: dict[str, Any]) -> Row:
    label, chance = meant(parse)
    service = next((e["value"] for e in parse["entities"] if e["entity"] == "service"), None)
    return Row(
        each.text,
        each.label,
        label,
        round(chance, 4),
        each.service,
        service,
    )


def utterances_of(project: Project) -> list[HeldOut]:
    """Raises `BrokenFile`, `InvalidInput` if there are none."""
    found = [row for path in held_out_files(project) for row in load_held_out(path)]
    if not found:
        raise InvalidInput(f"tidak ada kalimat uji di {project.shown(project.held_out)}.")
    return found


def digest_of_tests(project: Project) -> str:
    """Digest of everything that a model is measured with."""
    digest = hashlib.sha256()
    for path in (*held_out_files(project), *sorted(project.conversations.glob("*.yml"))):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def run_stories(project: Project, rasa: RasaPrograms, model: Path) -> Stories | None:
    """Rasa's own test of the dialogue; None where there are no stories."""
    if not any(project.conversations.glob("*.yml")):
        return None
    with tempfile.TemporaryDirectory(prefix="wadul-stories-") as folder:
        arguments = ("test", "core", "--stories", str(project.conversations), "--model", str(model))
        options = ("--out", folder, "--no-plot", "--quiet")
        with rasa.start("rasa", *arguments, *options, stderr=subprocess.PIPE) as program:
            _, errors = program.communicate()
        report = Path(folder) / "story_report.json"
        if not report.is_file():
            sys.stderr.write(errors[-2000:])
            return Stories(0, 0)
        counts = json.loads(report.read_text(encoding="utf-8"))["conversation_accuracy"]
        wrong = _wrong_stories(Path(folder) / "failed_test_stories.yml")
    right = int(counts["correct"])
    return Stories(right, int(counts["total"]) - right, wrong)


def _wrong_stories(path: Path) -> tuple[str, ...]:
    """The names of the stories that Rasa wrote down as failed; it adds a story's file to its name.

    The file holds comments alone where none failed.
    """
    read = YAML(typ="safe").load(path) if path.is_file() else None
    stories = read.get("stories") if isinstance(read, dict) else None
    return tuple(str(each["story"]) for each in stories or ())


def _measured(settings: Settings, name: str, now: datetime, *, with_stories: bool) -> Evaluation:
    project, rasa = Project.of(settings), RasaPrograms.of(settings)
    model = settings.model_dir / f"{name}.tar.gz"
    rows = predictions(rasa, model, utterances_of(project))
    stories = run_stories(project, rasa, model) if with_stories else None
    _keep_rows(project, name, rows)
    return Evaluation(name, digest_of_tests(project), now.isoformat(), measure(rows), stories)


def _known(project: Project, name: str) -> Evaluation | None:
    """What the registry knows about it on today's utterances."""
    entry = Registry.load(project).find(name)
    evaluation = Evaluation.of(entry) if entry else None
    return evaluation if evaluation and evaluation.test_set == digest_of_tests(project) else None


def _serving(settings: Settings, name: str, now: datetime, say: Say) -> Evaluation:
    say(f"mengukur model yang melayani, {name} …")
    evaluation = _measured(settings, name, now, with_stories=False)

    def kept(registry: Registry) -> Registry:
        return registry.with_entry(replace(registry.get(name), metrics=evaluation.as_dict()))

    project = Project.of(settings)
    adopt(project, name)
    update(project, kept)
    return evaluation


def rows_file(project: Project, name: str) -> Path:
    return project.models / f"{name}-utterances.json"


def _keep_rows(project: Project, name: str, rows: Sequence[Row]) -> None:
    path = rows_file(project, name)
    text = json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=0)
    files.replace(path, text + "\n", expected=files.read(path).digest)


def _drawn(project: Project, evaluation: Evaluation) -> tuple[Path, ...]:
    drawings: dict[str, str | bytes] = {
        "confusion.svg": pictures.confusion(evaluation.metrics),
        "confusion.png": pictures.confusion_png(evaluation.metrics),
        "calibration.svg": pictures.calibration(evaluation.metrics),
    }
    paths = []
    for kind, drawing in drawings.items():
        path = project.models / f"{evaluation.model}-{kind}"
        files.replace(path, drawing, expected=files.digest_now(path))
        paths.append(path)
    return tuple(paths)
