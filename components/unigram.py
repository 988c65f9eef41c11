"""Cuts a text into the pieces of a SentencePiece unigram vocabulary (the most probable cut)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.e5_file import META

if TYPE_CHECKING:
    from components.e5_file import E5File

_NEVER = -1e30


class Unigram:
    """Words are cut one by one (no piece crosses a blank) and remembered."""

    def __init__(self, file: E5File) -> None:
        self._pieces = file.pieces
        self._unknown = (file.unknown, file.unknown_score)
        self._longest = max(map(len, file.pieces))
        self._cache: dict[str, tuple[int, ...]] = {}

    def pieces(self, text: str) -> list[int]:
        """Return piece numbers; blanks of any length part words."""
        out: list[int] = []
        for word in text.split():
            if word not in self._cache:
                if len(self._cache) > 50_000:
                    self._cache.clear()
                self._cache[word] = self._cut(META + word)
            out.extend(self._cache[word])
        return out

    def _cut(self, word: str) -> tuple[int, ...]:
        best = [0.0] + [_NEVER] * len(word)
        came: list[tuple[int, int]] = [(0, 0)] * (len(word) + 1)
        for start in range(len(word)):
            here = best[start]
            unknown, score = self._unknown
            if here + score > best[start + 1]:
                best[start + 1], came[start + 1] = here + score, (start, unknown)
            for end in range(start + 1, min(len(word), start + self._longest) + 1):
                piece = self._pieces.get(word[start:end])
                if piece and here + piece[1] > best[end]:
                    best[end], came[end] = here + piece[1], (start, piece[0])
        out, end = [], len(word)
        while end:
            end, piece_number = came[end]
            out.append(piece_number)
        return tuple(reversed(out))
