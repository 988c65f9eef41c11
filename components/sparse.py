"""TF-IDF over words and characters, small enough to be stored as JSON and numpy arrays."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_matrix

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray


def word_grams(text: str, longest: int = 2) -> Iterable[str]:
    """Yield `w:` features for one and two words in a row."""
    words = text.split()
    for size in range(1, longest + 1):
        for at in range(len(words) - size + 1):
            yield "w:" + " ".join(words[at : at + size])


def character_grams(text: str, shortest: int = 2, longest: int = 5) -> Iterable[str]:
    """Yield `c:` features inside word boundaries (a blank pads each word)."""
    for word in text.split():
        padded = f" {word} "
        for size in range(shortest, longest + 1):
            for at in range(len(padded) - size + 1):
                yield "c:" + padded[at : at + size]


@dataclass
class Tfidf:
    """`vocabulary` maps a feature to its column; `idf` has one weight per column."""

    vocabulary: dict[str, int]
    idf: NDArray[np.float32]

    @classmethod
    def fit(cls, texts: Sequence[str]) -> Tfidf:
        """Learn columns (in order of first sight, so that training repeats exactly) and weights."""
        seen: Counter[str] = Counter()
        for text in texts:
            seen.update(dict.fromkeys(_features(text)).keys())
        vocabulary = {feature: column for column, feature in enumerate(seen)}
        counts = np.array(list(seen.values()), dtype=np.float64)
        idf = np.log((1 + len(texts)) / (1 + counts)) + 1
        return cls(vocabulary, idf.astype(np.float32))

    def transform(self, texts: Sequence[str]) -> csr_matrix:
        """Return `(n, columns)` float32; the word part and the character part each have norm 1."""
        data: list[float] = []
        columns: list[int] = []
        ends = [0]
        for text in texts:
            counts = Counter(f for f in _features(text) if f in self.vocabulary)
            weights = {f: (1 + np.log(n)) * self.idf[self.vocabulary[f]] for f, n in counts.items()}
            for kind in ("w:", "c:"):
                part = {f: w for f, w in weights.items() if f.startswith(kind)}
                norm = float(np.sqrt(sum(w * w for w in part.values()))) or 1.0
                columns.extend(self.vocabulary[f] for f in part)
                data.extend(float(w) / norm for w in part.values())
            ends.append(len(columns))
        shape = (len(texts), len(self.vocabulary))
        return csr_matrix((np.array(data, np.float32), columns, ends), shape=shape)


def _features(text: str) -> Iterable[str]:
    yield from word_grams(text)
    yield from character_grams(text)
