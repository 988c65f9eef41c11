"""The service a message is about, by the everyday names in the office's catalogue.

A name counts when all its words stand in the message in order, close together, each exactly, with
an ending ("ktpnya", "kk-e"), spelt out ("ka te pe", "k t p") or within a small spelling distance. A
name with "…" in it ("dompet … ktp") lets its words stand further apart. The most specific name
wins: "ktp saya hilang" is a lost KTP, not a KTP.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from components.findings import Finding
from components.normaliser import cut
from components.service_asides import is_aside, is_denied, is_parted
from components.service_words import ServiceWords
from components.spelt_out import SpeltOut
from components.words import Word, split_words

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from components.catalogue import Service

_GAP = 3
_WIDE_GAP = 12
_JOINED_FROM = 6
_PIECE_FROM = 5  # letters of a word that is in no name
_GAP_COST = 0.25
_REMEMBERED = 50_000
_MOVE_WEIGHT = 4.5
_COMMON = {"bantuan", "rumah", "digital", "camat", "orang", "kurang", "warung", "datang", "mampu"}
# Every document is wanted, made and signed: these words do not tell one from another.
_EVERYDAY = set(
    "surat srt serat blanko blangko bikin buat gawe urus ngurus mengurus pembuatan damel nyieun "
    "ngadamel ttd tanda tangan tandatangan mau arep pengen bade habis abis belum selesai tanya soal "
    "dapat dapet angsal olih oli meunang kebagian".split()
)


class _Alias(NamedTuple):
    """`gap`: how many other words may stand between two of its own."""

    code: str
    words: tuple[str, ...]
    gap: int = _GAP


class _Match(NamedTuple):
    code: str
    start: int
    end: int
    weight: float
    exact: bool
    gaps: int = 0


class ServiceFinder:
    """Looks for the services of a catalogue.

    `expand` turns an abbreviation into its word, `split` cuts joined words ("ktphilang").
    """

    def __init__(
        self,
        services: Iterable[Service],
        known_words: Collection[str] = (),
        expand: Callable[[str], str] = str,
        moves: Callable[[list[Word]], tuple[str, int, int] | None] = lambda _words: None,
        split: Callable[[str], list[str]] = lambda word: [word],
    ) -> None:
        """`moves` reads services off the places of a move; see `find_moves`."""
        self._moves = moves
        self._split = split
        self._pieces: dict[str, list[str]] = {}
        self._by_word: dict[str, list[_Alias]] = {}
        self._category = {service.code: service.category for service in services}
        aliases = [
            _Alias(service.code, words, _WIDE_GAP if "…" in alias else _GAP)
            for service in services
            for alias in service.aliases
            if (words := tuple(w.text for w in split_words(alias)))
        ]
        self._rarity = _rarity(aliases)
        self._known = {*known_words, *self._rarity}
        self._spelt = SpeltOut(alias.words[0] for alias in aliases if len(alias.words) == 1)
        aliases += _distinctive(aliases)
        for alias in aliases:
            self._by_word.setdefault(alias.words[0], []).append(alias)
        self._words = ServiceWords(self._rarity, known_words, expand, self._spelt.read)

    def find(self, text: str) -> Iterator[Finding]:
        """Yield at most one `service`; its extras are `category` and `alternatives`, other codes."""
        words = self._spelt.join([piece for word in split_words(text) for piece in self._cut(word)])
        readings = [self._words.read(word.text) for word in words]
        matches = [m for at in range(len(words)) for m in self._at(words, readings, at)]
        move = self._moves(words)
        if move and move[0] in self._category:
            matches.append(_Match(*move, weight=_MOVE_WEIGHT, exact=True))
        matches.sort(key=lambda m: (-m.weight, m.start))
        wanted = _without_overlaps(_without_denied(matches, words))
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

    def _cut_into_names(self, word: str) -> list[str]:
        pieces = self._split(word)
        if len(pieces) > 1 or len(word) < _JOINED_FROM or not word.isalpha():
            return pieces
        return cut(word, lambda piece, first, last: self._is_piece(piece)) or pieces

    def _is_piece(self, piece: str) -> bool:
        if piece in self._rarity:
            return len(piece) > 2 or piece == "kk"
        return len(piece) >= _PIECE_FROM and piece in self._known

    def _cut(self, word: Word) -> list[Word]:
        """Cut joined words; each piece stands where its letters stand, if they are the same."""
        if word.text in self._known:
            return [word]
        if word.text not in self._pieces:
            if len(self._pieces) > _REMEMBERED:
                self._pieces.clear()
            self._pieces[word.text] = self._cut_into_names(word.text)
        pieces = self._pieces[word.text]
        if "".join(pieces) != word.text or len(word.text) != word.end - word.start:
            return [word._replace(text=piece) for piece in pieces]
        ends = [word.start + end for end in itertools.accumulate(map(len, pieces))]
        return [Word(piece, end - len(piece), end) for piece, end in zip(pieces, ends, strict=True)]

    def _at(self, words: list[Word], readings: list[dict[str, float]], at: int) -> Iterator[_Match]:
        for first, quality in readings[at].items():
            for alias in self._by_word.get(first, ()):
                match = self._follow(alias, words, readings, at, quality)
                if match and not is_aside(alias.words, words, at, match.end):
                    yield match

    def _follow(
        self,
        alias: _Alias,
        words: list[Word],
        readings: list[dict[str, float]],
        at: int,
        first: float,
    ) -> _Match | None:
        quality, here, gaps = first, at, 0
        for wanted in alias.words[1:]:
            span = range(here + 1, min(here + 2 + alias.gap, len(readings)))
            there = next((i for i in span if wanted in readings[i]), None)
            if there is None or is_parted(words, here, there):
                return None
            gaps += there - here - 1
            quality = min(quality, readings[there][wanted])
            here = there
        if gaps > alias.gap:
            return None
        cost = min(gaps, _GAP) * _GAP_COST
        weight = sum(self._rarity[word] for word in alias.words) * quality - cost
        return _Match(alias.code, at, here, weight, quality == 1.0 and not gaps, gaps)


def _rarity(aliases: list[_Alias]) -> dict[str, float]:
    """Weigh each word by how few services have it: "surat" says little, "waris" much."""
    owners: dict[str, set[str]] = {}
    for alias in aliases:
        for word in alias.words:
            owners.setdefault(word, set()).add(alias.code)
    services = len({alias.code for alias in aliases})
    return {
        word: 0.3 + (0 if word in _EVERYDAY else math.log((services + 1) / len(codes)))
        for word, codes in owners.items()
    }


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


def _without_denied(matches: list[_Match], words: list[Word]) -> list[_Match]:
    denied = [m for m in matches if is_denied(words, m.start, m.end)]
    whole = [(m.start, m.end) for m in denied if not m.gaps]
    return [
        m
        for m in matches
        if m not in denied and not any(a <= m.start and m.end <= b for a, b in whole)
    ]


def _without_overlaps(matches: list[_Match]) -> list[_Match]:
    kept: list[_Match] = []
    for match in matches:
        if all(match.end < other.start or match.start > other.end for other in kept):
            kept.append(match)
    return kept
