"""Comparing words as people write them."""

from __future__ import annotations

import re

_NOT_A_WORD = re.compile(r"[^\w]+", re.UNICODE)


def plain(text: str) -> str:
    """Lower case, only words and single spaces: "KTP-el  Hilang!" → "ktp el hilang"."""
    return _NOT_A_WORD.sub(" ", text.casefold()).strip()
