"""Choices: always a numbered list, and any way in which a person names one of them.

A choice is a title that people read and a payload that Rasa gets ("/intent{…}").
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Choice:
    title: str
    payload: str

    def as_json(self) -> dict[str, str]:
        return {"title": self.title, "payload": self.payload}


_NUMBERS: dict[str, int] = {
    word: number
    for number, words in enumerate(
        (
            "satu pertama kesatu siji hiji setunggal",
            "dua kedua loro kalih duwa",
            "tiga ketiga telu tilu tigo",
            "empat keempat papat opat sekawan",
            "lima kelima limo",
            "enam keenam nem genep",
            "tujuh ketujuh pitu",
            "delapan kedelapan wolu dalapan",
            "sembilan kesembilan sanga salapan",
            "sepuluh kesepuluh sapuluh",
        ),
        start=1,
    )
    for word in words.split()
}
_LAST = frozenset({"terakhir", "akhir"})
# Words around a number that say nothing about which one is meant.
_FILLERS = frozenset(
    """aja aj ajalah saja sj angka bang bapak bu buat coba deh dong gan ibu itu kak kang ke ka lah
    mas mba mbak min mimin minta mau no nmr nmer nomer nomor nom ok oke opsi pa pak pilih pilihan
    pilihannya please poin sih saya sy sya tolong untuk ya yaa yah yang yg yng kalo kalau jawab
    jawaban jawabannya jawabnya""".split()
)
_WORD = re.compile(r"\w+", re.UNICODE)
_JOINED_ORDINAL = re.compile(r"^(?:ke|no|nomor|nomer|nmr|opsi|pilihan)(\d{1,2})$")
_NUMBERED_TITLE = re.compile(r"^\d{1,2}[.)]\s*")


def choices_of(rows: Iterable[dict[str, Any]]) -> list[Choice]:
    """From the JSON of a reply or an outgoing message; ones without title or payload are left out,
    and of two with the same payload the first one stays."""
    found: dict[str, Choice] = {}
    for row in rows:
        title, payload = str(row.get("title") or "").strip(), str(row.get("payload") or "").strip()
        if title and payload:
            found.setdefault(payload, Choice(" ".join(title.split()), payload))
    return list(found.values())


def numbered(choices: Sequence[Choice]) -> str:
    """The list as people read it; a title that brings its own number loses it."""
    return "\n".join(
        f"{number}. {_NUMBERED_TITLE.sub('', choice.title)}"
        for number, choice in enumerate(choices, start=1)
    )


def resolve(text: str, choices: Sequence[Choice]) -> Choice | None:
    """The one choice that the words name, or None if they name none, several, or say more."""
    words = _words(text)
    if not choices or not words:
        return None
    return (
        _by_title(words, choices)
        or _by_number(words, choices)
        or _by_title([word for word in words if word not in _FILLERS], choices)
    )


def _words(text: str) -> list[str]:
    """Lower-case words; circled, full-width and keycap digits become plain ones."""
    plain = unicodedata.normalize("NFKC", text.replace("\U0001f51f", " 10 ")).casefold()
    digits = "".join(
        str(unicodedata.digit(character)) if unicodedata.category(character) == "Nd" else character
        for character in plain
        if character not in "\ufe0f\u20e3"
    )
    return _WORD.findall(digits)


def _by_number(words: Sequence[str], choices: Sequence[Choice]) -> Choice | None:
    numbers = set()
    for word in words:
        number = _number(word, len(choices))
        if number is not None:
            numbers.add(number)
        elif word not in _FILLERS:
            return None
    if len(numbers) != 1:
        return None
    number = numbers.pop()
    return choices[number - 1] if 1 <= number <= len(choices) else None


def _number(word: str, count: int) -> int | None:
    if word.isdigit() and len(word) <= 2:
        return int(word)
    joined = _JOINED_ORDINAL.match(word)
    if joined:
        return int(joined[1])
    if word in _LAST:
        return count
    return _NUMBERS.get(word)


def _by_title(words: Sequence[str], choices: Sequence[Choice]) -> Choice | None:
    """The whole title, or its first words if only one title begins like that."""
    if not words:
        return None
    titles = [_words(_NUMBERED_TITLE.sub("", choice.title)) for choice in choices]
    same = [choice for choice, title in zip(choices, titles, strict=True) if title == list(words)]
    if same:
        return same[0] if len(same) == 1 else None
    beginning = [
        choice
        for choice, title in zip(choices, titles, strict=True)
        if title[: len(words)] == list(words)
    ]
    return beginning[0] if len(beginning) == 1 else None
