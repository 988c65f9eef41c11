"""Amounts of money in rupiah: "50rb", "1,5jt", "rp.20.000", "gocap", "2ratus", "dimintai 150"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from components.findings import Finding
from components.numerals import NUMERALS

if TYPE_CHECKING:
    from collections.abc import Iterator

# Slang of the street; amounts below a thousand are meant in thousands today.
SLANG = {
    "seceng": 1_000,
    "ceceng": 1_000,
    "sewu": 1_000,
    "goceng": 5_000,
    "ceban": 10_000,
    "noban": 20_000,
    "jigo": 25_000,
    "gocap": 50_000,
    "goban": 50_000,
    "seket": 50_000,
    "cepek": 100_000,
    "cepe": 100_000,
    "pego": 150_000,
    "gopek": 500_000,
    "sejuta": 1_000_000,
    "sajuta": 1_000_000,
    "sejeti": 1_000_000,
}
_UNITS = {
    "rb": 1_000,
    "rbu": 1_000,
    "ribu": 1_000,
    "rebu": 1_000,
    "ewu": 1_000,
    "k": 1_000,
    "jt": 1_000_000,
    "jta": 1_000_000,
    "juta": 1_000_000,
    "jeti": 1_000_000,
    "m": 1_000_000_000,
    "milyar": 1_000_000_000,
    "miliar": 1_000_000_000,
}
_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))
_FIGURES = re.compile(
    rf"(?<![\w.,/\-])(rp\.?\s*)?(\d{{1,3}}(?:[.,]\d{{3}})+|\d+(?:[.,]\d+)?)\s*(ratus|atus)?\s*"
    rf"({_UNIT}|perak|rupiah|an)?(?:an)?(?:\s*(?:an|rupiah|perak))?(?!\w)(?![./\-]\d)",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"(?:minta|mnta|mintai|bayar|byr|mbayar|jasa|duit|uang|dwit|jaluk|jaluki|tarif|biaya|setor|kasih|ngasih"
    r"|nyogok|sogok|admin|pungut|tarik|ditarik|amplop|pelicin|rokok|narik|kena|seharga|hargane?)\w*\s*"
    r"(?:cuma|sebesar|sekitar|skitar|kira|sampai|sampe|nya|sing|lagi|uang|duit|sama|sm|aja|\W)*\s*$",
    re.IGNORECASE,
)
_TENS = {w: v for w, v in NUMERALS.items() if len(w) > 1}
_SPOKEN_NUMBER = "|".join(sorted((w for w in _TENS), key=len, reverse=True))
_SPOKEN = re.compile(
    rf"(?<!\w)(?:(?P<small>{_SPOKEN_NUMBER})\s*)?(?P<scale>puluh|atus|ratus|belas|las)?\s*"
    r"(?P<unit>ribu|rebu|rb|ewu|juta|jt)(?!\w)",
    re.IGNORECASE,
)
_SPOKEN_ONE = re.compile(
    r"(?<!\w)(?P<hundred>seratus|saratus|satus|sratus)\s*(?P<unit>ribu|rebu|rb|ewu)?(?!\w)",
    re.IGNORECASE,
)
_HALF_MILLION = re.compile(r"(?<!\w)(?:setengah|satengah|stgh)\s*(?:juta|jt)(?!\w)", re.IGNORECASE)


def find_money(text: str) -> Iterator[Finding]:
    """Yield `money` findings, value in whole rupiah, in order of appearance."""
    found = [*_figures(text), *_slang(text), *_spoken(text)]
    end = -1
    for one in sorted(found, key=lambda f: (f.start, -f.end)):
        if one.start >= end:
            end = one.end
            yield one


def _figures(text: str) -> Iterator[Finding]:
    for match in _FIGURES.finditer(text):
        sign, figures, hundreds, unit = match.groups()
        unit = unit.lower() if unit else None
        asked = _ASKED.search(text[: match.start()])
        if not sign and not hundreds and unit in {None, "an"} and not asked:
            continue
        if unit == "m" and not sign and not asked:
            continue  # metres
        if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", figures):
            number = float(re.sub(r"[.,]", "", figures))
        else:
            number = float(figures.replace(",", "."))
        amount = number * (100 if hundreds else 1) * _UNITS.get(unit or "", 1)
        if amount < 1_000 and unit not in {"perak", "rupiah"}:
            amount *= 1_000
        if 100 <= amount <= 10**13:
            yield Finding(
                "money", round(amount), match.start(), match.start() + len(match[0].rstrip())
            )


def _slang(text: str) -> Iterator[Finding]:
    for match in re.finditer(
        r"(?<!\w)(" + "|".join(SLANG) + r")(?!\w)(?!\s*ewu)", text, re.IGNORECASE
    ):
        yield Finding("money", SLANG[match[1].lower()], *match.span(), confidence=0.9)


def _spoken(text: str) -> Iterator[Finding]:
    for match in _HALF_MILLION.finditer(text):
        yield Finding("money", 500_000, *match.span())
    for match in _SPOKEN_ONE.finditer(text):
        yield Finding("money", 100_000, *match.span(), confidence=1.0 if match["unit"] else 0.8)
    for match in _SPOKEN.finditer(text):
        small = _TENS.get(match["small"].lower()) if match["small"] else None
        if small is None:
            continue
        scale = match["scale"].lower() if match["scale"] else ""
        factor = {"puluh": 10, "atus": 100, "ratus": 100}.get(scale, 1)
        number = small + 10 if scale in {"belas", "las"} else small * factor
        yield Finding("money", number * _UNITS[match["unit"].lower()], *match.span())
