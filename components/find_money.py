"""Amounts of money in rupiah: "50rb", "1jt2", "rp.20.000", "gocap", "2ratus", "dimintai 150".

A number alone is money where somebody asks for or pays it, unless it counts something: "bayar 3
kali". Without a thousand or a million after it, it is meant in thousands.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from components.findings import Finding
from components.letters import fold_letters
from components.number_words import (
    FIGURES,
    HUNDREDS,
    ONE_OF_SCALE,
    PARTS,
    SCALES,
    WORD,
    any_of,
    as_figure,
    read_number,
    tokens,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

# Slang of the street; amounts below a thousand are meant in thousands today.
SLANG = {
    "seceng": 1_000, "ceceng": 1_000, "noceng": 2_000, "goceng": 5_000, "ceban": 10_000,
    "noban": 20_000, "jigo": 25_000, "gocap": 50_000, "goban": 50_000, "cepek": 100_000,
    "cepe": 100_000, "pego": 150_000, "gopek": 500_000, "ceti": 1_000_000,
}  # fmt: skip
_SCALE = any_of(SCALES)
_SCALE = any_of(SCALES)
# "k" and "m" only right behind a figure: elsewhere they are "ke" and metres.
_BEHIND = rf"(?:{any_of([*PARTS, *(SCALES.keys() - {'k', 'm'})])}|(?<=\d)[km](?![^\W_]))"
_NUMBER = rf"(?:(?<!\d){FIGURES}(?!\d)|{WORD})"
_AMOUNT = re.compile(
    r"(?<![\w.,/\-*])(?<!nuwun )(?<!nyuwun )(?P<sign>rp\.?\s?)?"
    rf"(?:(?P<low>[1-9]\d*(?:[.,]\d+)?)\s?(?P<low_scale>{_SCALE})?\s?(?:[-–]|s/?d|sampai|sampe|ampe|hingga)\s?)?"
    rf"(?P<number>{_NUMBER}(?:\s{{0,2}}(?:{_NUMBER}|{_BEHIND})){{0,11}})"
    r"(?:\s?-?an\b)?(?P<exact>\s?(?:perak|rupiah|rupiahan))?(?![\w*])(?![./\-]\d)"
)
_GLUED = re.compile(
    rf"(?<![\w.,/\-*])(?P<sign>rp\.?\s?)?(?P<whole>\d+)(?P<scale>{_SCALE})(?P<rest>\d{{1,3}})(?!\w)"
)
_SLANG = re.compile(rf"(?<!\w)(?P<word>{any_of(SLANG)})(?!\w)(?:\s?(?:{_SCALE})\b)?")
_ASKED = re.compile(
    r"(?:minta|mnta|mintai|bayar|byr|mbayar|jasa|duit|uang|dwit|jaluk|jaluki|tarif|biaya|setor|kasih|ngasih"
    r"|nyogok|sogok|admin|pungut|tarik|ditarik|amplop|pelicin|rokok|narik|kena|seharga|hargane?|habis|bis)\w*\s*"
    r"(?:cuma|sebesar|sekitar|skitar|kira|sampai|sampe|nya|sing|lagi|uang|duit|sama|sm|aja|\W)*\s*$"
)
_WINDOW = 60
_MEASURED = re.compile(
    r"\s{0,2}-?(?:lembar|lbr|lmbr|kali|x|orang|org|wong|jiwa|warga|kepala|meter|mtr|m2|km|kilo|kg|liter|ltr|hektar|ha"
    r"|persen|prosen)(?!\w)|\s?%"
)
_COUNTED = re.compile(
    rf"{_MEASURED.pattern}|\s{{0,2}}-?(?:bungkus|bks|hari|hr|dina|dinten|poe|minggu|mgg|bulan|bln|wulan|sasi|tahun|thn|taun"
    r"|jam|menit|mnt|detik|m|are|bata|biji|buah|rim|slop|karung|sak|unit|berkas|rangkap|copy|kopi|fotocopy|fotokopi|fc|foto"
    r"|materai|meterai|tahap|kantong|dus|kardus|pcs|ekor|titik|ton|gelas|botol|porsi)(?!\w)"
)
_GOES_ON = re.compile(
    r"\s*(?:$|[^\w\s]|\n|(?:buat|bwt|untuk|utk|kanggo|keur|biar|ben|supaya|spy|per|sama|sm|karo|aja|bae|doang|saja|mawon"
    r"|wae|lah|katanya|jare|bu|min|tiap|baru|dulu)\b)"
)


def find_money(text: str) -> Iterator[Finding]:
    """Yield `money` findings, value in whole rupiah, in order of appearance."""
    low = fold_letters(text)
    end = -1
    for one in sorted(
        [*_glued(low), *_slang(low), *_amounts(low)], key=lambda f: (f.start, -f.end)
    ):
        if one.start >= end:
            end = one.end
            yield one


def _glued(text: str) -> Iterator[Finding]:
    """ "1jt2" and "1jt200" both are 1,200,000: what stands behind is a fraction."""
    for match in _GLUED.finditer(text):
        number = float(f"{match['whole']}.{match['rest']}") * SCALES[match["scale"]]
        yield Finding("money", round(number), *match.span())


def _slang(text: str) -> Iterator[Finding]:
    for match in _SLANG.finditer(text):
        yield Finding("money", SLANG[match["word"]], *match.span(), confidence=0.9)


def _amounts(text: str) -> Iterator[Finding]:
    for match in _AMOUNT.finditer(text):
        parts, at = tokens(match["number"]), 0
        while at < len(parts):
            number, used = read_number([part[0] for part in parts[at:]])
            if not used:
                break
            found = _amount(text, match, parts, at, at + used, number)
            if found:
                yield found
            at += used


def _amount(
    text: str,
    match: re.Match[str],
    parts: list[re.Match[str]],
    first: int,
    last: int,
    number: float,
) -> Finding | None:
    """Judge the `number` that the parts from `first` to before `last` of a match make."""
    start = match.start() if first == 0 else match.start("number") + parts[first].start()
    whole = last == len(parts)
    end = match.end() if whole else match.start("number") + parts[last - 1].end()
    words = {part[0] for part in parts[first:last]}
    scales = words & (SCALES.keys() | ONE_OF_SCALE.keys())
    sure = bool((first == 0 and match["sign"]) or (whole and match["exact"]))
    asked = bool(_ASKED.search(text, max(0, start - _WINDOW), start))
    if scales and scales != {"m"}:
        confidence = 1.0 if sure or asked or not _MEASURED.match(text, end) else 0.0
    elif sure or (
        asked
        and not _COUNTED.match(text, end)
        and number >= 10
        and not parts[first][0].startswith("0")
    ):
        confidence = 1.0
    else:
        confidence = 0.8 if words & HUNDREDS and _GOES_ON.match(text, end) else 0.0
    if number < 1_000 and not (whole and match["exact"]):
        number *= 1_000
    if first == 0 and match["low"]:
        number = _lower(match, number, parts[0][0])
    if not confidence or not 100 <= number <= 10**13:
        return None
    return Finding("money", round(number), start, end, confidence)


def _lower(match: re.Match[str], high: float, first_word: str) -> float:
    """Return the 100,000 of "100-200rb", which is what was asked for at least."""
    low = as_figure(match["low"])
    if match["low_scale"]:
        return low * SCALES[match["low_scale"]]
    return low * high / (read_number([first_word])[0] or 1)
