"""Words that mean one thing in Indonesian and another in Dermayu or Sundanese.

"aja" is "only" and "don't", "beli" is "buy" and "not", "mau" is "want" and "earlier today". The
neighbours decide; where they do not, the word stays as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_PARTS_OF_DAY = {"esuk", "bengi", "awan", "sore", "sonten", "isuk"}
_AFTER_JAVANESE_NOT = {
    "bisa", "ana", "durung", "gelem", "weruh", "ngerti", "olih", "duwe", "usah", "pernah", "kudu", "apa",
    "wis", "teka", "dadi", "metu", "mudun", "mandan", "kaya", "tau", "krasa", "diwenehi", "ditulung",
}  # fmt: skip
_BOUGHT = {
    "tanah",
    "rumah",
    "motor",
    "obat",
    "beras",
    "online",
    "jual",
    "pulsa",
    "gas",
    "meterai",
    "materai",
}
_BEFORE_ONLY = {
    "itu", "ini", "apa", "siapa", "mana", "gitu", "begitu", "dulu", "iya", "ya", "disini", "sini", "nanti",
    "kapan", "berapa", "aja", "terus", "tanya", "langsung", "bilang", "sama", "jangan", "dong", "boleh",
}  # fmt: skip
_PROHIBITED = (
    "di",
    "ng",
    "ny",
    "nganti",
    "kesuwen",
    "suwe",
    "kaya",
    "klalen",
    "lali",
    "kudu",
    "maning",
)


def resolve(words: Sequence[str], at: int, *, javanese: bool, sundanese: bool) -> str | None:
    """Return the Indonesian word meant at `at`, or None when the word may stand as it is."""
    before = words[at - 1] if at else ""
    after = words[at + 1] if at + 1 < len(words) else ""
    rule = _RULES.get(words[at])
    return rule(before, after, javanese, sundanese) if rule else None


def _mau(before: str, after: str, javanese: bool, sundanese: bool) -> str | None:
    return "tadi" if after in _PARTS_OF_DAY or (javanese and before == "sing") else None


def _aja(before: str, after: str, javanese: bool, sundanese: bool) -> str:
    forbidding = after.startswith(_PROHIBITED) and (javanese or not before)
    return "jangan" if forbidding and before not in _BEFORE_ONLY else "saja"


def _beli(before: str, after: str, javanese: bool, sundanese: bool) -> str | None:
    if after in _BOUGHT or before in {
        "jual",
        "mau",
        "habis",
        "abis",
        "buat",
        "untuk",
        "bisa",
        "akte",
        "akta",
    }:
        return None
    return "tidak" if after in _AFTER_JAVANESE_NOT or (javanese and after) else None


def _if_javanese(meaning: str):  # type: ignore[no-untyped-def]
    return lambda before, after, javanese, sundanese: meaning if javanese else None


def _if_sundanese(meaning: str):  # type: ignore[no-untyped-def]
    return lambda before, after, javanese, sundanese: meaning if sundanese else None


def _asw(before: str, after: str, javanese: bool, sundanese: bool) -> str | None:
    return None if before in {"dasar", "dasarnya", "lu"} else "assalamualaikum"


def _kados(before: str, after: str, javanese: bool, sundanese: bool) -> str | None:
    """ "kados pundi" is "how"; alone they are "like" and "where"."""
    return "bagaimana" if after == "pundi" else None


def _pundi(before: str, after: str, javanese: bool, sundanese: bool) -> str | None:
    return "bagaimana" if before == "kados" else None


_RULES = {
    "mau": _mau,
    "kados": _kados,
    "pundi": _pundi,
    "tak": _if_javanese("saya"),
    "aja": _aja,
    "beli": _beli,
    "kita": _if_javanese("saya"),
    "dung": _if_javanese("belum"),
    "urung": _if_javanese("belum"),
    "pan": _if_javanese("akan"),
    "kari": _if_javanese("tinggal"),
    "beda": _if_javanese("beda"),
    "lagi": _if_javanese("sedang"),
    "tos": _if_sundanese("sudah"),
    "bade": lambda before, after, javanese, sundanese: "mau",
    "asw": _asw,
}
FALSE_FRIENDS = frozenset(_RULES)
