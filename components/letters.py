"""Plain letters in their places, so that offsets in the message stay true."""

from __future__ import annotations

from functools import lru_cache

from components.words import fold

_APOSTROPHES = "’‘ʼʻ`´′"


def fold_letters(text: str) -> str:
    """Lower case, plain letters and digits for styled ones, one apostrophe; as long as `text`."""
    return text.lower().replace("`", "'") if text.isascii() else "".join(map(_fold_one, text))


@lru_cache(maxsize=4_096)
def _fold_one(letter: str) -> str:
    if letter in _APOSTROPHES:
        return "'"
    folded = fold(letter)
    return folded if len(folded) == 1 else letter
