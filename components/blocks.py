"""Families of features beside each other: centre each, give each its weight, join their kernels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import issparse

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass
class Block:
    """`rows` `(n, columns)`, dense or sparse; `present[i]` is False where an example lacks it."""

    rows: Any
    present: NDArray[np.bool_]
    weight: float

    def __post_init__(self) -> None:
        known = self.rows[np.flatnonzero(self.present)]
        self.mean = np.asarray(known.mean(0), dtype=np.float32).ravel()
        squares = known.multiply(known).sum() if issparse(known) else (known * known).sum()
        spread = float(squares) / max(known.shape[0], 1) - float(self.mean @ self.mean)
        self.scale = self.weight / max(spread, 1e-9)

    def add_kernel(self, kernel: NDArray[np.float32]) -> None:
        """Add the scaled products of all pairs of centred rows to `kernel`."""
        products = self.rows @ self.rows.T
        products = products.toarray() if issparse(products) else products
        along = np.asarray(self.rows @ self.mean).ravel()
        products -= along[:, None]
        products -= along[None] - np.float32(self.mean @ self.mean)
        products *= np.float32(self.scale)
        products[~self.present] = 0
        products[:, ~self.present] = 0
        kernel += products

    def weights(
        self, coefficients: NDArray[np.float64]
    ) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        """Return `(columns, classes)` weights and what they add to each class's bias."""
        used = np.where(self.present[:, None], coefficients, 0)
        weights = self.scale * (self.rows.T @ used - np.outer(self.mean, used.sum(0)))
        return weights.astype(np.float32), -(self.mean @ weights)
