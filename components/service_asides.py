"""Where the words of a service's name do not speak of it: the words around them decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from components.words import Word

_NOT = {"bukan", "bkn", "dudu", "sanes", "lain", "bukannya", "dede"}
_DENIES = _NOT | {
    "tanpa", "tidak", "tdk", "ga", "gak", "gk", "ngga", "nggak", "ora", "mboten", "boten", "teu",
    "henteu",
}  # fmt: skip
_HAS = {"ada", "pake", "pakai"}
_BUT = {"tapi", "tp", "tpi", "cuma", "cm", "cuman", "melainkan", "malah"}
_OBJECT = {"mau", "soal", "masalah", "tentang", "buat", "untuk", "urusan", "yang", "yg"}

_ADDRESSED = {
    "halo", "hai", "hay", "hallo", "hi", "pagi", "siang", "sore", "malam", "mlm", "makasih",
    "mksh", "min", "ok", "oke", "iya", "ya", "thx", "maaf", "permisi", "punten",
    "assalamualaikum", "ass",
}  # fmt: skip
_ASKS = {
    "tanya", "nanya", "tny", "tnya", "nnya", "bertanya", "takon", "tangled", "naros", "tolong",
    "tlg", "bantu", "lapor", "konsultasi", "info",
}  # fmt: skip
_BEFORE_ASKING = {
    "saya", "sy", "aku", "aq", "kula", "reang", "abdi", "kami", "mau", "mo", "mw", "bade", "arep",
    "pan", "pengen", "pgn", "izin", "ijin", "numpang", "ikut", "bisa", "bs", "boleh", "minta",
    "mnta",
}  # fmt: skip
_OWNERS = {"saya", "sy", "sya", "aku", "ku", "kula", "reang", "isun", "abdi", "kami", "gw", "gue"}
_STATES = {"hilang", "ilang", "rusak", "salah", "baru"}
_PROGRESS = {"belum", "blm", "blom", "durung", "sudah", "sdh", "udah", "udh", "jadi", "jd", "kok"}

_PERSONS = {"anak", "bocah", "budak"}
_DEED_OF_OTHERS = set(
    "nikah kawin perkawinan pernikahan cerai perceraian talak notaris pendirian yayasan "
    "perusahaan".split()
)
_OTHER_KINDS = {
    "akta": _DEED_OF_OTHERS,
    "akte": _DEED_OF_OTHERS,
    "pajak": {"motor", "mobil", "kendaraan", "penghasilan"},
    "rekam": {"medis", "medik", "video", "suara", "cctv"},
}


def is_aside(name: Sequence[str], words: list[Word], start: int, end: int) -> bool:
    """Tell whether `words[start : end + 1]`, which read as `name`, mean something else here."""
    after = words[end + 1].text if end + 1 < len(words) else ""
    if after in _OTHER_KINDS.get(name[-1], ()) or (name == ("kk",) and _is_address(words, start)):
        return True
    # "KTP anak" is a child's card, "KTP anak saya" the card of a grown child.
    return len(name) == 2 and name[1] in _PERSONS and after in _OWNERS


def is_parted(words: list[Word], left: int, right: int) -> bool:
    """Tell whether the words between two of a name deny it: "ktp tidak hilang", "hajatan ga ada
    izin", "akta bukan akte tanah".
    """
    between = [word.text for word in words[left + 1 : right]]
    if between and between[-1] in _HAS:
        del between[-1]
    return bool(between) and (
        between[-1] in _DENIES or (not _NOT.isdisjoint(between) and _BUT.isdisjoint(between))
    )


def is_denied(words: list[Word], start: int, end: int) -> bool:
    """ "bukan ktp hilang" is not about a lost KTP, "bukan ktp hilang tapi rusak" about a KTP."""
    before = start - 1
    while before > 0 and words[before].text in _OBJECT:
        before -= 1
    if before < 0 or words[before].text not in _NOT:
        return False
    return not any(word.text in _BUT for word in words[start : end + 1])


def _is_address(words: list[Word], at: int) -> bool:
    """ "siang kk" and "kk mau nanya" speak to a "kakak", "maaf kk saya belum jadi" does not."""
    greeted = at > 0 and words[at - 1].text in _ADDRESSED
    if at and not greeted:
        return False
    after = [word.text for word in words[at + 1 : at + 5]]
    if next((word for word in after if word not in _BEFORE_ASKING), "") in _ASKS:
        return True
    owned = bool(after) and after[0] in _OWNERS
    says = _PROGRESS | _STATES if owned else _STATES
    return greeted and not says.intersection(after[owned : owned + 1])
