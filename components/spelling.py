"""Finds the word that a misspelt or vowel-less one stands for: "bnjr", "prsyrtn", "domsili"."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from typing import TYPE_CHECKING

from rapidfuzz.distance import DamerauLevenshtein

if TYPE_CHECKING:
    from collections.abc import Collection

_VOWELS = re.compile("[aeiou]")
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_ALIKE = ("fp", "fv", "pv", "jz", "sz", "dt", "kq")
_NEIGHBOURS = [pair for row in _ROWS for pair in itertools.pairwise(row)] + [
    pair for up, low in itertools.pairwise(_ROWS) for pair in zip(up, low, strict=False)
]
_CONFUSED = set(map(frozenset, [*_NEIGHBOURS, *itertools.combinations("aeiou", 2), *_ALIKE]))
_SHORTEST = 3
_TYPO_FROM = 6


class Spelling:
    """Knows a list of words; anything that is not nearly one of them stays as it is."""

    def __init__(self, words: Collection[str]) -> None:
        self._by_skeleton: dict[str, list[str]] = defaultdict(list)
        self._by_start: dict[str, list[str]] = defaultdict(list)
        self._answers: dict[str, str] = {}
        for word in sorted(words):
            if word.isalpha() and len(word) > _SHORTEST:
                self._by_skeleton[_skeleton(word)].append(word)
                self._by_start[word[0]].append(word)

    def repair(self, word: str) -> str:
        """Return the only known word that `word` may be, else `word`."""
        if word not in self._answers:
            if len(self._answers) > 50_000:
                self._answers.clear()
            self._answers[word] = self._without_vowels(word) or self._typo(word) or word
        return self._answers[word]

    def _without_vowels(self, word: str) -> str | None:
        """Left-out vowels leave the consonants in order; the shortest completion wins."""
        if len(word) < _SHORTEST or not word.isalpha():
            return None
        fuller = [
            known
            for known in self._by_skeleton.get(_skeleton(word), ())
            if len(word) < len(known) <= 2 * len(word) + 1 and _is_inside(word, known)
        ]
        return min(fuller, key=len) if fuller else None

    def _typo(self, word: str) -> str | None:
        if len(word) < _TYPO_FROM or not word.isalpha():
            return None
        near = [
            known
            for known in self._by_start.get(word[0], ())
            if abs(len(known) - len(word)) <= 1
            and DamerauLevenshtein.distance(word, known, score_cutoff=1) <= 1
            and _is_slip(word, known)
        ]
        return near[0] if len(near) == 1 else None


def _is_slip(word: str, known: str) -> bool:
    """Tell whether a letter in another's place is one that the finger or the ear confuses."""
    pairs = [(a, b) for a, b in zip(word, known, strict=False) if a != b]
    return len(word) != len(known) or len(pairs) != 1 or frozenset(pairs[0]) in _CONFUSED


def _skeleton(word: str) -> str:
    return _VOWELS.sub("", word)


def _is_inside(short: str, long: str) -> bool:
    letters = iter(long)
    return all(letter in letters for letter in short)
