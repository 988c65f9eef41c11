"""Turns chat language into plain Indonesian word by word, for the classifier's eyes only.

The text itself stays as the resident wrote it. A negation is never dropped: every word becomes at
least one word.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from components import false_friends
from components.masking import mask_personal_numbers
from components.spelling import Spelling
from components.words import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

LEXICON = Path(__file__).with_name("lexicon.yml")
_TOKEN = re.compile(r"[^\W_]+(?:['’\-][^\W\d_]{1,3}\b)?|[^\w\s]", re.UNICODE)
_REDUPLICATED = re.compile(r"([a-z]{2,})2([a-z]{0,4})")
_ADDRESS = re.compile(r"(rt|rw|no|blok|km|gg)(\d{1,3})")
_NOT_REDUPLICATED = {
    "rt",
    "rw",
    "no",
    "jl",
    "gg",
    "km",
    "jam",
    "tgl",
    "kec",
    "ke",
    "blok",
    "rp",
    "yg",
    "f",
    "h",
}
_LEET = str.maketrans("013457", "oieast")
_SEGMENT_FROM = 6
_SEGMENT_ANY_FROM = 8
_NO_PIECE = frozenset("nya kan lah kah pun per ber men ter mem pen pem ing".split())
_MASKED_IDENTITY = re.compile(r"\d{4}\*{7,9}\d{4}")
_MASKED_PHONE = re.compile(r"\d{4}\*{3,}\d{2}")
_ENDINGS = {"ipun": "nya", "keun": "kan"}
_JAVANESE_ENDINGS = {"ne": "nya", "e": "nya", "aken": "kan", "ake": "kan"}
_SUNDANESE_ENDINGS = {"na": "nya"}
_SHORTEST_STEM = 3
_PASSIVE = "dipun"
_FULL_STOP = ". \n"
_REPEATED = re.compile(r"([^\w\s])(?:\s*\1)+")
_LAUGHTER = re.compile(r"(?:wk|kw|ha|he|hi|xi|ah|eh){2,}[a-z]?")
_VOWEL = re.compile("[aeiou]")


class Normaliser:
    """Holds the lexicon; `normalise` is pure and remembers nothing."""

    def __init__(
        self,
        groups: dict[str, dict[str, str]],
        known: Collection[str] = (),
        is_word: Callable[[str], bool] = lambda word: False,
    ) -> None:
        self._is_word = is_word
        self._solid: set[str] = set()
        self._met: frozenset[str] = frozenset()
        self._chat = groups["chat"]
        self._javanese = groups["javanese"]
        self._javanese_weak = groups["javanese_weak"]
        self._sundanese = groups["sundanese"]
        self._sundanese_weak = groups["sundanese_weak"]
        self._local = {
            (javanese, sundanese): self._join_local(javanese, sundanese)
            for javanese in (False, True)
            for sundanese in (False, True)
        }
        self._pieces = {w for plain in self._chat.values() for w in plain.split() if len(w) > 2}
        self._pieces.update(_DOCUMENTS, _FIRST)
        self._known = {*known, *self._pieces, *_DOCUMENTS}
        for group in groups.values():
            self._known.update(group)
        self._spelling = Spelling(())

    @classmethod
    def from_file(
        cls,
        path: Path = LEXICON,
        known: Collection[str] = (),
        is_word: Callable[[str], bool] = lambda word: False,
    ) -> Normaliser:
        """Read `lexicon.yml`; `known` are further words that are no misspellings, and so are those
        of which `is_word` says so (it may say it of words of other languages too).
        """
        return cls(_read(str(path)), known, is_word)

    @property
    def known_words(self) -> frozenset[str]:
        """Every word that is no misspelling."""
        return frozenset(self._known)

    def expand(self, word: str) -> str:
        """Return what an abbreviation stands for, when that is a single word; else `word`."""
        return self._chat.get(word, word)

    def learn(self, words: Collection[str]) -> None:
        """Take `words`, the frequent ones of the examples, as what a misspelling may have meant."""
        self._known.update(words)
        self._spelling = Spelling({*words, *self._pieces})
        solid = {w for w in words if len(w) > 4 or (len(w) > 2 and self._is_word(w))}
        self._solid = (solid | {w for w in self._chat if len(w) > 4}) - _NO_PIECE

    def meet(self, words: Collection[str]) -> None:
        """Take `words` as those that the examples have; `novelty` counts the others."""
        self._met = frozenset(words)

    def novelty(self, normal: str) -> float:
        """Return the share of a normalised text's distinct words that no example has; 0 for one."""
        words = {word for word in normal.split() if len(word) > 1 and word.isalpha()}
        new = len(words - self._met)
        return new / len(words) if new > 1 else 0.0

    def normalise(self, text: str) -> str:
        """Return `text` in lower case, one blank between words, punctuation as words of its own; a
        last full stop is left out.
        """
        text = _MASKED_IDENTITY.sub(" nikku ", mask_personal_numbers(text))
        text = _MASKED_PHONE.sub(" nomorku ", text)
        plain = _REPEATED.sub(r"\1", fold(text)).rstrip(_FULL_STOP)
        tokens = [t for raw in _TOKEN.findall(plain) for t in self.split(raw)]
        javanese = any(t in self._javanese for t in tokens)
        sundanese = any(t in self._sundanese and t not in self._javanese for t in tokens)
        local = self._local[javanese, sundanese]
        words: list[str] = []
        for at, token in enumerate(tokens):
            meant = false_friends.resolve(tokens, at, javanese=javanese, sundanese=sundanese)
            if meant is None and len(tokens) > 1:
                meant = _letter(tokens, at)
            if meant is None:
                meant = self._chat.get(token) or _laughter(token) or local.get(token)
            if meant is None:
                meant = self._inflected(token, local, javanese=javanese, sundanese=sundanese)
            words.append(meant or self._repaired(token))
        return " ".join(words)

    def _inflected(
        self, token: str, local: dict[str, str], *, javanese: bool, sundanese: bool
    ) -> str | None:
        """Undo the local "-nya" and "-kan": "umahe" is "rumahnya", "hargana" "harganya"."""
        endings = {**_ENDINGS, **(_JAVANESE_ENDINGS if javanese else {})}
        if sundanese:
            endings |= _SUNDANESE_ENDINGS
        if token.startswith(_PASSIVE) and len(token) > len(_PASSIVE) + _SHORTEST_STEM:
            stem = token.removeprefix(_PASSIVE)
            return "di" + local.get(stem, stem)
        for ending, plain in endings.items():
            stem = token.removesuffix(ending)
            if stem == token or len(stem) < _SHORTEST_STEM:
                continue
            if stem in local and " " not in local[stem]:
                return local[stem] + plain
            if len(stem) > _SHORTEST_STEM and (javanese or sundanese) and stem in self._known:
                return self._chat.get(stem, stem) + plain
        return None

    def _repaired(self, token: str) -> str:
        if token in self._known or (_VOWEL.search(token) and self._is_word(token)):
            return token
        return self._spelling.repair(token)

    def _join_local(self, javanese: bool, sundanese: bool) -> dict[str, str]:
        """Strong words mean what they mean anywhere, weak ones only in their own language."""
        words = {**self._sundanese, **self._javanese}
        if javanese:
            words = {**words, **self._javanese_weak}
        if sundanese:
            words = {**words, **self._sundanese, **self._sundanese_weak}
        return words

    def split(self, token: str) -> list[str]:
        """Undo "2", digits for letters, endings and joined words."""
        if not token.isalnum() and len(token) > 1:
            stem, ending = re.split(r"['’\-]", token, maxsplit=1)
            return [
                *self.split(stem),
                "nya" if ending in {"e", "ne", "na", "nya", "ny"} else ending,
            ]
        if match := _ADDRESS.fullmatch(token):
            return [match[1], match[2]]
        match = _REDUPLICATED.fullmatch(token)
        if match and match[1] not in _NOT_REDUPLICATED:
            return [match[1], match[1] + match[2]]
        if any(c.isdigit() for c in token) and sum(c.isalpha() for c in token) * 2 >= len(token):
            letters = token.translate(_LEET)
            if letters in self._known:
                return [letters]
        if len(token) >= _SEGMENT_FROM and token.isalpha() and token not in self._known:
            return self._segment(token) or [token]
        return [token]

    def _segment(self, token: str) -> list[str] | None:
        """Cut "ktpsayahilang" into known words, as few as possible; None where that fails."""
        found = cut(token, self._is_piece)
        if found and (found[0] in _FIRST or any(p in _DOCUMENTS for p in found)):
            return found
        if len(token) < _SEGMENT_ANY_FROM or token.startswith(_PASSIVE) or self._is_word(token):
            return None
        if self._repaired(token) != token:
            return None
        return cut(token, lambda piece, first, last: piece in self._solid)

    def _is_piece(self, piece: str, first: bool, last: bool) -> bool:
        if len(piece) == 2:
            return (
                (first and piece in _FIRST)
                or piece in {"kk", "sy"}
                or (last and piece in {"ku", "ya"})
            )
        return piece in self._pieces


