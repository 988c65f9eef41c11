"""The service a message is about, by the everyday names in the office's catalogue.

A name counts when all its words stand in the message in order, close together, each exactly, with
an ending ("ktpnya", "kk-e") or within a small spelling distance. The most specific name wins:
"ktp saya hilang" is a lost KTP, not a KTP.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rapidfuzz.distance import DamerauLevenshtein

from components.findings import Finding
from components.words import Word, split_words

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from components.catalogue import Service

_ENDINGS = ("nya", "ny", "ku", "mu", "ne", "na", "e", "an", "kah")
_NOT = {"bukan", "bkn", "dudu", "sanes", "lain", "bukannya", "dede"}
_ADDRESSED = {
    "halo", "hai", "hay", "hallo", "hi", "pagi", "siang", "sore", "malam", "mlm", "makasih", "mksh", "min",
    "ok", "oke", "iya", "ya", "thx", "maaf", "permisi", "punten",
}  # fmt: skip
_AFTER_ADDRESS = {"mau", "mo", "saya", "sy", "tanya", "nanya", "izin", "ijin", "bisa", "tolong"}
_GAP = 3


class _Alias(NamedTuple):
    code: str
    words: tuple[str, ...]


class _Match(NamedTuple):
    code: str
    start: int
    end: int
    weight: float
    exact: bool
    words: int


class ServiceFinder:
    """Looks for the services of a catalogue; `expand` turns an abbreviation into its word."""

    def __init__(
        self,
        services: Iterable[Service],
        known_words: Collection[str] = (),
        expand: Callable[[str], str] = str,
    ) -> None:
        self._expand = expand
        self._known = set(known_words)
        self._by_word: dict[str, list[_Alias]] = {}
        self._category: dict[str, str] = {}
        for service in services:
            self._category[service.code] = service.category
            for alias in service.aliases:
                words = tuple(w.text for w in split_words(alias))
                if words:
                    self._by_word.setdefault(words[0], []).append(_Alias(service.code, words))
        self._vocabulary = {w for group in self._by_word.values() for a in group for w in a.words}

    def find(self, text: str) -> Iterator[Finding]:
        """Yield at most one `service`; its extras are `category` and `alternatives`, other codes."""
        words = split_words(text)
        readings = [self._readings(word.text) for word in words]
        matches = [m for at in range(len(words)) for m in self._at(words, readings, at)]
        matches = _without_overlaps(sorted(matches, key=lambda m: (-m.weight, m.start)))
        wanted = [m for m in matches if not (m.start and words[m.start - 1].text in _NOT)]
        if not wanted:
            return
        best = wanted[0]
        others = list(dict.fromkeys(m.code for m in wanted if m.code != best.code))
        yield Finding(
            "service",
            best.code,
            words[best.start].start,
            words[best.end].end,
            1.0 if best.exact else 0.8,
            {"category": self._category[best.code], "alternatives": others},
        )

    def _readings(self, word: str) -> dict[str, float]:
        """Return the catalogue words that `word` may be, each with a weight of 1 or less."""
        readings = {word: 1.0} if word in self._vocabulary else {}
        expanded = self._expand(word)
        if expanded in self._vocabulary:
            readings.setdefault(expanded, 1.0)
        for ending in _ENDINGS:
            stem = word.removesuffix(ending)
            if len(stem) < len(word) and len(stem) >= 2 and stem in self._vocabulary:
                readings.setdefault(stem, 0.95)
        if not readings and word not in self._known and len(word) >= 4:
            allowed = 1 if len(word) < 8 else 2
            for known in self._vocabulary:
                if len(known) >= 4 and known[0] == word[0]:
                    far = DamerauLevenshtein.distance(word, known, score_cutoff=allowed)
                    if far <= allowed and far < len(known) / 3:
                        readings[known] = 1 - far / len(known)
        return readings

    def _at(self, words: list[Word], readings: list[dict[str, float]], at: int) -> Iterator[_Match]:
        for first, weight in readings[at].items():
            for alias in self._by_word.get(first, ()):
                if alias.words == ("kk",) and _is_address(words, at):
                    continue
                match = self._follow(alias, readings, at, weight)
                if match:
                    yield match

    @staticmethod
    def _follow(
        alias: _Alias, readings: list[dict[str, float]], at: int, first: float
    ) -> _Match | None:
        quality, here, gaps = first, at, 0
        for wanted in alias.words[1:]:
            span = range(here + 1, min(here + 2 + _GAP, len(readings)))
            there = next((i for i in span if wanted in readings[i]), None)
            if there is None:
                return None
            gaps += there - here - 1
            quality = min(quality, readings[there][wanted])
            here = there
        if gaps > _GAP:
            return None
        letters = sum(map(len, alias.words))
        weight = (len(alias.words) * 10 + letters) * quality - gaps * 1.5
        return _Match(alias.code, at, here, weight, quality == 1.0 and not gaps, len(alias.words))


def _is_address(words: list[Word], at: int) -> bool:
    """ "siang kk" and "kk mau nanya" speak to a "kakak", not about a Kartu Keluarga."""
    before = words[at - 1].text if at else ""
    after = words[at + 1].text if at + 1 < len(words) else ""
    return before in _ADDRESSED or (at == 0 and after in _AFTER_ADDRESS)


def _without_overlaps(matches: list[_Match]) -> list[_Match]:
    kept: list[_Match] = []
    for match in matches:
        if all(match.end < other.start or match.start > other.end for other in kept):
            kept.append(match)
    return kept
