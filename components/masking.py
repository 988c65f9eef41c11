"""Hides identity numbers and phone numbers before a text is logged, stored or understood.

A pure function without Rasa, so that the channel can call it before anything is kept. Ticket
numbers, money, dates and clock times stay as they are. Masking twice changes nothing.
"""

from __future__ import annotations

import re

_GAP = r"[ .\-\u00a0\u2010-\u2013\u202f]"
_DIGIT = r"[\dOo]"

# Mobile numbers here (0812…, +62 812…, 62812…, 812…), landlines with area code, any "+" number.
_PHONE = re.compile(
    rf"(?<![\w+])\+(?:{_GAP}?\(?\d\)?){{9,15}}(?!\d)"
    rf"|(?<!\d)(?:62{_GAP}?|0)8\d(?:{_GAP}?\d){{7,10}}(?!\d)"
    r"|(?<!\d)\(?0[2-9]\d{1,2}\)?[ \-]?\d{6,8}(?!\d)"
    r"|(?<![\d.,])8[1-9]\d{8,10}(?!\d)"
)

# NIK and KK have 16 digits, often in groups, at times with the letter O for a zero. A run of 15
# or 17 digits is a mistyped one.
_IDENTITY = re.compile(
    rf"(?<![\d])[1-9](?:{_GAP}?{_DIGIT}){{15}}(?![\dOo])|(?<!\d)[1-9]\d{{14,16}}(?!\d)"
)


def mask_personal_numbers(text: str) -> str:
    """Return `text` with NIK and KK as `3212********0001` and phones as `0812******90`."""
    return _IDENTITY.sub(_masked_identity, _PHONE.sub(_masked_phone, text))


def _masked_phone(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match[0])
    return f"{digits[:4]}{'*' * (len(digits) - 6)}{digits[-2:]}"


def _masked_identity(match: re.Match[str]) -> str:
    if sum(c.isdigit() for c in match[0]) < 12:
        return match[0]
    digits = re.sub(r"[^\d]", "", match[0].replace("O", "0").replace("o", "0"))
    return f"{digits[:4]}{'*' * (len(digits) - 8)}{digits[-4:]}"
