"""Guesses what the encoder's later layers would say from its first one.

The classifier only adds up what each family of features says, so the guess is one more set of
weights for the first layer. A message about which it is sure needs no other layer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PENALTY = 0.1
_CHANGED = 0.001
"""Share of the sure answers that the later layers may change."""
_FEWEST = 1_000
"""With fewer examples a regression flatters itself: nothing is sure then."""


@dataclass
class Foresight:
    """Weights of the first layer, and the chance `sure` from which on their guess is enough."""

    weights: NDArray[np.float32]
    bias: NDArray[np.float64]
    sure: float = math.inf

    @classmethod
    def fit(
        cls, first: NDArray[np.float32], later: NDArray[np.float32], weights: NDArray[np.float32]
    ) -> Foresight:
        """Fit a ridge regression of the rows of `later` onto those of `first`; `weights` `(columns
        of later, classes)` are the classifier's.
        """
        start, end = first.mean(0), later.mean(0)
        rows = first - start
        inner = (rows.T @ rows).astype(np.float64)
        inner[np.diag_indices_from(inner)] += _PENALTY
        guess = np.linalg.solve(inner, (rows.T @ (later - end)).astype(np.float64)) @ weights
        return cls(guess.astype(np.float32), end @ weights - start @ guess)

    def says(self, first: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return what the later layers would add to each class, for one first layer or rows."""
        # Not `@`: waking BLAS threads costs more than the sum itself.
        return np.einsum("...i,ij->...j", first, self.weights) + self.bias


def sure_from(whole: NDArray[np.float64], early: NDArray[np.float64]) -> float:
    """Return the chance from which on the best label of `early` is as good as that of `whole`, both
    `(n, labels)`: among the answers at least as sure, `_CHANGED` differ at most.
    """
    if len(whole) < _FEWEST:
        return math.inf
    chances = early.max(1)
    order = np.argsort(-chances, kind="stable")
    changed = np.cumsum((whole.argmax(1) != early.argmax(1))[order])
    fine = np.flatnonzero(changed <= _CHANGED * np.arange(1, len(order) + 1))
    return float(chances[order[fine[-1]]]) if len(fine) else math.inf
