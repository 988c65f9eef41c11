"""What one system makes of our own texts and of the parallel ones, and how fast."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.nlu import measures, sets
from benchmarks.nlu.measures import OnTestSet, Read, Reading

TOKENS = 15
STIF_PAIRS = 2_499
LANGUAGES = ("javanese", "sundanese")


@dataclass
class Figures:
    """`stif`: share and number of pairs; `nusax`: share by language; both empty without the public
    sets. `milliseconds`: p50 and p95 of `timed` messages.
    """

    test: OnTestSet
    stif: tuple[float, int] | None
    nusax: dict[str, float]
    milliseconds: tuple[float, float]
    timed: int


def measure(read: Read, forget: Callable[[], None] = lambda: None) -> Figures:
    """`forget` empties what would make a second reading quicker than the first."""
    utterances = sets.test_set()
    test = measures.on_test_set(utterances, [read(u.text) for u in utterances])
    public = sets.PUBLIC.is_dir()
    stif, nusax = _on_parallel_texts(read) if public else (None, {})
    return Figures(test, stif, nusax, *_speed(read, forget))


def _on_parallel_texts(read: Read) -> tuple[tuple[float, int], dict[str, float]]:
    known: dict[str, Reading] = {}

    def once(text: str) -> Reading:
        if text not in known:
            known[text] = read(text)
        return known[text]

    pairs = sets.informal_pairs()[:STIF_PAIRS]
    stif = measures.same_when_sure([(once(a), once(b)) for a, b in pairs])
    indonesian = sets.parallel("indonesian")
    nusax = {}
    for language in LANGUAGES:
        other = sets.parallel(language)
        both = [(once(indonesian[i]), once(other[i])) for i in indonesian if i in other]
        nusax[language] = measures.same(both)
    return stif, nusax


def _speed(read: Read, forget: Callable[[], None]) -> tuple[tuple[float, float], int]:
    """Time each test message of 15 encoder tokens once, every thread on one core."""
    from components.encoder import shared_encoder

    encoder = shared_encoder()
    texts = [u.text for u in sets.test_set()]
    chosen = [t for t in texts if abs(encoder.count(t) - TOKENS) <= 1]
    for text in chosen[:20]:
        read(text + " ?")
    before = os.sched_getaffinity(0)
    _run_on({min(before)})
    times = []
    for text in chosen:
        forget()
        began = time.perf_counter()
        read(text)
        times.append((time.perf_counter() - began) * 1e3)
    _run_on(before)
    p50, p95 = np.percentile(times, [50, 95])
    return (float(p50), float(p95)), len(chosen)


def _run_on(cores: set[int]) -> None:
    for thread in Path("/proc/self/task").iterdir():
        os.sched_setaffinity(int(thread.name), cores)
