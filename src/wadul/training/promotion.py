"""Candidates are made, put to work, and taken back; the registry remembers who did it and why."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime

from wadul.exceptions import InvalidInput
from wadul.settings import Settings
from wadul.training.checks import Severity, check
from wadul.training.corpus import Corpus
from wadul.training.evaluation import judge_again
from wadul.training.exceptions import GateRefused, ModelUnusable
from wadul.training.gate import Verdict
from wadul.training.model import Step, code_fingerprint, current_model, fingerprint, name_of, train
from wadul.training.project import Project
from wadul.training.rasa import RasaPrograms
from wadul.training.registry import Change, Entry, Registry, adopt, update
from wadul.training.serving import (
    FAILED,
    SERVING,
    Served,
    choose,
    pin,
    serving_name,
    what_is_served,
)

PROMOTED, ROLLED_BACK = "promoted", "rolled_back"


def make_candidate(
    settings: Settings,
    *,
    who: str,
    now: datetime,
    again: bool = False,
    step: Step | None = None,
    waiting: Callable[[], None] = lambda: None,
) -> Entry:
    """Train on the data as it is now. Raises `BrokenFile`, `TrainingFailed`, `NoRoom`.

    A file that is broken is told before anything is trained; other findings are only counted.
    """
    project = Project.of(settings)
    corpus = Corpus.load(project)
    pin(settings)
    errors = Counter(finding.severity for finding in check(project))[Severity.ERROR]
    model, data = current_model(settings), fingerprint(settings)
    started = time.monotonic()
    made = train(settings, model, again=again, step=step, waiting=waiting)
    entry = Entry(
        name=name_of(model),
        data=data,
        code=code_fingerprint(),
        created_at=now.isoformat(),
        created_by=who,
        seconds=round(time.monotonic() - started, 1) if made else 0.0,
        size=model.stat().st_size,
        examples=len(corpus.examples),
        labels=len({example.label for example in corpus.examples}),
        errors=errors,
    )
    known = Registry.load(project).find(entry.name)
    if known is not None and known.code and not made:
        return known
    update(project, lambda registry: registry.with_entry(entry))
    return entry


def promote(
    settings: Settings, name: str, *, who: str, now: datetime, reason: str = ""
) -> Verdict | None:
    """Let a model serve. With a reason, even one that the gate refuses or never saw.

    Raises `GateRefused`, `ModelUnusable`, `InvalidInput`, `NotFound`.
    """
    project = Project.of(settings)
    entry = Registry.load(project).get(name)
    previous = _require_free_choice(settings, entry)
    verdict = None
    try:
        verdict = judge_again(settings, entry)
    except InvalidInput:
        if not reason:
            raise
    if verdict is not None and not verdict.passed and not reason:
        raise GateRefused(f"{entry.name}: {verdict.sentence}")
    forced = verdict is None or not verdict.passed
    _put_to_work(settings, entry)
    change = Change(
        now.isoformat(), who, PROMOTED, entry.name, previous, forced, reason if forced else ""
    )
    update(project, lambda registry: registry.with_change(change))
    return verdict


def rollback(settings: Settings, *, who: str, now: datetime, reason: str = "") -> Entry:
    """Let the model serve that served before. Raises `InvalidInput` if there is none."""
    project = Project.of(settings)
    registry = Registry.load(project)
    serving = serving_name(settings)
    name = before(registry, serving)
    if name is None:
        raise InvalidInput("tidak ada model sebelumnya untuk dikembalikan.")
    entry = registry.get(name)
    previous = _require_free_choice(settings, entry)
    _put_to_work(settings, entry)
    change = Change(now.isoformat(), who, ROLLED_BACK, entry.name, previous, False, reason)
    update(project, lambda registry: registry.with_change(change))
    return entry


def has_before(registry: Registry, serving: str | None) -> bool:
    """Whether there is a model to roll back to."""
    return before(registry, serving) is not None


def wait_until_served(settings: Settings, name: str, seconds: float) -> Served | None:
    """What the supervisor says once it serves the model or gave it up; None if none runs."""
    project = Project.of(settings)
    end = time.monotonic() + seconds
    while True:
        said = what_is_served(project)
        if said is None or not said.alive:
            return None
        if said.wanted == name and said.state in (SERVING, FAILED):
            return said
        if time.monotonic() > end:
            return said
        time.sleep(0.2)


def before(registry: Registry, serving: str | None) -> str | None:
    """The model to roll back to, of those that are still there.

    Going back twice goes further back, not forth again: replay the changes as a stack.
    """
    stack: list[str] = []
    for change in registry.history:
        if change.what == ROLLED_BACK:
            while stack and stack.pop() != change.model:
                pass
            stack.append(change.model)
        else:
            if change.previous and (not stack or stack[-1] != change.previous):
                stack.append(change.previous)
            stack.append(change.model)
    while stack and (stack[-1] == serving or registry.find(stack[-1]) is None):
        stack.pop()
    return stack[-1] if stack else None


def _require_free_choice(settings: Settings, entry: Entry) -> str | None:
    """The model that serves now. Raises `InvalidInput` if another one may not take its place."""
    if settings.model_file is not None:
        raise InvalidInput("WADUL_MODEL_FILE menetapkan model yang melayani; kosongkan dahulu.")
    if not (settings.model_dir / f"{entry.name}.tar.gz").is_file():
        raise InvalidInput(f"berkas model {entry.name} sudah tidak ada; latih ulang.")
    if not entry.fits_programs:
        raise InvalidInput(
            f"{entry.name} dibuat oleh versi program yang lain; latih ulang (`wadul nlu train`)."
        )
    serving = serving_name(settings)
    if serving is not None:
        adopt(Project.of(settings), serving)
    return serving


def _put_to_work(settings: Settings, entry: Entry) -> None:
    """Only a model that can be read may serve."""
    model = settings.model_dir / f"{entry.name}.tar.gz"
    if not RasaPrograms.of(settings).understood(model, ["halo"]):
        raise ModelUnusable
    choose(Project.of(settings), entry.name)
