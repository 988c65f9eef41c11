"""Cuts a text into words that remember where they stood."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
# Zero-width signs, directions, variation selectors, the keycap ring and the skin tones of emoji.
_INVISIBLE = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff]"
)


class Word(NamedTuple):
    """`text` is folded (NFKC, lower case, no accents, no stretched letters)."""

    text: str
    start: int
    end: int


def fold(text: str) -> str:
    """Lower case, plain letters for styled Unicode, "lamaaaa" as "lama"; digits stay."""
    if text.isascii():
        return _STRETCHED.sub(r"\1", text.lower())
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text)).casefold()
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return _STRETCHED.sub(r"\1", _INVISIBLE.sub("", plain))


def split_words(text: str) -> list[Word]:
    """Return the words of `text` with their offsets in it."""
    return [
        Word(folded, match.start(), match.end())
        for match in _WORD.finditer(text)
        if (folded := _fold_word(match[0]))
    ]


@lru_cache(maxsize=4_096)
def _fold_word(word: str) -> str:
    """Every finder splits the same text: a word is folded once."""
    return fold(word)
