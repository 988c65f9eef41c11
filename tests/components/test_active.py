"""The order of the trainers' inbox, on vectors that can be seen through."""

from __future__ import annotations

import numpy as np
import pytest

from components import active
from components.meaning import alike, cached_vectors


def _around(*directions: int, spread: float = 0.05, dimensions: int = 12) -> np.ndarray:
    """Rows that point along an axis each, with a little noise."""
    chance = np.random.default_rng(7)
    rows = np.eye(dimensions)[list(directions)]
    return (rows + chance.normal(0, spread, rows.shape)).astype(np.float32)


NOBODY = np.zeros((0, 12), np.float32)


def _sure(count: int) -> np.ndarray:
    return active.doubt_of(np.ones(count), np.zeros(count))


def test_each_group_is_asked_about_once_and_shown_together() -> None:
    pool = _around(0, 0, 0, 0, 1, 1, 1, 2, 2)
    chosen = active.order(pool, NOBODY, _sure(9), np.ones(9), 3)

    groups = [each.index // 4 if each.index < 4 else 1 if each.index < 7 else 2 for each in chosen]
    assert groups == [0, 1, 2]  # the largest first
    assert sorted([chosen[0].index, *chosen[0].like]) == [0, 1, 2, 3]
    assert [each.gain for each in chosen] == sorted((each.gain for each in chosen), reverse=True)


def test_what_is_labelled_already_teaches_nothing() -> None:
    pool = _around(0, 0, 0, 0, 1)
    chosen = active.order(pool, _around(0, 0), _sure(5), np.ones(5), 1)

    assert [each.index for each in chosen] == [4]


def test_frequent_messages_come_before_rare_ones() -> None:
    pool = _around(0, 1, 2, 3)
    chosen = active.order(pool, NOBODY, _sure(4), np.array([1.0, 1, 9, 1]), 1)

    assert chosen[0].index == 2


@pytest.mark.parametrize(("unsure", "apart"), [((0, 0, 1, 0), (0,) * 4), ((0,) * 4, (0, 0, 1, 0))])
def test_doubt_and_disagreement_come_first(
    unsure: tuple[float, ...], apart: tuple[float, ...]
) -> None:
    pool = _around(0, 1, 2, 3)
    chosen = active.order(pool, NOBODY, active.doubt_of(unsure, apart), np.ones(4), 4)

    assert chosen[0].index == 2
    assert sorted(each.index for each in chosen) == [0, 1, 2, 3]


def test_nothing_to_order() -> None:
    assert active.order(NOBODY, NOBODY, np.zeros(0), np.zeros(0), 5) == []


def test_pairs_of_different_labels_that_mean_the_same() -> None:
    vectors = _around(0, 0, 0, 1, 2, 3, 4, 5, 6, 7)
    labels = ["a", "b", "a", "b", "b", "b", "b", "b", "b", "b"]

    found = alike(vectors, labels, 0.9, 10)
    assert sorted((row, column) for row, column, _ in found) == [(0, 1), (1, 2)]
    assert alike(vectors, labels, 0.9, 1) == found[:1]


def test_vectors_are_kept_and_those_of_gone_sentences_forgotten(tmp_path) -> None:  # type: ignore[no-untyped-def]
    cache = tmp_path / "sentences.npz"
    first = cached_vectors(["jalan rusak", "biaya ktp", "jalan rusak"], cache)
    again = cached_vectors(["biaya ktp"], cache)

    assert first.shape[0] == 3
    assert np.array_equal(first[0], first[2])
    assert np.array_equal(first[1], again[0])
    with np.load(cache) as stored:
        assert len(stored["keys"]) == 2
    cached_vectors(["halo"], cache)
    with np.load(cache) as stored:
        assert len(stored["keys"]) == 1


def test_the_nearest_known_sentences_speak_as_a_second_model() -> None:
    known, labels = _around(0, 0, 1, 1, 2, 2), ["a", "a", "b/x", "b/x", "b/y", "b/y"]
    nearest = active.nearest_labels(_around(0, 1, 2), known, labels)

    assert [first for first, *_ in nearest] == ["a", "b/x", "b/y"]
    assert active.disagreement_of(nearest, ["a", "b/z", "a"]) == [0.0, 0.5, 1.0]
    assert active.nearest_labels(_around(0), NOBODY, []) == [[]]
