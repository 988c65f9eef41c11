"""Hides who a message is about before a trainer sees it or a file keeps it.

The numbers are masked as inside the Rasa process: `personal_numbers` is a copy of
`components/masking.py` (the two processes share no Python; a test holds them together). Beyond
that: names after the usual cues, and e-mail addresses.
"""

from __future__ import annotations

import re

from wadul.training.personal_numbers import mask_personal_numbers

NAME = "⟨nama⟩"
EMAIL = "⟨surel⟩"

_EMAIL = re.compile(r"(?<![\w.])[\w.+-]+@[\w-]+\.[\w.-]*\w")

# "atas nama" and its short forms, "nama saya …"; a name is one to four words up to a word that is
# surely none. It is better to hide a word too many.
_TITLE = (
    r"(?:(?:pak|bapak|bpk|bu|ibu|sdri?|saudar[ai]|almh?|almarhumah?|hj?|kang|mas|mbak|neng)\.?\s+)*"
)
_NO_NAME = (
    "saya sy yang yg dan di dari ke itu ini sudah sdh udah belum blm mau mw untuk buat tapi "
    "dengan dgn nik kk ktp alamat desa rt rw tidak ga gak nggak kok pak bu min apa apakah kapan "
    "bagaimana gimana kenapa lahir tanggal tgl umur warga orang tinggal hilang rusak salah beda "
    "ada bisa masih lagi juga saja aja anak istri suami ayah ibu ortu adik kakak perusahaan usaha "
    "toko jalan lengkap"
).split()
_WORD = rf"(?!(?:{'|'.join(_NO_NAME)})\b)[^\W\d_][\w'’.\-]*"
_CUE = (
    r"\b(?:atas\s+nama|a\.\s?n\.?|a/n|an\.|panggil(?:\s+saya)?|bernama|nama(?:nya|ku)?"
    r"(?:\s+(?:saya|sy|lengkap|ibu|bapak|anak|istri|suami|ayah|pelapor|terlapor))*)\s*[:=]?\s+"
)
_CUED = re.compile(rf"(?P<cue>{_CUE}){_TITLE}{_WORD}(?:\s+{_WORD}){{0,3}}", re.IGNORECASE)
# After "saya", "Pak" and the like only what is written as a name is written.
_NO_PERSON = (
    "RT|RW|Desa|Kec|Camat|Lurah|Kuwu|Kades|Admin|Min|Mau|Ingin|Dari|Warga|Lapor|Tolong|Mohon"
)
_TITLED = re.compile(
    r"(?P<cue>\b(?:[Ss]aya|[Ss]y|[Aa]ku|[Kk]ula|[Ii]sun|[Dd]engan|[Pp]ak|[Bb]apak|[Bb]u|[Ii]bu|[Kk]ang"
    rf"|[Mm]as|[Mm]bak|[Ss]dr|Hj?)\.?\s+)(?!(?:{_NO_PERSON})\b)[A-Z][a-z'’]+(?:\s+[A-Z][a-z'’]+){{0,3}}"
)


def masked(text: str) -> str:
    """Numbers as `masked_numbers` does, names and e-mail addresses as one word."""
    text = _EMAIL.sub(EMAIL, masked_numbers(text))
    for pattern in (_CUED, _TITLED):
        text = pattern.sub(lambda match: match["cue"] + NAME, text)
    return text


def masked_numbers(text: str) -> str:
    """NIK and KK as `3212********0001`, phones as `0812******90`."""
    return mask_personal_numbers(text)
