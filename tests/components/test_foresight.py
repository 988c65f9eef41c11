"""The guess of the encoder's later layers, and from when on it is enough."""

from __future__ import annotations

import math

import numpy as np
import pytest

from components.foresight import Foresight, sure_from

_random = np.random.default_rng(3)
FIRST = _random.normal(size=(500, 6)).astype(np.float32)
WEIGHTS = _random.normal(size=(4, 3)).astype(np.float32)


def _guessed(later: np.ndarray) -> np.ndarray:
    foresight = Foresight.fit(FIRST, later, WEIGHTS)
    return foresight.says(FIRST)


def test_what_follows_from_the_first_layer_is_guessed_right() -> None:
    later = FIRST @ _random.normal(size=(6, 4)).astype(np.float32) + np.float32(0.5)
    assert np.allclose(_guessed(later), later @ WEIGHTS, atol=0.01)


def test_of_what_does_not_follow_the_mean_is_guessed() -> None:
    later = np.full((500, 4), 2, np.float32)
    later[::2] += _random.normal(size=(250, 4)).astype(np.float32)
    error = _guessed(later) - later.mean(0) @ WEIGHTS
    assert np.abs(error).mean() < 0.2 * np.abs(later @ WEIGHTS - later.mean(0) @ WEIGHTS).mean()


def _chances(best: np.ndarray, wrong: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Chances of two labels; where `wrong`, the later layers change the answer."""
    early = np.stack([best, 1 - best], axis=1)
    return np.where(wrong[:, None], early[:, ::-1], early), early


def test_sure_is_where_the_later_layers_change_almost_nothing() -> None:
    best = np.linspace(0.5, 1, 2_000)
    assert sure_from(*_chances(best, best < 0.7)) == pytest.approx(0.7, abs=0.01)
    assert sure_from(*_chances(best, best < 0)) == 0.5


def test_nothing_is_sure_where_the_surest_are_wrong_or_examples_are_few() -> None:
    best = np.linspace(0.5, 1, 2_000)
    assert sure_from(*_chances(best, best > 0.9)) == math.inf
    few = best[::4]
    assert sure_from(*_chances(few, few < 0)) == math.inf
