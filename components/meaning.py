"""Finds sentences of different labels that mean nearly the same, by the encoder's vectors.

    .venv-rasa/bin/python -m components.meaning --cache var/sentences.npz < request.json

Standard input: one JSON object `{"texts": [...], "labels": [...], "cutoff": 0.9, "limit": 200}`.
Standard output: `{"pairs": [[i, j, similarity], ...]}`, most alike first, i < j. Similarities are
cosines after the common mean is taken off, so that unrelated sentences are near 0.

A sentence costs about 5 ms; the cache keeps the vectors of sentences that were seen before.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from components.encoder import shared_encoder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_BLOCK = 512


def main() -> None:
    parser = argparse.ArgumentParser(prog="components.meaning", description=__doc__)
    parser.add_argument("--cache", type=Path)
    options = parser.parse_args()
    request: dict[str, Any] = json.load(sys.stdin)
    vectors = cached_vectors(request["texts"], options.cache)
    found = alike(vectors, request["labels"], request["cutoff"], request["limit"])
    json.dump({"pairs": found}, sys.stdout)


def alike(
    vectors: NDArray[np.float32], labels: Sequence[str], cutoff: float, limit: int
) -> list[tuple[int, int, float]]:
    """Return the pairs of rows of different labels whose cosine is at least `cutoff`."""
    centred = vectors - vectors.mean(0)
    centred /= np.linalg.norm(centred, axis=1, keepdims=True) + 1e-9
    codes = np.unique(np.asarray(labels), return_inverse=True)[1]
    found: list[tuple[float, int, int]] = []
    for start in range(0, len(centred), _BLOCK):
        block = centred[start : start + _BLOCK]
        cosines = block @ centred.T
        other = codes[start : start + _BLOCK, None] != codes[None, :]
        later = np.arange(len(centred))[None, :] > np.arange(start, start + len(block))[:, None]
        rows, columns = np.nonzero((cosines >= cutoff) & other & later)
        found += [
            (float(cosines[row, column]), start + int(row), int(column))
            for row, column in zip(rows, columns, strict=True)
        ]
    found.sort(reverse=True)
    return [(row, column, round(cosine, 4)) for cosine, row, column in found[:limit]]


def cached_vectors(texts: Sequence[str], cache: Path | None) -> NDArray[np.float32]:
    """Return one row per text; the cache file is brought up to date."""
    known: dict[str, NDArray[np.float16]] = {}
    if cache and cache.is_file():
        with np.load(cache) as stored:
            known = dict(zip(stored["keys"].tolist(), stored["rows"], strict=True))
    encoder = shared_encoder()
    sort = f"{encoder.dim} "  # another encoder's vectors in the same file do no harm
    keys = [hashlib.sha256((sort + text).encode()).hexdigest()[:24] for text in texts]
    fresh = list(
        {key: text for key, text in zip(keys, texts, strict=True) if key not in known}.items()
    )
    for start in range(0, len(fresh), _BLOCK):
        part = fresh[start : start + _BLOCK]
        rows = encoder.embed([text for _, text in part]).astype(np.float16)
        known.update({key: row for (key, _), row in zip(part, rows, strict=True)})
    if cache and fresh:
        wanted = list(dict.fromkeys(keys))
        new = cache.with_name(f".{cache.name}.new.npz")
        np.savez(new, keys=np.array(wanted), rows=np.stack([known[key] for key in wanted]))
        new.replace(cache)
    return np.stack([known[key] for key in keys]).astype(np.float32)


if __name__ == "__main__":
    main()
