"""Days as people name them ("kmrn", "mau esuk", "3 hr yg lalu", "tgl 5"), resolved to ISO dates.

Durations ("sudah seminggu") are no dates and stay untouched.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from components.findings import Finding
from components.numerals import NUMERALS, as_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PART = r"(?:pagi|pg|esuk|isuk|isukan|enjing|siang|awan|beurang|sore|sonten|malam|malem|mlm|bengi|peuting|dalu)"
_AGO = r"(?:\s*(?:yg|yang|sing|nu|kang|ingkang))?\s*(?:lalu|lewat|kepungkur|kelewat|kemarin|kmrn|wingi|tukang|katukang|kalarung)"
_COUNT = r"(\d{1,3}|" + "|".join(sorted((w for w in NUMERALS if len(w) > 2), key=len)[::-1]) + r")"

_YESTERDAY = (
    r"k(?:e)?m(?:a)?r(?:e|i)?n|kemaren|kmaren|kmren|kmrin|kemrin|wingi|kamari|kalawingi|kolawingi"
)
_RELATIVE: list[tuple[str, int]] = [
    (
        r"(?:k(?:e)?m(?:a)?r(?:e|i)?n|kemaren)\s*(?:lusa|dulu|nya lagi)|wingenane|wingine|kamari\s*ieu",
        -2,
    ),
    (
        r"(?:semalam|semalem|smlm|tadi\s*m(?:a|e)l[ae]m|td\s*mlm|mau\s*bengi|(?:tadi|td)\s*bengi|tadi\s*peuting|peuting\s*tadi|wau\s*dalu)",
        -1,
    ),
    (rf"(?:{_YESTERDAY})(?:\s*{_PART})?", -1),
    (
        rf"(?:hari|hr|dina|dinten)\s*(?:ini|ni|kien|kiyen|iki|ieu|puniki)|(?:tadi|td|mau|wau|esuk\s*mau)\s*{_PART}|{_PART}\s*(?:ini|tadi|kien|ieu)",
        0,
    ),
    (r"besok\s*lusa|lusa|pageto|ngembene|sesukane", 2),
    (rf"(?:besok|bsk|bsok|bèsok|ngesuk|sesuk|isukan|enjingan|benjing)(?:\s*{_PART})?", 1),
    (r"minggu\s*(?:lalu|kemarin|kmrn|wingi|kamari)|(?:seminggu|saminggu)" + _AGO, -7),
    (r"minggu\s*(?:depan|ngarep|hareup|besok)", 7),
]
_UNITS = {"hari": 1, "hr": 1, "dina": 1, "dinten": 1, "poe": 1, "minggu": 7, "mgg": 7, "pekan": 7}
_WEEKDAYS = {
    "senin": 0, "senen": 0, "selasa": 1, "slasa": 1, "rabu": 2, "rebo": 2, "kamis": 3, "kemis": 3,
    "jumat": 4, "jemuah": 4, "jumuah": 4, "jumaah": 4, "sabtu": 5, "setu": 5, "saptu": 5, "ahad": 6,
    "akad": 6,
}  # fmt: skip
_MONTHS = {
    "januari": 1, "jan": 1, "februari": 2, "pebruari": 2, "feb": 2, "peb": 2, "maret": 3, "mar": 3,
    "april": 4, "apr": 4, "mei": 5, "juni": 6, "jun": 6, "juli": 7, "jul": 7, "agustus": 8, "agust": 8,
    "agu": 8, "ags": 8, "september": 9, "sept": 9, "sep": 9, "oktober": 10, "okt": 10, "november": 11,
    "nopember": 11, "nov": 11, "nop": 11, "desember": 12, "des": 12,
}  # fmt: skip
_FUTURE = re.compile(
    r"\b(?:besok|depan|nanti|mau|mo|akan|arep|badhe|bade|rek|buka|ngarep|hareup|rencana)\b"
)


def find_dates(text: str, today: date) -> Iterator[Finding]:
    """Yield `date` findings; `today` is the resident's day (Asia/Jakarta) when they wrote."""
    low = text.lower() if len(text.lower()) == len(text) else text
    taken: list[tuple[int, int]] = []
    for pattern, resolve in _RULES:
        for match in pattern.finditer(low):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            day = resolve(match, today, low)
            if day is not None:
                taken.append(match.span())
                yield Finding("date", day.isoformat(), *match.span())


def _shift(days: int) -> Callable[[re.Match[str], date, str], date | None]:
    return lambda _match, today, _text: today + timedelta(days=days)


