"""Clock times: "jam 8an", "stgh 9" (08:30), "jam 2 siang", "ba'da dzuhur"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from components.findings import Finding
from components.numerals import NUMERALS, as_number
from components.words import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

_NUMBER = r"(\d{1,2}|" + "|".join(sorted((w for w in NUMERALS if len(w) > 2), key=len)[::-1]) + ")"
_PART = (
    r"(?:\s*(?:di\s*)?(pagi|pg|esuk|isuk|enjing|siang|sg|awan|beurang|sore|sonten|malam|malem|mlm"
    r"|bengi|peuting|dalu|wengi|subuh|dini\s*hari))?"
)
_PATTERNS = [
    (
        "half",
        re.compile(
            rf"\b(?:(?:jam|pukul|pkl|jm)\.?\s*)?(?:stgh|stengah|setengah|satengah)\s*{_NUMBER}\b{_PART}"
        ),
    ),
    (
        "hour",
        re.compile(
            rf"\b(?:jam|pukul|pkl|jm)\.?\s*{_NUMBER}(?:\s*[.:]\s*(\d{{2}}))?(?:\s?an)?"
            rf"(?:\s*(lewat|lebih|luwih|kurang)\s*{_NUMBER})?\b{_PART}"
        ),
    ),
    (
        "plain",
        re.compile(rf"(?<![\d.,/])(\d{{1,2}})[.:](\d{{2}})(?![\d.,/])(?:\s*(?:wib|an)\b)?{_PART}"),
    ),
    (
        "prayer",
        re.compile(
            r"\b(ba'?da|bakda|abis|habis|bis|sawise|bada|rampung)\s*(s?ubuh|d?z?h?uhur|dzuhur|duhur|lohor"
            r"|as[hy]?ar|ma[gh]+rib|isy?a)\b"
        ),
    ),
]
_AFTER_PRAYER = {"su": "05:00", "ub": "05:00", "as": "15:30", "ma": "18:15", "is": "19:30"}
_DURATION_BEFORE = re.compile(r"\d\s*$")
_NIGHT = {"malam", "malem", "mlm", "bengi", "peuting", "dalu", "wengi"}
_MORNING = {"pagi", "pg", "esuk", "isuk", "enjing", "subuh"}


def find_clock(text: str) -> Iterator[Finding]:
    """Yield `time` findings, value "HH:MM" (24 hours)."""
    folded = _same_length(text)
    taken: list[tuple[int, int]] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(folded):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            value = _value(kind, match, folded)
            if value is not None:
                taken.append(match.span())
                yield Finding("time", value, match.start(), len(match[0].rstrip()) + match.start())


def _value(kind: str, match: re.Match[str], text: str) -> str | None:
    if kind == "prayer":
        return _AFTER_PRAYER.get(match[2][:2], "12:30")
    if kind == "plain":
        # 08.30 is a time, 1.50 may be money or a list: ask for a sign of a clock nearby.
        near = text[max(0, match.start() - 12) : match.end() + 6]
        if not match[3] and not re.search(r"wib|jam|pukul|pkl|sampai|s/d|sampe|\ban\b", near):
            return None
    if kind == "hour" and _DURATION_BEFORE.search(text[: match.start()]):
        return None
    hour = as_number(match[1])
    if hour is None or hour > 24:
        return None
    minute, part = 0, match.groups()[-1]
    if kind == "half":
        hour, minute = hour - 1, 30
    elif kind == "hour":
        if match[2]:
            minute = int(match[2])
        elif match[3]:
            shift = as_number(match[4]) or 0
            minute = -shift if match[3] == "kurang" else shift
    else:
        minute = int(match[2])
    return _clock(hour, minute, part)


def _clock(hour: int, minute: int, part: str | None) -> str | None:
    part = re.sub(r"\s", "", part) if part else None
    if part in _NIGHT and hour == 12:
        hour = 0
    elif (part in _NIGHT and 5 <= hour < 12) or (
        part in {"sore", "sonten", "siang", "sg", "awan", "beurang"} and hour < 10
    ):
        hour += 12
    elif part is None and 1 <= hour < 6:
        hour += 12  # nobody means 02:00 at a counter unless they say "malam"
    total = hour * 60 + minute
    return (
        f"{total // 60 % 24:02d}:{total % 60:02d}"
        if 0 <= total <= 24 * 60 and minute < 60
        else None
    )


def _same_length(text: str) -> str:
    """Fold letter by letter so that offsets stay true."""
    if text.isascii():
        return text.lower()
    return "".join(f if len(f := fold(c)) == 1 else c for c in text)
