"""`gate.yml` decides whether a model may serve, and says why in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML

from wadul.training.exceptions import BrokenFile
from wadul.training.files import read
from wadul.training.metrics import Metrics
from wadul.training.nlu_file import compose
from wadul.training.project import Project

NAMES = {
    "accuracy": "ketepatan label",
    "macro_f1": "F1 rata-rata label",
    "kind_accuracy": "ketepatan jenis pesan",
    "complaint_recall": "laporan yang dikenali sebagai laporan",
    "emergency_recall": "darurat yang dikenali sebagai darurat",
    "service_accuracy": "ketepatan layanan",
    "calibration_error": "selisih keyakinan dan kenyataan",
}
_Share = Field(ge=0, le=1)
_NAMED = 5  # stories


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Least(_Strict):
    accuracy: float = _Share
    macro_f1: float = _Share
    kind_accuracy: float = _Share
    complaint_recall: float = _Share
    emergency_recall: float = _Share


class Most(_Strict):
    calibration_error: float = _Share


class Fall(_Strict):
    """How much worse than the serving model it may be."""

    macro_f1: float = _Share
    kind_accuracy: float = _Share
    complaint_recall: float = _Share
    emergency_recall: float = _Share
    intent_f1: float = _Share
    intent_support: int = Field(ge=1)  # labels with fewer test utterances are not compared


class Gate(_Strict):
    least: Least
    most: Most
    fall: Fall
    stories: bool = True


@dataclass(frozen=True)
class Condition:
    passed: bool
    words: str


@dataclass(frozen=True)
class Verdict:
    """`against` is the model that it was compared with, None if there was none."""

    passed: bool
    against: str | None
    conditions: list[Condition] = field(default_factory=list)

    @property
    def sentence(self) -> str:
        """The decision with all its reasons."""
        if self.passed:
            return self.short
        failed = [each.words for each in self.conditions if not each.passed]
        return "TIDAK LULUS: " + "; ".join(failed) + "."

    @property
    def short(self) -> str:
        """Where the reasons stand beside it."""
        failed = sum(not each.passed for each in self.conditions)
        if self.passed:
            return f"LULUS: semua {len(self.conditions)} syarat gerbang terpenuhi."
        return f"TIDAK LULUS: {failed} dari {len(self.conditions)} syarat gerbang tidak terpenuhi."

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"sentence": self.sentence}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Verdict:
        """From `as_dict`."""
        conditions = [Condition(**each) for each in kept["conditions"]]
        return cls(kept["passed"], kept["against"], conditions)


@dataclass(frozen=True)
class Stories:
    """The conversation stories of tests/conversations on one model, and which went wrong."""

    passed: int
    failed: int
    wrong: tuple[str, ...] = ()

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Stories:
        """From `asdict`, also of a registry that knew no names."""
        return cls(kept["passed"], kept["failed"], tuple(kept.get("wrong", ())))


def load_gate(project: Project) -> Gate:
    """Raises `BrokenFile`."""
    content = read(project.gate)
    compose(content)
    try:
        return Gate.model_validate(YAML(typ="safe").load(content.text))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "isi berkas"
        raise BrokenFile(project.gate, None, f"{where}: {first['msg']}") from error


def decide(
    gate: Gate,
    candidate: Metrics,
    serving: Metrics | None,
    *,
    against: str | None = None,
    stories: Stories | None = None,
) -> Verdict:
    """`serving` is the serving model on the same utterances."""
    conditions = [*_limits(gate, candidate)]
    if gate.stories:
        conditions.append(_stories(stories))
    if serving is not None:
        conditions += _comparison(gate.fall, candidate, serving)
    passed = all(condition.passed for condition in conditions)
    return Verdict(passed, against if serving is not None else None, conditions)


def _limits(gate: Gate, candidate: Metrics) -> Iterator[Condition]:
    for name, least in gate.least:
        value = getattr(candidate, name)
        yield Condition(
            value >= least, f"{NAMES[name]} {_percent(value)}, paling sedikit {_percent(least)}"
        )
    for name, most in gate.most:
        value = getattr(candidate, name)
        yield Condition(
            value <= most, f"{NAMES[name]} {_percent(value)}, paling banyak {_percent(most)}"
        )


def _stories(stories: Stories | None) -> Condition:
    if stories is None:
        return Condition(False, "cerita percakapan belum diuji")
    total = stories.passed + stories.failed
    words = f"{stories.passed} dari {total} cerita percakapan berjalan benar"
    if stories.wrong:
        named = ", ".join(f"“{name}”" for name in stories.wrong[:_NAMED])
        more = len(stories.wrong) - _NAMED
        words += f"; yang salah: {named}" + (f" dan {more} lagi" if more > 0 else "")
    return Condition(stories.failed == 0 and total > 0, words)


def _comparison(fall: Fall, candidate: Metrics, serving: Metrics) -> Iterator[Condition]:
    for name in ("macro_f1", "kind_accuracy", "complaint_recall", "emergency_recall"):
        before, after, allowed = (
            getattr(serving, name),
            getattr(candidate, name),
            getattr(fall, name),
        )
        yield Condition(
            before - after <= allowed + 1e-9,
            f"{NAMES[name]} {_percent(before)} → {_percent(after)}, "
            f"boleh turun {_percent(allowed)}",
        )
    worse = []
    for label, score in serving.per_label.items():
        new = candidate.per_label.get(label)
        after = new.f1 if new else 0.0
        if score.support >= fall.intent_support and score.f1 - after > fall.intent_f1 + 1e-9:
            worse.append(f"{label} {_percent(score.f1)} → {_percent(after)}")
    if worse:
        yield Condition(
            False, f"F1 label turun lebih dari {_percent(fall.intent_f1)}: " + ", ".join(worse)
        )
    else:
        yield Condition(
            True, f"tidak ada label yang F1-nya turun lebih dari {_percent(fall.intent_f1)}"
        )


def _percent(value: float) -> str:
    return f"{value:.1%}".replace(".", ",")
