"""Reads acronyms that are spelt out: "k t p", "k.t.p", "ka te pe", "katepe"."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from components.words import Word

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHORTEST, _LONGEST = 3, 5
_NAMES = dict(
    zip(
        "abcdefghijklmnopqrstuvwxyz",
        "a be ce de e ef ge ha i je ka el em en o pe ki er es te u ve we eks ye zet".split(),
        strict=True,
    )
)
_PARTS = {*_NAMES, *_NAMES.values()}


class SpeltOut:
    """Knows `acronyms`, the ones of three to five letters, by the names of their letters."""

    def __init__(self, acronyms: Iterable[str]) -> None:
        self._meant: dict[str, str] = {}
        for word in sorted(acronyms, key=len):
            if _SHORTEST <= len(word) <= _LONGEST and all(letter in _NAMES for letter in word):
                spoken = "".join(_NAMES[letter] for letter in word)
                self._meant.setdefault(word, word)
                self._meant.setdefault(_once(spoken), word)

    def read(self, word: str) -> str | None:
        """Return the acronym whose letters are written in one word: "katepe"."""
        return self._meant.get(word) or self._meant.get(_once(word))

    def join(self, words: list[Word]) -> list[Word]:
        """Return `words` with each acronym that stands in several words as one of them."""
        joined: list[Word] = []
        at = 0
        while at < len(words):
            end = at
            last = min(len(words), at + _LONGEST)
            while end < last and words[end].text in _PARTS:
                end += 1
            end = next((e for e in range(end, at + 1, -1) if self._acronym(words[at:e])), at)
            if end > at:
                acronym = self._acronym(words[at:end]) or ""
                joined.append(Word(acronym, words[at].start, words[end - 1].end))
            else:
                joined.append(words[at])
            at = max(end, at + 1)
        return joined

    def _acronym(self, words: list[Word]) -> str | None:
        return self.read("".join(word.text for word in words))


def _once(letters: str) -> str:
    """ "eskateem" is also said and written "eskatem"."""
    return "".join(letter for letter, _ in itertools.groupby(letters))
