"""Which words of the catalogue a written word may be: itself, inflected, spelt out or misspelt."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rapidfuzz.distance import DamerauLevenshtein

from components.spelling import Spelling

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

_ENDINGS = ("nya", "ny", "ku", "mu", "ne", "na", "e", "an", "kah")
_VERB_ENDINGS = ("", "kan", "in", "keun", "aken", "ake", "na")
_VERB_BEGINNINGS = ("", "di", "nge", "nga", "ng", "me", "mem", "men", "meng", "ter", "ke", "per")
_SHORTEST_STEM = 4
_ACRONYM = 4
_REMEMBERED = 50_000


class ServiceWords:
    """`vocabulary`: the words of the names; `known`: words that are no misspelling of one.

    `expand` turns an abbreviation into its word, `spelt` an acronym's letters into the acronym.
    """

    def __init__(
        self,
        vocabulary: Collection[str],
        known: Collection[str],
        expand: Callable[[str], str],
        spelt: Callable[[str], str | None],
    ) -> None:
        self._words = frozenset(vocabulary)
        self._known = set(known)
        self._expand = expand
        self._spelt = spelt
        self._read: dict[str, dict[str, float]] = {}
        self._vocabulary = sorted(vocabulary)
        self._spelling = Spelling([w for w in self._vocabulary if len(w) > _ACRONYM])
        self._acronyms = [w for w in self._vocabulary if _is_acronym(w)]

    def read(self, word: str) -> dict[str, float]:
        """Return the catalogue words that `word` may be, each with a weight of 1 or less."""
        if word not in self._read:
            if len(self._read) > _REMEMBERED:
                self._read.clear()
            self._read[word] = self._readings(word)
        return self._read[word]

    def _readings(self, word: str) -> dict[str, float]:
        readings = dict.fromkeys(self._meant(word), 1.0)
        for ending in _ENDINGS:
            stem = word.removesuffix(ending)
            if len(word) > len(stem) >= 2:
                for meant in self._meant(stem):
                    readings.setdefault(meant, 0.95)
        for stem in _stems(word):
            for meant in self._meant(stem):
                readings.setdefault(meant, 0.9)
        if not readings and word not in self._known:
            readings |= self._near(word)
        return readings

    def _meant(self, word: str) -> list[str]:
        """Return what `word` is as it stands, or as an abbreviation."""
        both = (word, self._expand(word))
        return [m for one in both if (m := one if one in self._words else self._spelt(one))]

    def _near(self, word: str) -> dict[str, float]:
        """Read a word that nobody knows: joined to others, without vowels, or misspelt."""
        joined = [a for a in self._acronyms if word.startswith(a) and len(word) > len(a) + 2]
        if joined:
            return {max(joined, key=len): 0.8}
        fuller = self._spelling.repair(word)
        near = {fuller: 0.9} if fuller != word else {}
        if len(word) > _ACRONYM:
            allowed = 1 if len(word) < 10 else 2
            for known in self._vocabulary:
                if len(known) > _ACRONYM and known[0] == word[0]:
                    far = DamerauLevenshtein.distance(word, known, score_cutoff=allowed)
                    if far <= allowed and far < len(known) / 3:
                        near.setdefault(known, 1 - far / len(known))
        else:
            for known in self._vocabulary:
                # "katp", "kttp", "kpt": a letter too many or two in the wrong order.
                if abs(len(known) - len(word)) <= 1 and len(known) > 2 and known[0] == word[0]:
                    same = sorted(known) == sorted(word) or len(known) < len(word)
                    if same and DamerauLevenshtein.distance(word, known, score_cutoff=1) == 1:
                        near.setdefault(known, 0.75)
        return near


def _is_acronym(word: str) -> bool:
    """ "ktp" and "ikd" can be cut off a longer word; "kis" and "nib" begin ordinary words."""
    return 3 <= len(word) <= 4 and not re.search("[^aeiou][aeiou][^aeiou]|[aeiou]$", word)


def _stems(word: str) -> list[str]:
    """Return what a verb may be made of: "dihibahkan" of "hibah", "ngehibahin" too."""
    return [
        stem
        for beginning in _VERB_BEGINNINGS
        if word.startswith(beginning)
        for ending in _VERB_ENDINGS
        if word.endswith(ending)
        and len(stem := word[len(beginning) : len(word) - len(ending)]) >= _SHORTEST_STEM
    ]
