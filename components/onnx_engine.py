"""The encoder's forward pass in ONNX Runtime at 8 bit, one text at a time, one thread each."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import onnxruntime

from components.onnx_graph import encoder_graph, output_name

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
        self._outputs = list(map(output_name, layers))
        self._session = onnxruntime.InferenceSession(
            encoder_graph(file, layers), options, providers=["CPUExecutionProvider"]
        )

    def means(self, x: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """Return each layer's mean, `(texts, width)`, for texts of one length, `x` being
        `(texts, tokens, width)`.
        """
        if len(x) == 1:
            return self._session.run(self._outputs, {"x": x})
        with ThreadPoolExecutor(_THREADS) as pool:
            texts = list(pool.map(lambda text: self.means(text[None]), x))
        return [np.vstack(layer) for layer in zip(*texts, strict=True)]
