"""Orders messages by what labelling them would teach, and groups those that are alike.

    .venv-rasa/bin/python -m components.active --cache var/sentences.npz < request.json

Standard input: one JSON object with the messages that nobody labelled, `texts`, how often each was
written, `counts`, how unsure the model is of each, `uncertainty` (0 to 1), how much two models
disagree, `disagreement` (0 to 1), the sentences that are labelled already, `known`, and `limit`.
Instead of `disagreement`: what the model took each message for, `predicted`, and the labels of
the known sentences, `known_labels`; the nearest sentences then speak as a second model.
Standard output: `{"order": [{"index": 3, "gain": 1.25, "like": [17, 4]}, …], "nearest": [["…"]]}`,
best first; `like` are the messages that its label would probably be right for as well, `nearest`
are the labels that the second model gives each message, the likeliest first.

A message is worth what it makes known around it: the messages that resemble it more than anything
labelled so far, times the doubt about itself. So doubtful, frequent and new come first, and of ten
messages that say the same only one.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from components.meaning import cached_vectors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MOST = 4_000
"""Messages that are compared with each other at once; the most doubtful ones of more."""
ALIKE = 0.6
"""Cosine of centred vectors from which two messages are shown together."""
_VOTERS, _NAMED = 9, 3
_NOTHING_KNOWN = -0.2
_FLOOR = 0.02
"""A message about which there is no doubt at all still counts a little."""


class Chosen(NamedTuple):
    index: int
    gain: float
    like: list[int]


def main() -> None:
    parser = argparse.ArgumentParser(prog="components.active", description=__doc__)
    parser.add_argument("--cache", type=Path)
    options = parser.parse_args()
    request: dict[str, Any] = json.load(sys.stdin)
    texts, known = request["texts"], request["known"]
    vectors = cached_vectors([*texts, *known], options.cache)
    pool, taught = vectors[: len(texts)], vectors[len(texts) :]
    nearest = nearest_labels(pool, taught, request.get("known_labels") or [])
    apart = request.get("disagreement") or disagreement_of(nearest, request.get("predicted") or [])
    chosen = order(
        pool,
        taught,
        doubt_of(request["uncertainty"], apart),
        np.asarray(request["counts"], dtype=np.float64),
        request["limit"],
    )
    json.dump({"order": [each._asdict() for each in chosen], "nearest": nearest}, sys.stdout)


def nearest_labels(
    vectors: NDArray[np.float32], known: NDArray[np.float32], labels: Sequence[str]
) -> list[list[str]]:
    """Return for each row the labels that its nearest known rows vote for, most votes first."""
    if not labels or not len(vectors):
        return [[] for _ in vectors]
    centre = known.mean(0)
    rows, others = vectors - centre, known - centre
    rows = rows / (np.linalg.norm(rows, axis=1, keepdims=True) + 1e-9)
    others = others / (np.linalg.norm(others, axis=1, keepdims=True) + 1e-9)
    alike = rows @ others.T
    count = min(_VOTERS, len(labels))
    best = np.argpartition(-alike, count - 1, axis=1)[:, :count]
    found = []
    for row, voters in zip(alike, best, strict=True):
        votes: dict[str, float] = {}
        for at in voters:
            votes[labels[at]] = votes.get(labels[at], 0.0) + max(float(row[at]), 0.01)
        found.append(sorted(votes, key=lambda label: -votes[label])[:_NAMED])
    return found


def disagreement_of(nearest: Sequence[list[str]], predicted: Sequence[str]) -> list[float]:
    """Another intent counts whole, another detail of the same intent half."""
    apart = [0.0] * len(nearest)
    for at, (found, other) in enumerate(zip(nearest, predicted, strict=False)):
        if found and found[0] != other:
            apart[at] = 1.0 if found[0].partition("/")[0] != other.partition("/")[0] else 0.5
    return apart


def doubt_of(
    uncertainty: Sequence[float] | NDArray[np.float64],
    disagreement: Sequence[float] | NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return one number per message; two models that disagree add to the doubt of one."""
    unsure, apart = np.asarray(uncertainty, np.float64), np.asarray(disagreement, np.float64)
    return unsure + 0.5 * apart + _FLOOR


def order(
    vectors: NDArray[np.float32],
    known: NDArray[np.float32],
    doubt: NDArray[np.float64],
    counts: NDArray[np.float64],
    limit: int,
) -> list[Chosen]:
    """Choose `limit` rows of `vectors`, each the best one after those before it.

    Greedy facility location: what is covered already, by `known` or by a choice, adds nothing.
    """
    if not len(vectors):
        return []
    kept = np.argsort(-doubt, kind="stable")[:MOST]
    rows = np.vstack([vectors[kept], known]) if len(known) else vectors[kept]
    rows = rows - rows.mean(0)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True) + 1e-9
    pool = rows[: len(kept)]
    alike = pool @ pool.T
    covered = np.full(len(kept), _NOTHING_KNOWN)
    if len(known):
        covered = np.maximum(covered, (pool @ rows[len(kept) :].T).max(1))
    weights, doubts = counts[kept], doubt[kept]
    left = np.ones(len(kept), dtype=bool)
    chosen: list[Chosen] = []
    for _ in range(min(limit, len(kept))):
        gains = np.maximum(alike - covered, 0) @ weights * doubts
        gains[~left] = -1
        best = int(np.argmax(gains))
        left[best] = False
        near = [int(kept[at]) for at in np.flatnonzero((alike[best] >= ALIKE) & left)]
        chosen.append(Chosen(int(kept[best]), round(float(gains[best]), 4), near))
        covered = np.maximum(covered, alike[best])
    return chosen


if __name__ == "__main__":
    main()
