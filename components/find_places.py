"""Villages of the office and places outside it: longest name first, then near spellings.

"Lobener" is a village, "Lohbener" another kecamatan, one letter apart: a fuzzy match counts only
when no other place is as near, and never against an everyday word ("bulan" is not Bulak).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rapidfuzz.distance import DamerauLevenshtein

from components.findings import Finding
from components.words import Word, split_words

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from components.catalogue import Place

_CUES = {
    "desa", "ds", "dsa", "deso", "blok", "dusun", "kuwu", "warga", "wong", "orang", "di", "d", "ning",
    "nang", "teng", "ti", "dari", "dr", "saking", "sing", "ke", "balai", "baldes", "alamat", "lurah",
}  # fmt: skip
_VILLAGE_CUES = {"desa", "ds", "dsa", "deso", "kuwu", "balai", "baldes", "blok", "pemdes"}
_DISTRICT_CUES = {"kecamatan", "kec", "camat", "kcmtn", "kcamatan", "kecamtan", "sekcam"}
_PREPOSITIONS = {"di", "d", "ke", "dari", "dr", "ning", "nang", "teng", "ti", "sing", "saking"}
_NOT = {"bukan", "bkn", "dudu", "sanes", "lain", "bukannya"}
_BOTH_WAYS = {"balik"}  # "bulak balik" is to and fro
_PARTS = {"lor", "lr", "elor", "baru", "br", "bru", "jati", "malang", "kali", "suka"}
_LONGEST = 4
_LONGEST_MISSPELT = 3
_REMEMBERED = 50_000


class _Name(NamedTuple):
    joined: str
    place: Place
    official: bool


class PlaceFinder:
    """Looks for the places of a catalogue; `known_words`, and those of which `is_word` says so, are
    never taken for a misspelt name.
    """

    def __init__(
        self,
        places: Iterable[Place],
        known_words: Collection[str] = (),
        is_word: Callable[[str], bool] = lambda word: False,
    ) -> None:
        self._known = set(known_words)
        self._is_word = is_word
        self._names: dict[str, _Name] = {}
        self._near_names: dict[tuple[str, int], _Name | None] = {}
        for place in places:
            for spelling in place.spellings:
                joined = "".join(w.text for w in split_words(spelling))
                official = spelling == place.name
                if joined not in self._names or official:
                    self._names[joined] = _Name(joined, place, official)

    def find(self, text: str) -> Iterator[Finding]:
        """Yield `desa` and `out_of_area_place` findings without overlaps, in order.

        "bukan krasak" names no place; "ada kali mati" names one only where there is no other.
        """
        words = split_words(text)
        found: list[tuple[Finding, bool]] = []
        at = 0
        while at < len(words):
            finding, size = self._match(words, at) or (None, 1)
            if finding is not None and not _is_denied(words, at):
                found.append((finding, self._is_everyday(finding.value, words, at, size)))
            at += size
        sure = any(not everyday for _, everyday in found)
        yield from (finding for finding, everyday in found if not (everyday and sure))

    def _is_everyday(self, name: str, words: list[Word], at: int, size: int) -> bool:
        """A name of one word that is typed as several, each of them one of every day."""
        cue = at > 0 and words[at - 1].text in _CUES
        parts = [w.text for w in words[at : at + size]]
        return size > 1 and " " not in name and not cue and self._known.issuperset(parts)

    def _match(self, words: list[Word], at: int) -> tuple[Finding | None, int] | None:
        for size in range(min(_LONGEST, len(words) - at), 0, -1):
            joined = "".join(w.text for w in words[at : at + size])
            name = self._names.get(joined) or self._names.get(_without_ending(joined, size))
            if name and self._plausible(name, words, at, size):
                return self._finding(name, words, at, size, 1.0), size
            name = self._near(words, at, size) if size <= _LONGEST_MISSPELT else None
            if name:
                return self._finding(name, words, at, size, 0.8), size
        return None

    def _plausible(self, name: _Name, words: list[Word], at: int, size: int) -> bool:
        """A short nickname that is also a word ("bulek", "gabus") needs "desa", "di", … before it;
        "ke bulan" is no Kebulen.
        """
        if words[at].text in _PREPOSITIONS and size > 1:
            return not self._known.issuperset(w.text for w in words[at + 1 : at + size])
        if at + size < len(words) and words[at + size].text in _BOTH_WAYS:
            return False
        if name.official or len(name.joined) > 5 or name.joined.startswith(("kec", "ds")):
            return True
        return at > 0 and words[at - 1].text in _CUES

    def _near(self, words: list[Word], at: int, size: int) -> _Name | None:
        parts = [w.text for w in words[at : at + size]]
        joined = "".join(parts)
        if len(joined) < 5 or any(c.isdigit() for c in joined) or parts[0] in _CUES:
            return None
        if size > 1 and any(part in self._known and part not in _PARTS for part in parts):
            return None
        if joined in self._known or self._is_word(joined):
            return None
        cue = at > 0 and words[at - 1].text in _CUES
        allowed = 0 if len(joined) < 7 and not cue else 1 if len(joined) < 9 else 2
        if not allowed:
            return None
        if (joined, allowed) not in self._near_names:
            if len(self._near_names) > _REMEMBERED:
                self._near_names.clear()
            self._near_names[joined, allowed] = self._nearest(joined, allowed)
        return self._near_names[joined, allowed]

    def _nearest(self, joined: str, allowed: int) -> _Name | None:
        """Return the only name that is nearest and at most `allowed` letters away."""
        ranked = sorted(
            (far, known)
            for known, name in self._names.items()
            if name.official and known[0] == joined[0] and len(known) >= 5
            for far in (DamerauLevenshtein.distance(joined, known, score_cutoff=allowed),)
            if far <= allowed
        )
        if not ranked:
            return None
        best = self._names[ranked[0][1]]
        rivals = {self._names[known].place.name for far, known in ranked if far == ranked[0][0]}
        return best if len(rivals) == 1 else None

    @staticmethod
    def _finding(
        name: _Name, words: list[Word], at: int, size: int, confidence: float
    ) -> Finding | None:
        place = name.place
        start, end = words[at].start, words[at + size - 1].end
        before = words[at - 1].text if at else ""
        if place.outside:
            if before in _VILLAGE_CUES and place.ambiguous:
                return None
            return Finding("out_of_area_place", place.name, start, end, confidence)
        if before in _DISTRICT_CUES or (
            at > 1 and words[at - 2].text in _DISTRICT_CUES and before == "kantor"
        ):
            return None
        if place.ambiguous and before not in _VILLAGE_CUES:
            return Finding("desa", place.name, start, end, 0.5, {"ambiguous": True})
        return Finding("desa", place.name, start, end, confidence)


def _is_denied(words: list[Word], at: int) -> bool:
    before = at - 1
    while before > 0 and words[before].text in _CUES:
        before -= 1
    return before >= 0 and words[before].text in _NOT


def _without_ending(joined: str, size: int) -> str:
    """ "lobenere" and "krasaknya" are Lobener and Krasak."""
    for ending in ("nya", "ne", "na", "e"):
        if size <= 2 and joined.endswith(ending) and len(joined) - len(ending) >= 5:
            return joined.removesuffix(ending)
    return joined
