"""When two sentences are the same, or nearly."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz, process

NEAR = 86.0
"""Edit ratio (0-100) from which two sentences count as nearly the same."""
SHORT = 17
"""Characters below which one letter may change the meaning ("banjir" and "anjir")."""

_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_WORD = re.compile(r"\w+")


def comparable(text: str) -> str:
    """Lower case, no accents, no punctuation, no stretched letters; emoji stay when alone."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text)).casefold()
    folded = "".join(sign for sign in folded if not unicodedata.combining(sign))
    words = _WORD.findall(_STRETCHED.sub(r"\1", folded))
    return " ".join(words) or " ".join(folded.split())


def near_pairs(
    texts: Sequence[str], cutoff: float = NEAR, shortest: int = SHORT
) -> Iterator[tuple[int, int, float]]:
    """Positions of two comparable texts and their ratio, each pair once; equal texts too.

    Only texts of like length can reach the ratio: 200·min ≥ cutoff·(a + b).
    """
    long_enough = (i for i in range(len(texts)) if len(texts[i]) >= shortest)
    order = sorted(long_enough, key=lambda i: len(texts[i]))
    lengths = [len(texts[i]) for i in order]
    sorted_texts = [texts[i] for i in order]
    growth = (200 - cutoff) / cutoff
    for at, text in enumerate(sorted_texts):
        end = bisect_right(lengths, int(len(text) * growth))
        others = sorted_texts[at + 1 : end]
        for _, ratio, step in process.extract(
            text, others, scorer=fuzz.ratio, score_cutoff=cutoff, limit=None
        ):
            first, second = order[at], order[at + 1 + step]
            yield min(first, second), max(first, second), ratio
