"""Cut a long text into messages that a phone shows whole.

Cuts at the end of a sentence, else between words, else between graphemes (what a reader takes for
one character: an emoji with skin tone, a letter with its marks). Blank lines are no reason to cut.
"""

from __future__ import annotations

import re
import unicodedata

LIMIT = 1600  # Twilio's limit of one message, in UTF-16 code units to be on the safe side

_SENTENCE_END = re.compile(r"[.!?…]['\")\]”’]*(?=\s)|(?=\n)")
_SPACE = re.compile(r"\s+")
_ABBREVIATIONS = frozenset(
    "a.n bpk ds dr drs h hj ir jl jln kab kec kel no nmr pkl rp rt rw s.d sdr tgl u.b u.p".split()
)
_ZERO_WIDTH_JOINER = "\u200d"
_SHORTEST_SHARE = 3  # a sentence's end in the first third of the room leaves too short a message


def size(text: str) -> int:
    """Length in UTF-16 code units, which is what a phone counts."""
    return len(text) + sum(character > "\uffff" for character in text)


def split_text(text: str, limit: int = LIMIT) -> list[str]:
    """Pieces in order, each of at most `limit` units, none of them blank."""
    pieces = []
    rest = text.strip()
    while size(rest) > limit:
        cut = _cut(rest, limit)
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [piece for piece in [*pieces, rest] if piece]


def truncate(text: str, limit: int) -> str:
    """At most `limit` units, with an ellipsis where something is missing."""
    if size(text) <= limit:
        return text
    return text[: _grapheme_cut(text, _index_within(text, limit - 1))].rstrip() + "…"


def _cut(text: str, limit: int) -> int:
    """Where the first piece ends; at least 1."""
    end = _index_within(text, limit)
    sentence = _last_sentence_end(text, end)
    if sentence > end // _SHORTEST_SHARE:
        return sentence
    word = _last_space(text, end)
    if word:
        return word
    return _grapheme_cut(text, end)


def _index_within(text: str, limit: int) -> int:
    """The longest prefix of at most `limit` units, at least one character."""
    units = 0
    for index, character in enumerate(text):
        units += 2 if character > "\uffff" else 1
        if units > limit:
            return max(index, 1)
    return len(text)


def _last_sentence_end(text: str, end: int) -> int:
    last = 0
    for found in _SENTENCE_END.finditer(text, 0, min(end + 1, len(text))):
        if 0 < found.end() <= end and not _is_abbreviation(text, found) and _parts(text, found):
            last = found.end()
    return last


def _is_abbreviation(text: str, found: re.Match[str]) -> bool:
    """ "Jl. Raya", "Rp. 5.000", "1. KTP": the full stop ends no sentence."""
    if found[0] != ".":
        return False
    words = text[max(0, found.start() - 20) : found.start()].split()
    word = words[-1].lower().lstrip("(\"'") if words else ""
    return word in _ABBREVIATIONS or word.isdigit() or len(word) == 1


def _parts(text: str, found: re.Match[str]) -> bool:
    """A mark on the space after it would make them one character."""
    space = _SPACE.match(text, found.end())
    return space is None or _breaks_before(text, space.end())


def _last_space(text: str, end: int) -> int:
    last = 0
    for found in _SPACE.finditer(text, 0, min(end + 1, len(text))):
        whole = _SPACE.match(text, found.start())  # beyond the end too
        if found.start() > 0 and whole and _breaks_before(text, whole.end()):
            last = found.start()
    return last


def _grapheme_cut(text: str, end: int) -> int:
    """The last grapheme boundary up to `end`; `end` itself if one grapheme fills it all."""
    for index in range(end, 0, -1):
        if _breaks_before(text, index):
            return index
    return end


def _breaks_before(text: str, index: int) -> bool:
    """Whether a reader sees two characters on the two sides of the index."""
    if index <= 0 or index >= len(text):
        return True
    before, after = text[index - 1], text[index]
    if before == "\r" and after == "\n":
        return False
    if _extends(after) or before == _ZERO_WIDTH_JOINER:
        return False
    if _is_flag_half(before) and _is_flag_half(after):
        return _flag_halves_before(text, index) % 2 == 0
    return True


def _extends(character: str) -> bool:
    """Combining marks, variation selectors, skin tones, tags and joiners."""
    return (
        character == _ZERO_WIDTH_JOINER
        or unicodedata.category(character) in {"Mn", "Me", "Mc"}
        or "\U0001f3fb" <= character <= "\U0001f3ff"
        or "\U000e0020" <= character <= "\U000e007f"
    )


def _is_flag_half(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _flag_halves_before(text: str, index: int) -> int:
    count = 0
    while index - count > 0 and _is_flag_half(text[index - count - 1]):
        count += 1
    return count
