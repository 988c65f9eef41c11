"""The encoder's forward pass in plain numpy, with the weights as they are stored.

Slower than ONNX Runtime, but it needs nothing else: the tests hold the fast engine to it, and it
stands in where ONNX Runtime is not installed.
"""

from __future__ import annotations

import itertools
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
        self._heads, self._epsilon = file.heads, file.epsilon
        self._steps = [
            [self._layer(file, f"l{number}.") for number in range(begin, end)]
            for begin, end in itertools.pairwise([0, *layers])
        ]

    @staticmethod
    def _layer(file: E5File, at: str) -> dict[str, NDArray[np.float32]]:
        layer = {
            f"{n}.w": file.matrix(f"{at}{n}.w", file.width) for n in ("q", "k", "v", "ao", "fi")
        }
        layer["fo.w"] = file.matrix(at + "fo.w", file.inner)
        layer |= {f"{n}.b": file.vector(f"{at}{n}.b") for n in ("q", "k", "v", "ao", "fi", "fo")}
        return layer | {n: file.vector(at + n) for n in ("aln.w", "aln.b", "oln.w", "oln.b")}

    def step(
        self, number: int, x: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        for w in self._steps[number]:
            x = self._norm(x + self._attend(x, w) @ w["ao.w"] + w["ao.b"], w, "aln")
            inner = x @ w["fi.w"] + w["fi.b"]
            inner = 0.5 * inner * (1 + erf(inner / math.sqrt(2)))
            x = self._norm(x + inner @ w["fo.w"] + w["fo.b"], w, "oln")
        return x.mean(1), x

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
