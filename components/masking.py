"""Hides identity numbers and phone numbers before a text is logged, stored or understood.

A pure function without Rasa, so that the channel can call it before anything is kept, and without
the rest of Wadul: `wadul.training.personal_numbers` is a copy of this file. Ticket numbers, money,
dates, clock times and places on the map stay as they are. Masking twice changes nothing.

People write a number in groups, over several lines, in styled digits, with O for 0 and l for 1. So
the text is read through a plain copy of the same length, group by group: what no group takes part
in, letters above all, ends a run, and a hidden number is made of whole groups of one run.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_UNSEEN = "\u200b"
_LOOKALIKES = str.maketrans("OoIl", "0011")
_DIGIT = re.compile(r"\d", re.ASCII)
_FEWEST = 8
_GROUP = re.compile(
    rf"(?<![^\W_])[\dOoIl](?:{_UNSEEN}*[\dOoIl])*(?![^\W_])|\d(?:{_UNSEEN}*\d)*", re.ASCII
)
_GAP = re.compile(rf"[ \t\r\n.,:/_()\-{_UNSEEN}]{{1,3}}")
_NARROW = frozenset(" .-")
_KEPT = re.compile(
    # what is masked already
    r"(?<!\d)\d{0,8}\*{3,}(?:\d{1,8}\*{3,})*\d{0,8}(?!\d)"
    # a ticket number, a place on the map, a day, an hour, an amount; none goes on in O for 0
    r"|(?<![^\W_])[A-Za-z]{3}-[2-9]\d[01]\d[0-3]\d-[\dA-Za-z]{4}(?![^\W_])"
    r"|(?<![\dOoIl.])-?\d{1,3}\.\d{4,}[, ] ?-?\d{1,3}\.\d{4,}"
    r"|(?<![\dOoIl./+\-])(?:0?[1-9]|[12]\d|3[01])([./\-])(?:0?[1-9]|1[0-2])\1(?:(?:19|20)\d\d|\d\d)"
    r"(?![./\-]?[\dOoIl])"
    r"|(?<![\dOoIl./+\-])(?:19|20)\d\d([./\-])(?:0[1-9]|1[0-2])\2(?:0[1-9]|[12]\d|3[01])"
    r"(?![./\-]?[\dOoIl])"
    r"|(?<![\dOoIl.:+])(?:[01]?\d|2[0-4])([.:])[0-5]\d(?:\3[0-5]\d)?(?![.:]?[\dOoIl]|-\d{3})"
    r"|(?<![\dOoIl.,/+\-])(?<!62 )(?!62\.8)\d{1,3}(?:\.\d{3}){1,4}(?:,\d\d)?(?![.,/\-]?[\dOoIl])"
    r"|(?<![\dOoIl.,/+\-])\d{1,3}(?:,\d{3}){1,4}(?:\.\d\d)?(?![.,/\-]?[\dOoIl])",
    re.ASCII,
)
_YEAR = re.compile(r"(?:19|20)\d\d")
# District, day (a woman's plus 40), month, year, serial; a family card's number has the same shape.
_IDENTITY = re.compile(r"[1-9]\d{5}(?:[04][1-9]|[1256]\d|[37][01])(?:0[1-9]|1[0-2])\d{5,7}")
_SEVERAL = re.compile(rf"{_IDENTITY.pattern}|08|00[1-9]|628")
_MOBILE = re.compile(r"(?:(?:00)?62|0)8\d{8,11}")
_ABROAD = re.compile(r"00[1-9]\d{8,13}")
_LANDLINE = re.compile(r"0[2-9]\d{7,10}")
_AREA = re.compile(r"0[2-9]\d{1,2}")
_WITHOUT_ZERO = re.compile(r"8[1-9]\d{8,10}")
_SIZES_WITHOUT_ZERO = {(3, 4, 3), (3, 4, 4), (3, 4, 5), (3, 7), (3, 8), (3, 9)}


class _Group(NamedTuple):
    """Plain `digits`, `letters` of them typed as letters; `narrow`: one usual sign before it."""

    digits: str
    letters: int
    start: int
    end: int
    narrow: bool


class _Plain(dict[int, str]):
    """Translates each sign into one: digits of every script, spaces, dashes, what nobody sees."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        kind = unicodedata.category(sign)
        digit = unicodedata.digit(sign, None)
        if digit is not None:
            plain = str(digit)
        elif kind in {"Cf", "Me", "Mn"}:
            plain = _UNSEEN
        elif kind in {"Zs", "Zl", "Zp", "Pd"}:
            plain = "-" if kind == "Pd" else " "
        else:
            plain = unicodedata.normalize("NFKC", sign)
        self[code] = plain if len(plain) == 1 else sign
        return self[code]


_PLAIN = _Plain(dict.fromkeys(map(ord, "−•·"), "-"))


def mask_personal_numbers(text: str) -> str:
    """Return `text` with NIK and KK as `3212********0001` and phones as `0812******90`."""
    while (masked := _masked_once(text)) != text:
        text = masked  # what stood beside a number may read differently beside its mask
    return text


def _masked_once(text: str) -> str:
    plain = text if text.isascii() else text.translate(_PLAIN)
    if len(_DIGIT.findall(plain)) < _FEWEST:
        return text
    plain = _KEPT.sub(lambda match: "*" * len(match[0]), plain)
    pieces: list[str] = []
    at = 0
    for run in _runs(plain):
        for groups, shown in _hidden(run, plain):
            digits = "".join(group.digits for group in groups)
            hidden = "*" * (len(digits) - 4 - shown)
            pieces += [text[at : _begin(groups, plain)], digits[:4], hidden, digits[-shown:]]
            at = groups[-1].end
    return "".join([*pieces, text[at:]])


