"""Ticket numbers, RT and RW."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from components.findings import Finding
from components.numerals import NUMERALS, as_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_DASH = r"\-\u2010-\u2015\u2212"
_GAP = rf"[\s{_DASH}._/:]*"
_TAIL = r"([0-9A-Za-z]{4})(?:nya|ny|ne|na)?(?![^\W_])"
_N = r"(\d{1,3}|" + "|".join(w for w in NUMERALS if len(w) > 2) + r")"
_CROCKFORD = str.maketrans("OIL", "011")
_DAY = re.compile(r"\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
# "pak rt 3 hari ga dateng" counts days, "di rt 3 hari ini" does not.
_COUNTED = (
    r"(?!\d|\s*(?:hari|hr|dina|poe|minggu|mgg|mggu|bulan|bln|wulan|sasi|tahun|thn|taun|jam(?!\s*\d))\b"
    r"(?!\s+(?:ini|itu|lalu|kemarin|kmrn|wingi|kamari|depan|besok|"
    r"senin|selasa|rabu|kamis|jum.?at|sabtu|minggu|ahad)\b))"
)


def find_ticket_number(text: str, office_codes: Iterable[str]) -> Iterator[Finding]:
    """Yield `ticket_number` in canonical form ("JTB-261124-7K3F"); O, I and L are read as digits.

    Where there is one office, its code may be left out: "261124-7K3F".
    """
    codes = sorted(code for code in office_codes if code)
    if not codes:
        return
    plain = _plain(text)
    for match in _ticket_pattern(tuple(codes)).finditer(plain):
        code, day, tail = match[1] or codes[0], match[2] or match[4], match[3] or match[5]
        day, tail = (re.sub(r"[\W_]", "", one).upper().translate(_CROCKFORD) for one in (day, tail))
        bare = match[1] is None
        if "U" in tail or (bare and (not _DAY.fullmatch(day) or tail.isdigit())):
            continue
        yield Finding("ticket_number", f"{code.upper()}-{day}-{tail}", *match.span())


@lru_cache(maxsize=4)
def _ticket_pattern(codes: tuple[str, ...]) -> re.Pattern[str]:
    names = "|".join(map(re.escape, codes))
    digit = r"[\dOoIl]"
    day = rf"({digit}{{2}}{_GAP}{digit}{{2}}{_GAP}{digit}{{2}})"
    whole = rf"(?<![^\W_])({names}){_GAP}{day}{_GAP}{_TAIL}"
    bare = rf"|(?<![\w.{_DASH}])(\d{{6}})[{_DASH}]{_TAIL}" if len(codes) == 1 else r"|(?!)()()"
    return re.compile(whole + bare, re.IGNORECASE)


def _plain(text: str) -> str:
    """Undo styled letters and digits, sign by sign: each keeps its place."""
    if text.isascii():
        return text
    plain = (unicodedata.normalize("NFKC", sign) for sign in text)
    return "".join(new if len(new) == 1 else old for old, new in zip(text, plain, strict=True))


def find_rt_rw(text: str) -> Iterator[Finding]:
    """Yield `rt` and `rw` as two digits ("03"); "rt 03/02" is RT 03, RW 02."""
    for match in re.finditer(
        rf"(?<![^\W\d_])(rt)\s*[./\-]?\s*(?:rw\s*)?[.:]?\s*{_N}{_COUNTED}(?:\s*[/\-,.]?\s*(?:rw\s*)?[.:]?\s*{_N})?(?![^\W_])"
        rf"|(?<![^\W\d_])(rw)\s*[.:]?\s*{_N}(?![^\W_])",
        text,
        re.IGNORECASE,
    ):
        for entity, group in _groups(match):
            number = as_number(match[group].lower())
            if number is not None:
                yield Finding(entity, f"{number:02d}", match.start(group), match.end(group))


def _groups(match: re.Match[str]) -> Iterator[tuple[str, int]]:
    if match[1]:
        yield "rt", 2
        between = match.string[match.end(2) : match.start(3)] if match[3] else ""
        if "/" in between or "-" in between or "rw" in between.lower():
            yield "rw", 3
    else:
        yield "rw", 5
