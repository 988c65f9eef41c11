"""The encoder's forward pass in plain numpy, with the weights as they are stored.

Slower than ONNX Runtime, but it needs nothing else: the tests hold the fast engine to it, and it
stands in where ONNX Runtime is not installed.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import erf

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from components.e5_file import E5File


class ReferenceEngine:
    """Holds all layers as float32 (85 MB)."""

    def __init__(self, file: E5File, layers: Sequence[int]) -> None:
        self._heads, self._epsilon, self._wanted = file.heads, file.epsilon, set(layers)
        self._layers = [self._layer(file, f"l{number}.") for number in range(max(layers))]

    @staticmethod
    def _layer(file: E5File, at: str) -> dict[str, NDArray[np.float32]]:
        layer = {
            f"{n}.w": file.matrix(f"{at}{n}.w", file.width) for n in ("q", "k", "v", "ao", "fi")
        }
        layer["fo.w"] = file.matrix(at + "fo.w", file.inner)
        layer |= {f"{n}.b": file.vector(f"{at}{n}.b") for n in ("q", "k", "v", "ao", "fi", "fo")}
        return layer | {n: file.vector(at + n) for n in ("aln.w", "aln.b", "oln.w", "oln.b")}

    def means(self, x: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """Return each layer's mean, `(texts, width)`, for texts of one length, `x` being
        `(texts, tokens, width)`.
        """
        out = []
        for number, w in enumerate(self._layers, start=1):
            x = self._norm(x + self._attend(x, w) @ w["ao.w"] + w["ao.b"], w, "aln")
            inner = x @ w["fi.w"] + w["fi.b"]
            inner = 0.5 * inner * (1 + erf(inner / math.sqrt(2)))
            x = self._norm(x + inner @ w["fo.w"] + w["fo.b"], w, "oln")
            if number in self._wanted:
                out.append(x.mean(1))
        return out

    def _attend(
        self, x: NDArray[np.float32], w: dict[str, NDArray[np.float32]]
    ) -> NDArray[np.float32]:
        texts, tokens, width = x.shape
        size = width // self._heads
        q, k, v = (
            (x @ w[f"{n}.w"] + w[f"{n}.b"]).reshape(texts, tokens, self._heads, size).swapaxes(1, 2)
            for n in "qkv"
        )
        scores = q @ k.swapaxes(2, 3) / math.sqrt(size)
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        scores /= scores.sum(-1, keepdims=True)
        return (scores @ v).swapaxes(1, 2).reshape(texts, tokens, width)

    def _norm(
        self, x: NDArray[np.float32], w: dict[str, NDArray[np.float32]], name: str
    ) -> NDArray[np.float32]:
        x = x - x.mean(-1, keepdims=True)
        return (
            x / np.sqrt((x * x).mean(-1, keepdims=True) + self._epsilon) * w[name + ".w"]
            + w[name + ".b"]
        )
