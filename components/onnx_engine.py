"""The encoder's forward pass in ONNX Runtime at 8 bit, one text at a time, one thread each."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import onnxruntime

from components.onnx_graph import LAST, MEAN, encoder_graph

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from components.e5_file import E5File

_THREADS = 2


class OnnxEngine:
    """Activations are rounded per text, so texts are never computed together."""

    def __init__(self, file: E5File, layers: Sequence[int]) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._sessions = [
            onnxruntime.InferenceSession(
                encoder_graph(file, range(begin, end)), options, providers=["CPUExecutionProvider"]
            )
            for begin, end in itertools.pairwise([0, *layers])
        ]

    def step(
        self, number: int, x: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        if len(x) == 1:
            mean, x = self._sessions[number].run([MEAN, LAST], {"x": x})
            return mean, x
        with ThreadPoolExecutor(_THREADS) as pool:
            texts = list(pool.map(lambda text: self.step(number, text[None]), x))
        means, xs = zip(*texts, strict=True)
        return np.vstack(means), np.vstack(xs)
