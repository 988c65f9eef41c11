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
    """`rows` `(n, columns)`, dense or sparse."""

    rows: Any
    weight: float

    def __post_init__(self) -> None:
        rows = self.rows
        self.mean = np.asarray(rows.mean(0), dtype=np.float32).ravel()
        squares = rows.multiply(rows).sum() if issparse(rows) else (rows * rows).sum()
        spread = float(squares) / max(rows.shape[0], 1) - float(self.mean @ self.mean)
        self.scale = self.weight / max(spread, 1e-9)

    def add_kernel(self, kernel: NDArray[np.float32]) -> None:
        """Add the scaled products of all pairs of centred rows to `kernel`."""
        products = self.rows @ self.rows.T
        products = products.toarray() if issparse(products) else products
        along = np.asarray(self.rows @ self.mean).ravel()
        products -= along[:, None]
        products -= along[None] - np.float32(self.mean @ self.mean)
        products *= np.float32(self.scale)
        kernel += products

    def weights(
        self, coefficients: NDArray[np.float64]
    ) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        """Return `(columns, classes)` weights and what they add to each class's bias."""
        weights = self.rows.T @ coefficients - np.outer(self.mean, coefficients.sum(0))
        weights *= self.scale
        return weights.astype(np.float32), -(self.mean @ weights)
