"""Days as people name them ("kmrn", "mau esuk", "3 hr yg lalu", "tgl 5"), resolved to ISO dates.

Durations ("sudah seminggu"), what returns ("tiap senin") and what is vague ("lebaran wingi") are no
dates. "Kemarin" and "besok" beside a weekday, a week or a month say which one is meant; only alone
are they yesterday and tomorrow.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from components.day_words import (
    AFTER,
    BEFORE,
    BESIDE,
    DATE,
    DAY,
    FUTURE,
    IN_FRONT,
    MONTH,
    MONTH_NAME,
    MONTHS,
    NIGHT,
    PART,
    SUNDAYS,
    THIS,
    TOMORROW,
    UNIT,
    UNITS,
    VAGUE,
    WEEK,
    WEEKDAY,
    WEEKDAYS,
    YESTERDAY,
)
from components.findings import Finding
from components.letters import fold_letters
from components.number_words import COUNT, whole_count

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Resolve = Callable[[re.Match[str], date, str], date | None]

_DAYS_OF = {"day": 1, "week": 7, "month": 30}
_FARTHEST = 20 * 366
_FUTURE = re.compile(FUTURE)
_NIGHT = re.compile(NIGHT)
_NEXT_DAY = re.compile(f"{YESTERDAY}|{TOMORROW}")
_IN_FRONT = re.compile(IN_FRONT)
_DATE_BEFORE = re.compile(rf"{DATE}$")
_GREETING_BEFORE = re.compile(r"\b(?:sugeng|wilujeng|selamat|met)\s+$")


def find_dates(text: str, today: date) -> Iterator[Finding]:
    """Yield `date` findings, calendar dates and spans of time first; `today` is the resident's day
    (Asia/Jakarta) when they wrote.
    """
    low = fold_letters(text)
    taken = bytearray(len(low))
    found: list[tuple[int, int, Finding]] = []
    for rank, pattern, resolve in _RULES:
        for match in pattern.finditer(low):
            start, end = match.span()
            if 1 in taken[start:end]:
                continue
            taken[start:end] = b"\1" * (end - start)
            day = resolve(match, today, low)
            if day is not None:
                found.append((rank, start, Finding("date", day.isoformat(), start, end)))
    for _rank, _start, finding in sorted(found, key=lambda one: one[:2]):
        yield finding


def _shift(days: int) -> Resolve:
    return lambda _match, today, _text: today + timedelta(days=days)


def _direction(match: re.Match[str]) -> int:
    """-1 where a word beside says past, 1 where it says future, else 0."""
    groups = match.groupdict()
    if groups.get("past") or groups.get("before_past"):
        return -1
    return 1 if any(groups.get(name) for name in ("next", "before_next", "ahead")) else 0


def _is_future(match: re.Match[str], text: str) -> bool:
    direction = _direction(match)
    return direction > 0 or (not direction and bool(_FUTURE.search(text)))


def _span(match: re.Match[str], today: date, _text: str) -> date | None:
    """ "3 hari lalu", "sebulan lagi", "minggu depan"; a lone "hari" is only yesterday or tomorrow,
    and nobody means a day by "tahun lalu".
    """
    unit = UNITS[match["unit"]]
    if not match["count"] and not match["one"]:
        beside = match["past"] or match["next"]
        if not beside or (unit == "day" and not _NEXT_DAY.fullmatch(beside)):
            return None
    number = whole_count(match["count"]) if match["count"] else 1
    if number is None or unit == "year" or number * _DAYS_OF[unit] > _FARTHEST:
        return None
    number *= _direction(match)
    if unit == "month":
        return _of(today, number, min(today.day, 28))
    return today + timedelta(days=number * _DAYS_OF[unit])


def _of(today: date, months: int, day: int) -> date | None:
    """Return the day of the month that is `months` away from this one."""
    month = today.year * 12 + today.month - 1 + months
    return _day(month // 12, month % 12 + 1, day)


def _weekday(match: re.Match[str], today: date, text: str) -> date | None:
    wanted = WEEKDAYS.get(match["name"], 6)
    if match["word"] and _NIGHT.fullmatch(match["word"]):
        wanted = (wanted - 1) % 7  # "malam minggu" is Saturday's night
    direction = _direction(match)
    if match["week"]:
        return today + timedelta(days=wanted - today.weekday() + 7 * direction)
    back = (today.weekday() - wanted) % 7
    if direction:
        return today + timedelta(days=7 - back if direction > 0 else -(back or 7))
    return today + timedelta(days=-back % 7 if _FUTURE.search(text) else -back)


def _named(match: re.Match[str], today: date, text: str) -> date | None:
    month = MONTHS.get(match["month"]) or int(match["month"])
    future = not match["year"] and _is_future(match, text)
    return _full(int(match["day"]), month, match["year"], today, future)


def _figures(match: re.Match[str], today: date, text: str) -> date | None:
    if not match["year"] and not _DATE_BEFORE.search(
        text, max(0, match.start() - 12), match.start()
    ):
        return None
    return _named(match, today, text)


def _of_month(match: re.Match[str], today: date, text: str) -> date | None:
    """ "tgl 17 bulan lalu", or "tgl 17" of the nearest month before or after today."""
    day, direction = int(match["day"]), _direction(match)
    if match["month"]:
        return _of(today, direction, day)
    if match["next"] and _IN_FRONT.fullmatch(match["next"]):
        direction = 0  # "tgl 5 depan balai desa"
    future = direction > 0 or (not direction and bool(_FUTURE.search(text)))
    away = 1 if direction else 0  # "tgl 3 kemarin", said on the 3rd, is a month ago
    for months in range(3):
        found = _of(today, months if future else -months, day)
        if found and ((found - today) if future else (today - found)).days >= away:
            return found
    return None


def _edge_of_month(match: re.Match[str], today: date, text: str) -> date | None:
    """ "akhir bulan lalu"; without "lalu", "ini" or "depan" only what lies ahead is sure."""
    direction, last = _direction(match), match["edge"] in {"akhir", "akhire", "ahir"}
    if not direction and not match["this"]:
        if not _FUTURE.search(text):
            return None
        direction = 0 if last else 1
    if last:
        first = _of(today, direction + 1, 1)
        return first and first - timedelta(days=1)
    return _of(today, direction, 1 if match["edge"] == "awal" else 15)


def _sundanese_tomorrow(match: re.Match[str], today: date, text: str) -> date | None:
    """ "Enjing" is also the Javanese morning, most of all in a greeting."""
    greets = _GREETING_BEFORE.search(text, max(0, match.start() - 10), match.start())
    return today + timedelta(days=1) if _FUTURE.search(text) and not greets else None


def _full(day: int, month: int, year: str | None, today: date, future: bool) -> date | None:
    if year:
        return _day(int(year) + (2000 if len(year) == 2 else 0), month, day)
    options = [d for y in (-1, 0, 1) if (d := _day(today.year + y, month, day))]
    if not options:
        return None
    if not future:
        past = [d for d in options if d <= today + timedelta(days=31)]
        options = past[-1:] or options
    return min(options, key=lambda d: abs((d - today).days))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


_SUNDAY = rf"(?(word)(?:{SUNDAYS})|(?(before_past)(?:{SUNDAYS})|(?(before_next)(?:{SUNDAYS})|akad{BESIDE})))"
_AGO_OR_AHEAD = rf"(?:{AFTER}|\s*(?P<ahead>lagi|lg|maning|deui|malih)\b)"

# The order says which of two readings of the same words holds, the rank which finding comes first.
_RULES: list[tuple[int, re.Pattern[str], Resolve]] = [
    (rank, re.compile(rf"\b(?:{pattern})"), resolve)
    for rank, pattern, resolve in (
        (0, rf"(?:{VAGUE})\b", lambda _match, _today, _text: None),
        (
            0,
            rf"{BEFORE}(?:{DATE})?(?P<day>\d{{1,2}})\s*(?:(?:{MONTH})\s*)?(?P<month>{MONTH_NAME})\b"
            rf"(?:\s*(?P<year>20\d\d|\d\d(?=\s|$)))?(?:{AFTER})?",
            _named,
        ),
        (
            0,
            rf"{BEFORE}{DATE}(?P<day>\d{{1,2}})\s*(?:{MONTH})\s*(?P<month>\d{{1,2}})\b(?:\s*(?:tahun|thn|th)?\s*(?P<year>20\d\d))?",
            _named,
        ),
        (
            0,
            r"(?<![./\-])(?P<day>\d{1,2})[/\-.](?P<month>\d{1,2})(?:[/\-.](?P<year>20\d\d|\d\d))?(?![\d/\-])",
            _figures,
        ),
        (
            0,
            rf"{BEFORE}{DATE}(?P<day>\d{{1,2}})\b(?!\s*[/\-.:]?\d)(?:\s*(?P<month>{MONTH}){BESIDE}(?:\s*(?:{THIS})\b)?)?(?:{AFTER})?",
            _of_month,
        ),
        (
            0,
            rf"(?P<edge>awal|akhir|akhire|ahir|tengah|pertengahan)\s*(?:{MONTH})\b(?:\s*(?P<this>{THIS})\b|{AFTER})?",
            _edge_of_month,
        ),
        (
            1,
            rf"{BEFORE}(?:(?P<word>{DAY}|{NIGHT})\s*)?(?P<name>{WEEKDAY}|{_SUNDAY})\b(?:\s+{PART}\b)?"
            rf"(?:\s*(?P<week>{WEEK}){BESIDE}(?:\s*(?:{THIS})\b)?)?(?:{AFTER})?",
            _weekday,
        ),
        (
            0,
            rf"(?:(?P<count>{COUNT})\s*|(?P<one>se|sa|sak)\s*)?(?P<unit>{UNIT})(?:an)?{_AGO_OR_AHEAD}",
            _span,
        ),
        (
            1,
            rf"(?:(?:{YESTERDAY})\s*(?:lusa|dulu|nya lagi)|lusa\s*(?:{YESTERDAY})|wingenane|wingine|kamari\s*ieu|mangkukna)\b",
            _shift(-2),
        ),
        (
            1,
            rf"(?:semalam|semalem|smlm|(?:tadi|td|wau)\s*(?:{NIGHT})|mau\s*bengi|(?:{NIGHT})\s*(?:tadi|wau)|bengi\s*mau|(?:{YESTERDAY})(?:\s*{PART})?)\b",
            _shift(-1),
        ),
        (
            1,
            rf"(?:(?:hari|hr|dina|dinten)\s*(?:ni|{THIS})|(?:tadi|td|mau|wau|esuk\s*mau)\s*{PART}|{PART}\s*(?:ini|tadi|kien|ieu))\b",
            _shift(0),
        ),
        (1, r"(?:besok\s*lusa|lusa|pageto|ngembene|sesukane)\b", _shift(2)),
        (1, rf"(?:{TOMORROW})(?:\s*{PART})?\b", _shift(1)),
        (
            1,
            r"(?<!wau )(?<!tadi )enjing\b(?!\s*(?:enjing|wau|niki|pak|bapak|bu|ibu|kang|min|kak))",
            _sundanese_tomorrow,
        ),
    )
]
