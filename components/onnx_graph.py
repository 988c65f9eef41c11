"""Writes the encoder as an ONNX graph with 8-bit weights, straight in ONNX's wire format.

The few messages and operators that the graph needs are spelled out here so that the server does
not carry the `onnx` package (67 MB) for one file that it keeps in memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from components.e5_file import E5File

# Weights use 7 of 8 bits: AVX2 adds pairs of products in 16 bits, which 8 would overflow.
_TOP = 64
_FLOAT, _INT8 = 1, 3
_IR_VERSION, _OPSET = 8, 17
OURS, MICROSOFT = "", "com.microsoft"
LAST, MEAN = "last", "mean"
"""Names of the outputs."""


def encoder_graph(file: E5File, layers: Sequence[int]) -> bytes:
    """Return a model of `layers`, numbers from 0 that follow each other, with input `x` (1, tokens,
    width): what the layer before gave, or the sum of the embeddings after their layer norm.

    The outputs are what the last layer gives, and its mean over the tokens (1, width).
    """
    graph = _Graph()
    width, inner = file.width, file.inner
    x = "x"
    for layer in layers:
        at = f"l{layer}."
        heads = graph.product(
            x, [file.matrix(at + f"{n}.w", width) for n in "qkv"], _biases(file, at), at + "qkv"
        )
        q, k, v = graph.split(heads, 3, at + "head")
        attended = graph.node(
            "MultiHeadAttention", [q, k, v], at + "attended", MICROSOFT, num_heads=file.heads
        )
        y = graph.product(
            attended, [file.matrix(at + "ao.w", width)], file.vector(at + "ao.b"), at + "ao"
        )
        x = graph.norm(y, x, file, at + "aln")
        y = graph.product(x, [file.matrix(at + "fi.w", width)], file.vector(at + "fi.b"), at + "fi")
        y = graph.node("Gelu", [y], at + "gelu", MICROSOFT)
        y = graph.product(y, [file.matrix(at + "fo.w", inner)], file.vector(at + "fo.b"), at + "fo")
        x = graph.norm(y, x, file, at + "oln", LAST if layer == layers[-1] else "")
    graph.mean(x, MEAN)
    return graph.model(width)


def _biases(file: E5File, at: str) -> NDArray[np.float32]:
    return np.concatenate([file.vector(at + f"{name}.b") for name in "qkv"])


class _Graph:
    """Collects nodes and weights; every method returns the name of what it computes."""

    def __init__(self) -> None:
        self._nodes: list[bytes] = []
        self._weights: list[bytes] = []

    def node(
        self,
        kind: str,
        inputs: list[str],
        output: str,
        domain: str = OURS,
        **options: int | list[int] | float,
    ) -> str:
        return self.nodes(kind, inputs, [output], domain, **options)[0]

    def nodes(
        self,
        kind: str,
        inputs: list[str],
        outputs: list[str],
        domain: str = OURS,
        **options: int | list[int] | float,
    ) -> list[str]:
        body = b"".join(_text(1, name) for name in inputs) + b"".join(
            _text(2, name) for name in outputs
        )
        body += _text(4, kind) + b"".join(_bytes(5, _attribute(n, v)) for n, v in options.items())
        self._nodes.append(body + _text(7, domain))
        return outputs

    def weight(self, name: str, values: NDArray[np.generic]) -> str:
        kind = _INT8 if values.dtype == np.int8 else _FLOAT
        body = (
            b"".join(_number(1, size) for size in values.shape) + _number(2, kind) + _text(8, name)
        )
        self._weights.append(body + _bytes(9, np.ascontiguousarray(values).tobytes()))
        return name

    def product(
        self, x: str, matrices: list[NDArray[np.float32]], bias: NDArray[np.float32], name: str
    ) -> str:
        """x · W + b with W rounded per output to whole numbers of −64 … 64."""
        matrix = np.hstack(matrices)
        scale = np.maximum(np.abs(matrix).max(0) / _TOP, 1e-12).astype(np.float32)
        inputs = [
            x,
            self.weight(name + ".w", np.rint(matrix / scale).astype(np.int8)),
            self.weight(name + ".s", scale),
            self.weight(name + ".z", np.zeros(len(scale), np.int8)),
            self.weight(name + ".b", bias),
        ]
        return self.node("DynamicQuantizeMatMul", inputs, name, MICROSOFT)

    def split(self, x: str, parts: int, name: str) -> list[str]:
        return self.nodes("Split", [x], [f"{name}{part}" for part in range(parts)], axis=2)

    def norm(self, x: str, skip: str, file: E5File, name: str, output: str = "") -> str:
        inputs = [
            x,
            skip,
            self.weight(name + ".w", file.vector(name + ".w")),
            self.weight(name + ".b", file.vector(name + ".b")),
        ]
        return self.node(
            "SkipLayerNormalization", inputs, output or name, MICROSOFT, epsilon=file.epsilon
        )

    def mean(self, x: str, name: str) -> str:
        return self.node("ReduceMean", [x], name, axes=[1], keepdims=0)

    def model(self, width: int) -> bytes:
        graph = b"".join(_bytes(1, node) for node in self._nodes) + _text(2, "encoder")
        graph += b"".join(_bytes(5, weight) for weight in self._weights)
        graph += _bytes(11, _value("x", [1, "tokens", width]))
        graph += _bytes(12, _value(LAST, [1, "tokens", width])) + _bytes(
            12, _value(MEAN, [1, width])
        )
        versions = _bytes(8, _text(1, OURS) + _number(2, _OPSET)) + _bytes(
            8, _text(1, MICROSOFT) + _number(2, 1)
        )
        return _number(1, _IR_VERSION) + _bytes(7, graph) + versions


def _value(name: str, shape: list[int | str]) -> bytes:
    sizes = b"".join(_bytes(1, _text(2, s) if isinstance(s, str) else _number(1, s)) for s in shape)
    tensor = _number(1, _FLOAT) + _bytes(2, sizes)
    return _text(1, name) + _bytes(2, _bytes(1, tensor))


def _attribute(name: str, value: int | list[int] | float) -> bytes:
    if isinstance(value, float):
        return _text(1, name) + _tag(2, 5) + np.float32(value).tobytes() + _number(20, 1)
    if isinstance(value, list):
        return _text(1, name) + b"".join(_number(8, one) for one in value) + _number(20, 7)
    return _text(1, name) + _number(3, value) + _number(20, 2)


def _tag(field: int, wire: int) -> bytes:
    return _varint(field << 3 | wire)


def _number(field: int, value: int) -> bytes:
    return _tag(field, 0) + _varint(value)


def _bytes(field: int, value: bytes) -> bytes:
    return _tag(field, 2) + _varint(len(value)) + value


def _text(field: int, value: str) -> bytes:
    return _bytes(field, value.encode())


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)