def cut(token: str, is_piece: Callable[[str, bool, bool], bool]) -> list[str] | None:
    """Return two to five pieces, as few as possible; None where there are none."""
    best: list[list[str] | None] = [[]] + [None] * len(token)
    for end in range(2, len(token) + 1):
        for start in range(max(0, end - 12), end - 1):
            head, piece = best[start], token[start:end]
            if head is None or not is_piece(piece, start == 0, end == len(token)):
                continue
            if best[end] is None or len(head) + 1 < len(best[end] or []):
                best[end] = [*head, piece]
    found = best[len(token)]
    return found if found and 1 < len(found) <= 5 else None


# Joined words are cut where they begin with a negation or hold a document's name; elsewhere only
# where no word is written like that and every piece is a frequent word: "adabegal", not "pengantar".
_FIRST = {"ga", "gak", "gk", "ngga", "nggak", "tdk", "tidak", "blm", "belum"}
_DOCUMENTS = {
    "ktp",
    "kk",
    "kia",
    "akta",
    "akte",
    "sktm",
    "skck",
    "sku",
    "nib",
    "bpjs",
    "pbb",
    "sppt",
    "ikd",
    "bansos",
    "surat",
    "kartu",
    "syarat",
}


def _laughter(token: str) -> str | None:
    return "haha" if _LAUGHTER.fullmatch(token) else None


def _letter(tokens: list[str], at: int) -> str | None:
    """Read a letter that stands for a word; alone in a message it stays ("p", "y")."""
    after = tokens[at + 1] if at + 1 < len(tokens) else ""
    if tokens[at] in {"k", "d"}:
        return {"k": "ke", "d": "di"}[tokens[at]] if after.isalpha() else None
    return {"g": "tidak", "y": "ya", "t": "tidak"}.get(tokens[at])


def frequent_words(texts: Iterable[str], at_least: int = 3) -> set[str]:
    """Return the words that several texts share: they are no misspellings."""
    counts = Counter(w for text in texts for w in set(re.findall(r"[^\W\d_]{2,}", fold(text))))
    return {word for word, count in counts.items() if count >= at_least}


@lru_cache(maxsize=4)
def _read(path: str) -> dict[str, dict[str, str]]:
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    groups = yaml.load(Path(path).read_text(encoding="utf-8"), loader)  # noqa: S506
    return {
        group: {form: str(plain) for plain, forms in table.items() for form in str(forms).split()}
        for group, table in groups.items()
    }


def dump(words: Collection[str]) -> str:
    """Return `words` as JSON, in order, so that a model trained twice is the same file."""
    return json.dumps(sorted(words), ensure_ascii=False)
