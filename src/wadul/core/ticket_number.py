"""Ticket numbers such as `JTB-261124-7K3F`: office code, date (yymmdd), three random characters of
Crockford's base32 and a check character over everything before it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from datetime import date

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans("OIL", "011")
_PATTERN = re.compile(r"\b([A-Z]{2,5})[\s\-./]?(\d{6})[\s\-./]?([0-9A-Z]{4})\b", re.IGNORECASE)


def new_number(office_code: str, on: date) -> str:
    """A fresh number; the table's constraint makes it unique, and the caller draws again."""
    body = f"{office_code}-{on:%y%m%d}-" + "".join(secrets.choice(ALPHABET) for _ in range(3))
    return body + check_character(body)


def check_character(body: str) -> str:
    """Luhn's sum in base 32 over the letters and digits: finds any one wrong character and nearly
    every swap of two neighbours."""
    total, weight = 0, 2
    for character in reversed([c for c in body.upper() if c.isalnum()]):
        value = ALPHABET.find(character.translate(_LOOKALIKES))
        product = weight * max(value, 0)
        total += product // 32 + product % 32
        weight = 3 - weight
    return ALPHABET[-total % 32]


def find_number(text: str) -> str | None:
    """The first ticket number in a text, in canonical form, if its check character is right.

    Small letters, O for 0, I or L for 1, and missing or other separators are accepted.
    """
    return next(find_numbers(text), None)


def find_numbers(text: str) -> Iterator[str]:
    """All of them, as `find_number` finds the first."""
    for code, day, tail in _PATTERN.findall(text):
        number = f"{code.upper()}-{day}-{tail.upper().translate(_LOOKALIKES)}"
        if check_character(number[:-1]) == number[-1]:
            yield number