def _runs(plain: str) -> Iterator[list[_Group]]:
    run: list[_Group] = []
    for match in _GROUP.finditer(plain):
        typed = match[0].replace(_UNSEEN, "")
        letters = len(typed) - len(_DIGIT.findall(typed))
        gap = plain[run[-1].end : match.start()] if run else ""
        word = letters == len(typed) and "o" in typed  # "lo"
        if run and (word or not _GAP.fullmatch(gap)):
            yield run
            run = []
        if not word:
            digits = typed.translate(_LOOKALIKES) if letters else typed
            run.append(_Group(digits, letters, *match.span(), gap in _NARROW))
    if run:
        yield run


def _hidden(run: list[_Group], plain: str) -> Iterator[tuple[list[_Group], int]]:
    """Yield the groups of each personal number, and how many of its last digits stay."""
    digits = "".join(group.digits for group in run)
    sizes = accumulate(len(group.digits) for group in run)
    after = {size: number for number, size in enumerate(sizes, start=1)}
    plus = _plus_before(run[0], plain) is not None
    first = at = 0
    while first < len(run):
        step = len(run[first].digits)
        last = first + 1
        for size in _sizes(run[first], digits[at : at + 3], plus=plus):
            end = after.get(at + size, 0)
            shown = _shown(run, first, end, digits[at : at + size], plus=plus) if end else 0
            if shown:
                yield run[first:end], shown
                step, last = size, end
                break
        first, at, plus = last, at + step, False


def _sizes(group: _Group, lead: str, *, plus: bool) -> Iterator[int]:
    """Yield how many digits a number may have that begins with `group`: at best only its own."""
    yield len(group.digits)
    if plus:
        yield from range(14 if lead[:2] == "62" else 15, 8, -1)
    elif lead[:2] == "08" or (lead[0] == "0" and len(group.digits) > 2):
        yield from range(16, 8, -1)
    elif lead == "628" or (lead[0] == "8" and len(group.digits) == 3):
        yield from range(14, 9, -1)
    if lead[0] != "0":
        yield from (16, 15, 17) if len(group.digits) == 4 else (16,)


def _shown(run: list[_Group], first: int, end: int, digits: str, *, plus: bool) -> int:
    """Return how many last digits stay: 4 of an identity, 2 of a phone, 0 if it is neither."""
    if plus and 9 <= len(digits) <= 15:
        shown = 2
    elif end - first == 1:
        shown = _shown_of_one(digits)
    elif _is_phone(run, first, end, digits):
        shown = 2
    else:
        shown = 4 if _is_identity(run, first, end, digits) else 0
    typed_as_letters = shown and sum(group.letters for group in run[first:end])
    return shown if typed_as_letters * 2 <= len(digits) else 0


def _shown_of_one(digits: str) -> int:
    if any(kind.fullmatch(digits) for kind in (_MOBILE, _ABROAD, _LANDLINE, _WITHOUT_ZERO)):
        return 2
    if digits[0] == "0" or len(digits) > 17:  # several numbers without a gap
        return 4 if len(digits) > 13 and _SEVERAL.match(digits) else 0
    return 4 if len(digits) >= 15 else 0  # an identity, or one digit too few or too many


def _is_phone(run: list[_Group], first: int, end: int, digits: str) -> bool:
    head, rest = run[first], run[first + 1 : end]
    if _MOBILE.fullmatch(digits):
        return all(group.narrow for group in rest) or all(len(group.digits) > 2 for group in rest)
    if _WITHOUT_ZERO.fullmatch(digits):
        return tuple(len(group.digits) for group in run[first:end]) in _SIZES_WITHOUT_ZERO
    if len(rest) == 1 and _AREA.fullmatch(head.digits):
        return 6 <= len(rest[0].digits) <= 8
    return bool(len(head.digits) > 3 and _ABROAD.fullmatch(digits))


def _is_identity(run: list[_Group], first: int, end: int, digits: str) -> bool:
    """Tell whether the digits have the shape of one, or at least are grouped like one."""
    shaped = bool(_IDENTITY.fullmatch(digits))
    if len(digits) == 16 and (shaped or end - first > 4 or digits[0] == "0"):
        return shaped
    groups = [group.digits for group in run[first:end]]
    if len(digits) != 16:  # one digit too few or too many, 4-4-4-3
        return shaped and [len(group) for group in groups[:-1]] == [4, 4, 4]
    evenly = all(len(group) >= 4 and len(group) % 2 == 0 for group in groups)
    return evenly and not all(_YEAR.fullmatch(group) for group in groups)


def _plus_before(group: _Group, plain: str) -> int | None:
    """Return where the "+" before a group stands, if it is one of a telephone number."""
    at = group.start - 1 - (plain[group.start - 1 : group.start] == " ")
    if at < 0 or plain[at] != "+":
        return None
    return at if not at or not re.match(r"[\w+*]", plain[at - 1]) else None


def _begin(groups: list[_Group], plain: str) -> int:
    """Return where a number begins, with its "+" and the bracket that it closes."""
    start = _plus_before(groups[0], plain)
    if start is None:
        start = groups[0].start
    if start and plain[start - 1] == "(" and ")" in plain[start : groups[-1].end]:
        before = plain[start - 2 : start - 1]
        start -= not re.match(r"[\w*]", before)
    return start
