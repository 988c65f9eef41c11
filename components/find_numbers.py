"""Ticket numbers, RT and RW."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from components.findings import Finding
from components.numerals import NUMERALS, as_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_GAP = r"[\s\-\u2010-\u2013._/]*"
_N = r"(\d{1,3}|" + "|".join(w for w in NUMERALS if len(w) > 2) + r")"
_CROCKFORD = str.maketrans("OIL", "011")


def find_ticket_number(text: str, office_codes: Iterable[str]) -> Iterator[Finding]:
    """Yield `ticket_number` in canonical form ("JTB-261124-7K3F"); O, I and L are read as digits."""
    codes = "|".join(re.escape(code) for code in sorted(office_codes))
    if not codes:
        return
    pattern = rf"(?<![^\W_])({codes}){_GAP}([\dOoIl]{{6}}){_GAP}([0-9A-Za-z]{{4}})(?![^\W_])"
    for match in re.finditer(pattern, text, re.IGNORECASE):
        day = match[2].upper().translate(_CROCKFORD)
        tail = match[3].upper().translate(_CROCKFORD)
        if "U" not in tail:
            yield Finding("ticket_number", f"{match[1].upper()}-{day}-{tail}", *match.span())


def find_rt_rw(text: str) -> Iterator[Finding]:
    """Yield `rt` and `rw` as two digits ("03"); "rt 03/02" is RT 03, RW 02."""
    for match in re.finditer(
        rf"(?<![^\W\d_])(rt)\s*[./\-]?\s*(?:rw\s*)?[.:]?\s*{_N}(?:\s*[/\-,.]?\s*(?:rw\s*)?[.:]?\s*{_N})?(?![^\W_])"
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
