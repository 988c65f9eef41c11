"""How good a model is on held-out utterances. Pure; all shares are between 0 and 1."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from wadul.core.kinds import kind_of

BINS = 10
COMPLAINT, EMERGENCY = "complaint", "emergency"


@dataclass(frozen=True)
class Row:
    """One utterance: what it is, and what the model took it for."""

    text: str
    expected: str
    predicted: str
    confidence: float
    expected_service: str | None = None
    predicted_service: str | None = None

    @property
    def right(self) -> bool:
        return self.expected == self.predicted


@dataclass(frozen=True)
class Score:
    precision: float
    recall: float
    f1: float
    support: int  # utterances that are of this label


@dataclass(frozen=True)
class Bin:
    """Predictions with about the same confidence."""

    count: int
    confidence: float  # mean
    accuracy: float


@dataclass(frozen=True)
class Metrics:
    utterances: int
    accuracy: float
    macro_f1: float
    kind_accuracy: float
    complaint_recall: float  # of complaints, how many are taken for complaints
    emergency_recall: float
    service_accuracy: float  # where the utterance names one
    calibration_error: float  # mean gap between confidence and accuracy, by bin
    per_label: dict[str, Score]
    bins: list[Bin]
    confusions: list[tuple[str, str, int]]  # expected, predicted, how often; most frequent first

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, read: Mapping[str, Any]) -> Metrics:
        values = {name: read[name] for name in cls.__dataclass_fields__}
        values["per_label"] = {label: Score(**each) for label, each in read["per_label"].items()}
        values["bins"] = [Bin(**each) for each in read["bins"]]
        values["confusions"] = [(a, b, n) for a, b, n in read["confusions"]]
        return cls(**values)


def measure(rows: Sequence[Row]) -> Metrics:
    scores = _scores(rows)
    bins = _bins(rows)
    named = [row for row in rows if row.expected_service]
    wrong = Counter((row.expected, row.predicted) for row in rows if not row.right)
    known = [score for score in scores.values() if score.support]
    return Metrics(
        utterances=len(rows),
        accuracy=_share(row.right for row in rows),
        macro_f1=round(sum(score.f1 for score in known) / len(known), 4) if known else 0.0,
        kind_accuracy=_share(kind_of(row.expected) == kind_of(row.predicted) for row in rows),
        complaint_recall=_recall(rows, COMPLAINT),
        emergency_recall=_recall(rows, EMERGENCY),
        service_accuracy=_share(row.expected_service == row.predicted_service for row in named),
        calibration_error=_gap(bins, len(rows)),
        per_label=scores,
        bins=bins,
        confusions=[(a, b, count) for (a, b), count in wrong.most_common()],
    )


def _recall(rows: Sequence[Row], kind: str) -> float:
    """An emergency that is taken for a complaint is missed, and the other way round too."""
    return _share(kind_of(row.predicted) == kind for row in rows if kind_of(row.expected) == kind)


def _scores(rows: Sequence[Row]) -> dict[str, Score]:
    support = Counter(row.expected for row in rows)
    claimed = Counter(row.predicted for row in rows)
    right = Counter(row.expected for row in rows if row.right)
    scores = {}
    for label in sorted({*support, *claimed}):
        precision = right[label] / claimed[label] if claimed[label] else 0.0
        recall = right[label] / support[label] if support[label] else 0.0
        f1 = 2 * precision * recall / (precision + recall) if right[label] else 0.0
        scores[label] = Score(round(precision, 4), round(recall, 4), round(f1, 4), support[label])
    return scores


def _bins(rows: Sequence[Row]) -> list[Bin]:
    """From low to high confidence; empty bins are left out."""
    groups: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        groups[min(int(row.confidence * BINS), BINS - 1)].append(row)
    return [
        Bin(
            len(group),
            round(sum(row.confidence for row in group) / len(group), 4),
            _share(row.right for row in group),
        )
        for _, group in sorted(groups.items())
    ]


def _gap(bins: Sequence[Bin], total: int) -> float:
    if not total:
        return 0.0
    return round(sum(abs(b.confidence - b.accuracy) * b.count for b in bins) / total, 4)


def _share(values: Any) -> float:
    """Of true ones; 1 when there is nothing to get wrong."""
    listed = list(values)
    return round(sum(listed) / len(listed), 4) if listed else 1.0
