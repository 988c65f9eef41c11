"""Clock times: "jam 8an", "stgh 9" (08:30), "jam 2 siang", "ba'da dzuhur"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from components.day_words import DATE
from components.findings import Finding
from components.letters import fold_letters
from components.number_words import COUNT, read_count, whole_count

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_CLOCK = r"(?:jam|pukul|pkl|jm)\.?\s*"
_PART = (
    r"(?:\s*(?:di\s*)?(?P<part>pagi|pg|esuk|isuk|enjing|siang|sg|awan|beurang|sore|sonten|malam|malem|mlm"
    r"|bengi|peuting|dalu|wengi|subuh|dini\s*hari)(?:-?an)?\b)?"
)
_QUARTER = r"(?:s[ea])?p[ea]?r(?:em|a)pat"
_HALF = "stgh|stengah|setengah|satengah"
_LATER = "lewat|liwat|lebih|luwih"
_AFTER_PRAYER = {"subuh": "05:00", "asar": "15:30", "magrib": "18:15", "isya": "19:30"}
_NOON_PRAYER = "12:30"
_NUMBER_BEFORE = re.compile(rf"(?<!\d)(?:\d{{1,2}}|\b{COUNT})\s*$")
_DATE_BEFORE = re.compile(rf"(?:\b(?:{DATE}|(?:rt|rw|no|nomor|loket)\.?\s*)|[/.\-])\d{{1,2}}\s*$")
_NIGHT = {"malam", "malem", "mlm", "bengi", "peuting", "dalu", "wengi"}
_MIDNIGHT = _NIGHT | {"pagi", "pg", "dinihari"}
_AFTERNOON = {"sore": 9, "sonten": 9, "siang": 5, "sg": 5, "awan": 5, "beurang": 5}
"""The last hour that is one after noon: "jam 9 sore", but "jam 9 siang" is before it."""


def find_clock(text: str) -> Iterator[Finding]:
    """Yield `time` findings, value "HH:MM" (24 hours)."""
    low = fold_letters(text)
    taken: list[tuple[int, int]] = []
    for pattern, read in _RULES:
        for match in pattern.finditer(low):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            value = read(match, low)
            if value is not None:
                taken.append(match.span())
                yield Finding("time", value, match.start(), len(match[0].rstrip()) + match.start())


def _half(match: re.Match[str], _text: str) -> str | None:
    hour = whole_count(match["hour"])
    return _time((hour - 1) or 12, 30, match["part"]) if hour else None


def _hour(match: re.Match[str], text: str) -> str | None:
    if _is_length(match, text):
        return None
    hour, rest = read_count(match["hour"]) or (None, "")
    minute = int(match["minute"]) if match["minute"] else whole_count(rest) if rest else 0
    if hour is None or minute is None:
        return None
    return _time(hour, minute, match["part"], _shift(match))


def _is_length(match: re.Match[str], text: str) -> bool:
    """ "nunggu 3 jam 20 menit" names no hour, "tgl 3 jam 8" does."""
    around = (text, max(0, match.start() - 16), match.start())
    return bool(_NUMBER_BEFORE.search(*around) and not _DATE_BEFORE.search(*around))


def _shift(match: re.Match[str]) -> int:
    """Return the minutes after the hour, or before it: "kurang 10", "lewat seperempat"."""
    if not match["sense"]:
        return 15 if match["quarter"] else 0
    by = match["by"]
    if re.fullmatch(f"{_QUARTER}|{_HALF}", by):
        minutes = 30 if re.fullmatch(_HALF, by) else 15
    else:
        minutes = whole_count(by) or 0
    return -minutes if match["sense"] == "kurang" else minutes


def _plain(match: re.Match[str], text: str) -> str | None:
    """08.30 is a time, 1.50 may be money or a list: ask for a sign of a clock nearby."""
    near = text[max(0, match.start() - 12) : match.end() + 6]
    if not match["part"] and not re.search(r"wib|jam|pukul|pkl|sampai|s/d|sampe|\ban\b", near):
        return None
    return _time(int(match["hour"]), int(match["minute"]), match["part"])


def _prayer(match: re.Match[str], _text: str) -> str | None:
    return next((_AFTER_PRAYER[name] for name in _AFTER_PRAYER if match[name]), _NOON_PRAYER)


def _time(hour: int, minute: int, part: str | None, shift: int = 0) -> str | None:
    if hour > 24 or minute > 59 or abs(shift) > 59:
        return None
    part = re.sub(r"\s", "", part) if part else None
    if part in _MIDNIGHT and hour == 12:
        hour = 0
    elif (
        (part in _NIGHT and 5 <= hour < 12)
        or hour <= _AFTERNOON.get(part or "", 0)
        # nobody means 02:00 at a counter unless they say "malam"
        or (part is None and 1 <= hour < 6)
    ):
        hour += 12
    total = (hour * 60 + minute + shift) % (24 * 60)
    return f"{total // 60:02d}:{total % 60:02d}"


_RULES: list[tuple[re.Pattern[str], Callable[[re.Match[str], str], str | None]]] = [
    (
        re.compile(
            rf"\b(?:{_CLOCK})?(?:{_HALF})\s*(?P<hour>{COUNT})\b"
            rf"(?!\s*(?:jam|menit|juta|jt|ribu|rb|ewu)\b){_PART}"
        ),
        _half,
    ),
    (
        re.compile(
            rf"\b{_CLOCK}(?P<hour>{COUNT})(?:\s*[.:]\s*(?P<minute>\d{{2}})(?!\d))?(?:\s?an)?"
            rf"(?:\s*(?P<sense>{_LATER}|kurang)\s*(?P<by>{_QUARTER}|{_HALF}|{COUNT})(?:\s*(?:menit|mnt))?"
            rf"|\s*(?P<quarter>{_QUARTER}))?\b{_PART}"
        ),
        _hour,
    ),
    (
        re.compile(
            rf"(?<![\d.,/])(?P<hour>\d{{1,2}})[.:](?P<minute>\d{{2}})(?![\d.,/])(?:\s*(?:wib|an)\b)?{_PART}"
        ),
        _plain,
    ),
    (
        re.compile(
            r"\b(?:(?:sa)?ba'?dh?a|bakd[ao]|sabakda|(?:se)?habis|abis|bis|sawise|setelah|selepas|rampung)\s*"
            r"(?:(?P<subuh>s?h?ubuh)|d?z?h?uhur|luhur|lohor|dohor|(?P<asar>as[hy]?ar)|(?P<magrib>ma[gh]+rib)|(?P<isya>isy?a))\b"
        ),
        _prayer,
    ),
]
