"""Numbers of several words, read from left to right: "dua puluh lima", "rong atus seket".

A number ends where the next word does not fit: "tujuh tiga puluh" is 7, and "tiga puluh" is left.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from components.numerals import NUMERALS

if TYPE_CHECKING:
    from collections.abc import Sequence

_SMALL = {word: value for word, value in NUMERALS.items() if word not in {"sa", "se", "sak", "ro"}}
_SMALL |= {"swidak": 60, "salawe": 25, "selikur": 21}
_ADDED = {"belas": 10, "welas": 10, "las": 10, "likur": 20}
_TENS = {"puluh", "pluh", "puluhan"}
_HUNDREDS = {"ratus", "atus"}
_ONE_HUNDRED = {"seratus", "saratus", "satus", "sratus"}
SCALES = {
    "rb": 1_000, "rbu": 1_000, "ribu": 1_000, "rebu": 1_000, "ewu": 1_000, "k": 1_000,
    "jt": 1_000_000, "jta": 1_000_000, "juta": 1_000_000, "yuta": 1_000_000, "jeti": 1_000_000,
    "m": 1_000_000_000, "milyar": 1_000_000_000, "miliar": 1_000_000_000,
}  # fmt: skip
ONE_OF_SCALE = {
    "seribu": 1_000, "sarebu": 1_000, "sewu": 1_000, "sakewu": 1_000,
    "sejuta": 1_000_000, "sajuta": 1_000_000, "sayuta": 1_000_000, "sejeti": 1_000_000,
}  # fmt: skip
_HALF = {"setengah", "satengah", "stengah", "stgh"}


def any_of(words: Sequence[str] | set[str] | dict[str, int]) -> str:
    """Return a pattern for one of `words`, the longest first."""
    return "|".join(sorted(words, key=lambda word: (-len(word), word)))


HUNDREDS = _HUNDREDS | _ONE_HUNDRED
PARTS = [*_ADDED, *_TENS, *_HUNDREDS]
"""Words that change the number before them, besides `SCALES`."""

_STARTS = any_of([*(word for word in _SMALL if len(word) > 2), *_ONE_HUNDRED])
COUNT = rf"(?:\d{{1,3}}(?!\d)|(?:{_STARTS})(?:\s*(?:{any_of(PARTS)}|{_STARTS})){{0,3}})"
"""Pattern of a number below a thousand, in figures or words."""

_WORDS = [*_SMALL, *_ONE_HUNDRED, *ONE_OF_SCALE, *_HALF]
WORD = any_of(_WORDS)
FIGURES = r"(?:\d{1,3}(?:[.,]\d{3})+(?!\d)|\d+(?:[.,]\d+)?)"
_TOKEN = re.compile(f"{FIGURES}|{any_of([*_WORDS, *PARTS, *SCALES])}")
_COUNTED = re.compile(f"{_STARTS}|{any_of(PARTS)}")


def read_count(text: str) -> tuple[int, str] | None:
    """Return the number that `text`, a match of `COUNT`, begins with, and the words left over."""
    if text.isdigit():
        return int(text), ""
    matches = list(_COUNTED.finditer(text))
    value, used = read_number([match[0] for match in matches])
    return (int(value), text[matches[used - 1].end() :].strip()) if used else None


def whole_count(text: str) -> int | None:
    """Return the number that `text`, a match of `COUNT`, is; None for "satu dua", "puluh"."""
    read = read_count(text)
    return read[0] if read and not read[1] else None


def tokens(text: str) -> list[re.Match[str]]:
    """Return the figures and number words of a folded text."""
    return list(_TOKEN.finditer(text))


def read_number(words: Sequence[str]) -> tuple[float, int]:
    """Return the number at the beginning of `words` and how many of them are part of it."""
    reader = _Reader()
    for word in words:
        if not reader.take(word):
            break
    return reader.result()


class _Reader:
    """`total` ends with a scale ("dua juta"), `group` is what came since, below a thousand."""

    def __init__(self) -> None:
        self.total: float = 0
        self.group: float = 0
        self.last: float = 0
        self.scale = 10**15
        self.half = False
        self.figures = False
        self.taken = self.closed = 0

    def take(self, word: str) -> bool:
        fits = not self.half or word in SCALES
        fits = fits and (
            self._scale(word) if word in SCALES or word in ONE_OF_SCALE else self._small(word)
        )
        self.taken += fits
        if fits and (word in SCALES or word in ONE_OF_SCALE):
            self.closed = self.taken
        return fits

    def result(self) -> tuple[float, int]:
        if not self.closed:
            return (0, 0) if self.half and not self.group else (self.group, self.taken - self.half)
        if self.half and self.scale >= 10**6 and not self.group:  # "sejuta setengah"
            return self.total + self.scale / 2, self.taken
        if 100 <= self.group < 1_000 and not self.half:
            if self.scale >= 10**6:  # "sejuta dua ratus" says it without the thousand
                return self.total + self.group * self.scale / 1_000, self.taken
            if not self.figures:
                return self.total + self.group, self.taken
        return self.total, self.closed

    def _small(self, word: str) -> bool:
        if word in _HALF:
            self.half = True
            return True
        if word in _ADDED or word in _TENS or word in _HUNDREDS:
            return self._raise(word)
        self.last = (
            100 if word in _ONE_HUNDRED else _SMALL[word] if word in _SMALL else as_figure(word)
        )
        self.figures = self.figures or word[0].isdigit()
        room = self.group == 0 or (self.group % 100 == 0 and self.last < 100)
        if not room and not (self.group % 100 >= 20 and self.group % 10 == 0 and self.last < 10):
            return False
        self.group += self.last
        return True

    def _raise(self, word: str) -> bool:
        if not 1 <= self.last < 10 or (word in _HUNDREDS and self.group != self.last):
            return False
        factor = 100 if word in _HUNDREDS else 10 if word in _TENS else 1
        self.group += self.last * (factor - 1) + _ADDED.get(word, 0)
        self.last = 0
        return True

    def _scale(self, word: str) -> bool:
        scale = SCALES.get(word) or ONE_OF_SCALE[word]
        group = 1.0 if word in ONE_OF_SCALE else self.group + self.half / 2
        if scale >= self.scale or not group or (word in ONE_OF_SCALE and self.group):
            return False
        self.total += group * scale
        self.group = self.last = 0
        self.half = self.figures = False
        self.scale = scale
        return True


def as_figure(text: str) -> float:
    """Return "1.250.000" and "1,5" as numbers."""
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", text):
        return float(re.sub(r"[.,]", "", text))
    return float(text.replace(",", "."))
