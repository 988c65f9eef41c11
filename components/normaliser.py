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
from components.spelling import Spelling
from components.words import fold

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

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


class Normaliser:
    """Holds the lexicon; `normalise` is pure and remembers nothing."""

    def __init__(self, groups: dict[str, dict[str, str]], known: Collection[str] = ()) -> None:
        self._chat = groups["chat"]
        self._javanese = groups["javanese"]
        self._javanese_weak = groups["javanese_weak"]
        self._sundanese = groups["sundanese"]
        self._sundanese_weak = groups["sundanese_weak"]
        self._pieces = {w for plain in self._chat.values() for w in plain.split() if len(w) > 2}
        self._pieces.update(_DOCUMENTS, _FIRST)
        self._known = {*known, *self._pieces, *_DOCUMENTS}
        for group in groups.values():
            self._known.update(group)
        self._spelling = Spelling(())

    @classmethod
    def from_file(cls, path: Path = LEXICON, known: Collection[str] = ()) -> Normaliser:
        """Read `lexicon.yml`; `known` are further words that may be found inside joined ones."""
        return cls(_read(str(path)), known)

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

    def normalise(self, text: str) -> str:
        """Return `text` in lower case, one blank between words, punctuation as words of its own."""
        tokens = [t for raw in _TOKEN.findall(fold(text)) for t in self._split(raw)]
        javanese = any(t in self._javanese for t in tokens)
        sundanese = any(t in self._sundanese and t not in self._javanese for t in tokens)
        local = self._local_words(javanese, sundanese)
        words: list[str] = []
        for at, token in enumerate(tokens):
            meant = false_friends.resolve(tokens, at, javanese=javanese, sundanese=sundanese)
            if meant is None and len(tokens) > 1:
                meant = _letter(tokens, at)
            if meant is None:
                meant = self._chat.get(token) or local.get(token) or self._repaired(token)
            words.append(meant)
        return " ".join(words)

    def _repaired(self, token: str) -> str:
        return token if token in self._known else self._spelling.repair(token)

    def _local_words(self, javanese: bool, sundanese: bool) -> dict[str, str]:
        """Strong words mean what they mean anywhere, weak ones only in their own language."""
        words = {**self._sundanese, **self._javanese}
        if javanese:
            words = {**words, **self._javanese_weak}
        if sundanese:
            words = {**words, **self._sundanese, **self._sundanese_weak}
        return words

    def _split(self, token: str) -> list[str]:
        """Undo "2", digits for letters, endings and joined words."""
        if not token.isalnum() and len(token) > 1:
            stem, ending = re.split(r"['’\-]", token, maxsplit=1)
            return [
                *self._split(stem),
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
        best: list[list[str] | None] = [[]] + [None] * len(token)
        for end in range(2, len(token) + 1):
            for start in range(max(0, end - 12), end - 1):
                head = best[start]
                piece = token[start:end]
                if head is None or not self._is_piece(
                    piece, first=start == 0, last=end == len(token)
                ):
                    continue
                if best[end] is None or len(head) + 1 < len(best[end] or []):
                    best[end] = [*head, piece]
        found = best[len(token)]
        if not found or not 1 < len(found) <= 5:
            return None
        return found if found[0] in _FIRST or any(p in _DOCUMENTS for p in found) else None

    def _is_piece(self, piece: str, *, first: bool, last: bool) -> bool:
        if len(piece) == 2:
            return (
                (first and piece in _FIRST)
                or piece in {"kk", "sy"}
                or (last and piece in {"ku", "ya"})
            )
        return piece in self._pieces


# Joined words are cut only where they begin with a negation or hold a document's name: anywhere else
# the risk of cutting a good word ("pengantar") is larger than the gain.
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