def _ago(match: re.Match[str], today: date, _text: str) -> date | None:
    number = as_number(match[1])
    return None if number is None else today - timedelta(days=number * _UNITS[match[2]])


def _months_ago(match: re.Match[str], today: date, _text: str) -> date | None:
    number = as_number(match[1]) if match[1] else 1
    if number is None or number > 240:
        return None
    month = today.year * 12 + today.month - 1 - number
    return _day(month // 12, month % 12 + 1, min(today.day, 28))


def _weekday(match: re.Match[str], today: date, text: str) -> date | None:
    wanted = _WEEKDAYS.get(match[2], 6)
    back = (today.weekday() - wanted) % 7
    after = match[3] or ""
    if re.match(r"\s*(?:depan|besok|ngarep|hareup)", after):
        return today + timedelta(days=(wanted - today.weekday() - 1) % 7 + 1)
    if re.match(r"\s*(?:lalu|kemarin|kmrn|wingi|kamari)", after):
        return today - timedelta(days=back or 7)
    if _FUTURE.search(text):
        return today + timedelta(days=(wanted - today.weekday()) % 7)
    return today - timedelta(days=back)


def _named(match: re.Match[str], today: date, text: str) -> date | None:
    return _full(int(match[1]), _MONTHS[match[2]], match[3], today, text)


def _figures(match: re.Match[str], today: date, text: str) -> date | None:
    if not match[3] and not re.search(r"(?:tgl|tanggal|tggl)\.?\s*$", text[: match.start()]):
        return None
    return _full(int(match[1]), int(match[2]), match[3], today, text)


def _of_month(match: re.Match[str], today: date, text: str) -> date | None:
    day = int(match[1])
    this = _day(today.year, today.month, day)
    if _FUTURE.search(text):
        if this and this >= today:
            return this
        return _day(today.year + today.month // 12, today.month % 12 + 1, day)
    if this and this <= today:
        return this
    return _day(today.year - (today.month == 1), (today.month - 2) % 12 + 1, day)


def _full(day: int, month: int, year: str | None, today: date, text: str) -> date | None:
    if year:
        return _day(int(year) + (2000 if len(year) == 2 else 0), month, day)
    options = [d for y in (-1, 0, 1) if (d := _day(today.year + y, month, day))]
    if not options:
        return None
    if not _FUTURE.search(text):
        past = [d for d in options if d <= today + timedelta(days=31)]
        options = past[-1:] or options
    return min(options, key=lambda d: abs((d - today).days))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


_NAMES = "|".join(sorted(_WEEKDAYS, key=len, reverse=True))
_RULES: list[tuple[re.Pattern[str], Callable[[re.Match[str], date, str], date | None]]] = [
    (re.compile(rf"\b{_COUNT}\s*({'|'.join(_UNITS)}){_AGO}\b"), _ago),
    (re.compile(rf"\b(?:{_COUNT}\s*)?(?:bulan|bln|sasi|wulan){_AGO}\b"), _months_ago),
    (
        re.compile(
            rf"\b(\d{{1,2}})\s*({'|'.join(sorted(_MONTHS, key=len, reverse=True))})\b(?:\s*(20\d\d|\d\d(?=\s|$)))?"
        ),
        _named,
    ),
    (
        re.compile(r"(?<![\d./\-])(\d{1,2})[/\-.](\d{1,2})(?:[/\-.](20\d\d|\d\d))?(?![\d/\-])"),
        _figures,
    ),
    (re.compile(r"\b(?:tgl|tanggal|tggl|tanggale)\.?\s*(\d{1,2})\b(?!\s*[/\-.:]?\d)"), _of_month),
    *((re.compile(rf"\b(?:{pattern})\b"), _shift(days)) for pattern, days in _RELATIVE),
    (
        re.compile(
            rf"\b(?:(hari|hr|dina|dinten|poe|malam|malem)\s*({_NAMES}|minggu)|({_NAMES}))(\s*(?:depan|besok|ngarep"
            r"|hareup|lalu|kemarin|kmrn|wingi|kamari))?\b"
        ),
        lambda match, today, text: _weekday(_Weekday(match), today, text),  # type: ignore[arg-type]
    ),
]


class _Weekday:
    """Group 2 is the day's name wherever it stood, group 3 what follows it."""

    def __init__(self, match: re.Match[str]) -> None:
        self._groups = (match[0], match[1], match[2] or match[3], match[4])

    def __getitem__(self, group: int) -> str | None:
        return self._groups[group]
