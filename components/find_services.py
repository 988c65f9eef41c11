"""The service a message is about, by the everyday names in the office's catalogue.

A name counts when all its words stand in the message in order, close together, each exactly, with
an ending ("ktpnya", "kk-e") or within a small spelling distance. The most specific name wins:
"ktp saya hilang" is a lost KTP, not a KTP.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from rapidfuzz.distance import DamerauLevenshtein

from components.findings import Finding
from components.spelling import Spelling
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
_GAP_COST = 0.25
_ACRONYM = 4
_REMEMBERED = 50_000  # readings of words
_MOVE_WEIGHT = 4.5
_COMMON = {"bantuan", "rumah", "digital", "camat", "orang", "kurang", "warung", "datang", "mampu"}
_PERSONS = {"anak", "bocah", "budak"}
_OWNERS = {"saya", "sy", "sya", "aku", "ku", "kula", "reang", "isun", "abdi", "kami", "gw", "gue"}


class _Alias(NamedTuple):
    code: str
    words: tuple[str, ...]


class _Match(NamedTuple):
    code: str
    start: int
    end: int
    weight: float
    exact: bool


class ServiceFinder:
    """Looks for the services of a catalogue; `expand` turns an abbreviation into its word."""

    def __init__(
        self,
        services: Iterable[Service],
        known_words: Collection[str] = (),
        expand: Callable[[str], str] = str,
        moves: Callable[[list[Word]], tuple[str, int, int] | None] = lambda _words: None,
    ) -> None:
        """`moves` reads services off the places of a move; see `find_moves`."""
        self._expand = expand
        self._moves = moves
        self._known = set(known_words)
        self._read: dict[str, dict[str, float]] = {}
        self._by_word: dict[str, list[_Alias]] = {}
        self._category = {service.code: service.category for service in services}
        aliases = [
            _Alias(service.code, words)
            for service in services
            for alias in service.aliases
            if (words := tuple(w.text for w in split_words(alias)))
        ]
        self._rarity = _rarity(aliases)
        aliases += _distinctive(aliases)
        for alias in aliases:
            self._by_word.setdefault(alias.words[0], []).append(alias)
        self._vocabulary = sorted(self._rarity)
        self._spelling = Spelling([w for w in self._vocabulary if len(w) > _ACRONYM])
        self._acronyms = [w for w in self._vocabulary if _is_acronym(w)]

    def find(self, text: str) -> Iterator[Finding]:
        """Yield at most one `service`; its extras are `category` and `alternatives`, other codes."""
        words = split_words(text)
        readings = [self._remembered(word.text) for word in words]
        matches = [m for at in range(len(words)) for m in self._at(words, readings, at)]
        move = self._moves(words)
        if move and move[0] in self._category:
            matches.append(_Match(*move, weight=_MOVE_WEIGHT, exact=True))
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

    def _remembered(self, word: str) -> dict[str, float]:
        if word not in self._read:
            if len(self._read) > _REMEMBERED:
                self._read.clear()
            self._read[word] = self._readings(word)
        return self._read[word]

    def _readings(self, word: str) -> dict[str, float]:
        """Return the catalogue words that `word` may be, each with a weight of 1 or less."""
        readings = {word: 1.0} if word in self._rarity else {}
        expanded = self._expand(word)
        if expanded in self._rarity:
            readings.setdefault(expanded, 1.0)
        for ending in _ENDINGS:
            stem = word.removesuffix(ending)
            if len(stem) < len(word) and len(stem) >= 2 and stem in self._rarity:
                readings.setdefault(stem, 0.95)
        if not readings and word not in self._known:
            readings |= self._near(word)
        return readings

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

    def _at(self, words: list[Word], readings: list[dict[str, float]], at: int) -> Iterator[_Match]:
        for first, quality in readings[at].items():
            for alias in self._by_word.get(first, ()):
                if alias.words == ("kk",) and _is_address(words, at):
                    continue
                match = self._follow(alias, readings, at, quality)
                if match and not _is_owned(alias, words, match.end):
                    yield match

    def _follow(
        self, alias: _Alias, readings: list[dict[str, float]], at: int, first: float
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
        weight = sum(self._rarity[word] for word in alias.words) * quality - gaps * _GAP_COST
        return _Match(alias.code, at, here, weight, quality == 1.0 and not gaps)


def _rarity(aliases: list[_Alias]) -> dict[str, float]:
    """Weigh each word by how few services have it: "surat" says little, "waris" much."""
    owners: dict[str, set[str]] = {}
    for alias in aliases:
        for word in alias.words:
            owners.setdefault(word, set()).add(alias.code)
    services = len({alias.code for alias in aliases})
    return {w: 0.3 + math.log((services + 1) / len(codes)) for w, codes in owners.items()}


def _distinctive(aliases: list[_Alias]) -> list[_Alias]:
    """Return words that stand for a service even alone: several of its names share them, and no
    other service's.
    """
    counts: dict[str, Counter[str]] = {}
    sizes = Counter(alias.code for alias in aliases)
    whole = {alias.words[0] for alias in aliases if len(alias.words) == 1}
    for alias in aliases:
        for word in set(alias.words):
            counts.setdefault(word, Counter())[alias.code] += 1
    return [
        _Alias(code, (word,))
        for word, owners in counts.items()
        for code, count in owners.items()
        if len(owners) == 1
        and count >= max(3, sizes[code] / 3)
        and len(word) > 4
        and word not in whole
        and word not in _COMMON
    ]


def _is_acronym(word: str) -> bool:
    """ "ktp" and "ikd" can be cut off a longer word; "kis" and "nib" begin ordinary words."""
    return 3 <= len(word) <= 4 and not re.search("[^aeiou][aeiou][^aeiou]|[aeiou]$", word)


def _is_owned(alias: _Alias, words: list[Word], end: int) -> bool:
    """ "KTP anak" is a child's card, "KTP anak saya" the card of a grown child."""
    after = words[end + 1].text if end + 1 < len(words) else ""
    return len(alias.words) == 2 and alias.words[1] in _PERSONS and after in _OWNERS


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
