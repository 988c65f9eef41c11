"""Families of features beside each other: centre each, give each its weight, join their kernels."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import issparse

if TYPE_CHECKING:
    from numpy.typing import NDArray

_STRIPE = 1_024  # rows at a time
_SPARSE_THREADS = 2  # dense products have threads of their own


@dataclass
class Block:
    """`rows` `(n, columns)`, dense or sparse."""

    rows: Any
    weight: float

    def __post_init__(self) -> None:
        rows = self.rows
        self.mean = np.asarray(rows.mean(0), dtype=np.float32).ravel()
        squares = rows.multiply(rows).sum() if issparse(rows) else (rows * rows).sum()
        spread = float(squares) / max(_filled(rows), 1) - float(self.mean @ self.mean)
        self.scale = self.weight / max(spread, 1e-9)

    def add_kernel(self, kernel: NDArray[np.float32]) -> None:
        """Add the scaled products of all pairs of centred rows to `kernel`: to its lower triangle,
        which is all that a symmetric system needs. A little above the diagonal is touched too.
        """
        along = np.asarray(self.rows @ self.mean).ravel()
        across = self.rows.T.tocsr() if issparse(self.rows) else self.rows.T
        along_mean = along - np.float32(self.mean @ self.mean)

        def add(begin: int) -> None:
            end = min(begin + _STRIPE, len(along))
            products = self.rows[begin:end] @ across[:, :end]
            products = products.toarray() if issparse(products) else products
            products -= along[begin:end, None]
            products -= along_mean[None, :end]
            products *= np.float32(self.scale)
            kernel[begin:end, :end] += products

        with ThreadPoolExecutor(_SPARSE_THREADS if issparse(self.rows) else 1) as pool:
            deque(pool.map(add, range(0, len(along), _STRIPE)), maxlen=0)

    def weights(
        self, coefficients: NDArray[np.float64]
    ) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        """Return `(columns, classes)` weights and what they add to each class's bias."""
        weights = self.rows.T @ coefficients - np.outer(self.mean, coefficients.sum(0))
        weights *= self.scale
        return weights.astype(np.float32), -(self.mean @ weights)


def _filled(rows: Any) -> int:
    """Return how many rows say anything: what few examples have must not outweigh all the rest."""
    return int(np.count_nonzero(rows.getnnz(1))) if issparse(rows) else len(rows)
