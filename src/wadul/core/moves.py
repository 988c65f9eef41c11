"""What a turn is with regard to the question that was asked: a table of readings, in order."""

from __future__ import annotations

import re
from enum import StrEnum

from wadul.core.report import Question
from wadul.core.said import Said, is_command, is_noise, tells_something


class Move(StrEnum):
    """What the resident did."""

    EMERGENCY = "emergency"  # something happens now: before everything else
    STOP = "stop"  # BERHENTI
    ERASE = "erase"  # HAPUS DATA
    CANCEL = "cancel"
    HUMAN = "human"
    PRIVACY = "privacy"  # without a name, confidential, or neither
    YES = "yes"
    NO = "no"  # no, none, skip
    CORRECTION = "correction"
    CHECK = "check"  # "cek": is it still there?
    ASIDE = "aside"  # another matter: answer it and come back
    NOISE = "noise"
    ANSWER = "answer"  # anything else


_YES = frozenset(
    """ya y iya iy iyh iyaa yoi yup yes ok oke okeh okee okey siap sip betul benar bener bnr nggih
    inggih leres muhun sumuhun enya setuju boleh lanjut gas tentu cocok kirim sesuai
    mangga""".split()
)
_NO = frozenset(
    """tidak tdk ga gak g gk nggak ngga enggak engga kagak ndak nda gada gaada gapunya gausah ora
    mboten boten henteu teu euweuh laka langka bukan belum blm blom jangan no lewati lewat skip
    nanti""".split()
)
_FILLERS = frozenset(
    """ada ad punya pny usah perlu pake pakai foto fotonya gambar bukti lampiran nya aja saja bae
    wae dulu pak bapak bu ibu min admin kak kang mas mbak itu ini dong deh sih kok ya sudah udah sdh
    wis makasih terima kasih mksh nuhun suwun kesuwun laporan laporannya sekarang semua semuanya
    pisan sekali sae kaya kuen kien yang yg inget ingat tahu tau lagi""".split()
)
_NOTHING = re.compile(
    r"\b(tidak|tdk|ga|gak|g|gk|nggak|ngga|enggak|engga|ora|teu|boten|mboten)\s?(ada|ad|ana|aya|wonten)\b"
    r"|\b(gada|gaada|laka|euweuh)\b",
    re.IGNORECASE,
)
_REPORTING = re.compile(
    r"\b(me|nge|di)?(lapor|wadul|adu|ngadu)(kan|in|an|ke)?\b|\baduan\b", re.IGNORECASE
)
_CHECK = frozenset("cek check chek ngecek".split())
_BESIDES_CHECK = _FILLERS - {"laporan", "laporannya"} | {"coba", "tolong", "tlg"}
_YES_SIGNS, _NO_SIGNS = "👍👌✅🆗", "👎❌🙅"

_CANCEL = re.compile(
    r"\b(di)?batal(in|kan|aja|ke|no)?\b|^\s*cancel\b|"
    r"\b(ga|gak|g|gk|nggak|ngga|enggak|tidak|tdk|ora|teu|mboten)\s?(jadi|sida|janten|siyos)\b",
    re.IGNORECASE,
)
_NOT_CANCEL = re.compile(r"\b(jangan|jgn|bukan|aja|ulah)\s+(di)?batal", re.IGNORECASE)
_NEGATION = (
    r"\b(?:tidak|tdk|ga|gak|nggak|ngga|enggak|ora|bukan|jangan|jgn|batal)\s?"
    r"(?:usah|perlu|mau|pakai|pake|di)?\s*"
)
_CORRECTION = re.compile(
    r"\b(ralat|koreksi|keliru|slh|salah\s(ketik|tulis|desa|tempat|alamat)|(eh|maaf)\s*,?\s*salah|"
    r"maksud(nya|e|\ssaya)|desanya|rt\s?nya|tempatnya|lokasinya|tanggalnya)\b|"
    r"\b(bukan|bkn|dudu|sanes)\b.*\b(tapi|tp|melainkan|nanging)\b",
    re.IGNORECASE | re.DOTALL,
)
_ASKING = re.compile(
    r"\?|\b(mana|dmn|dimana|brp|berapa|jam|kapan|kpn|syarat\w*|gmn|gimana|bagaimana|kenapa|knp|"
    r"kepriben|priben|pripun|kumaha|pira|pinten|sabaraha|endi|iraha|apakah|bisa|biaya\w*|cara\w*|"
    r"siapa|apa)\b",
    re.IGNORECASE,
)
_ASIDES = (
    "consultation",
    "greet",
    "thanks",
    "goodbye",
    "menu",
    "bot_challenge",
    "ticket_status",
    "document_status",
    "privacy_data",
    "insult",
    "out_of_scope",
    "spam",
)
_BEGINNINGS = ("complaint", "aspiration", "ticket_add", "ticket_reopen")
"""Buttons of older messages that start what is under way already."""
_PLACE_ENTITIES = ("desa", "rt", "rw", "out_of_area_place")


def read_move(asked: Question, said: Said) -> Move:
    """The first reading that fits."""
    if said.clearly("emergency"):
        return Move.EMERGENCY
    if said.clearly("privacy_stop"):
        return Move.STOP
    if said.clearly("privacy_erase"):
        return Move.ERASE
    if is_cancel(said):
        return Move.CANCEL
    if said.clearly("human_request"):
        return Move.HUMAN
    if said.only_files:
        return Move.ANSWER
    if is_command(said) or (said.tapped and said.intent in _BEGINNINGS):
        return Move.NOISE
    if asked is not Question.STORY and privacy_wish(said):
        return Move.PRIVACY
    if says_yes(said):
        return Move.YES
    if says_no(said):
        return Move.NO
    if (
        asked is Question.CONFIRMED
        and said.clearly("cancel", "ticket_withdraw")
        and not _NOT_CANCEL.search(said.text)
    ):
        return Move.CANCEL
    if says_correction(said):
        return Move.CORRECTION
    if asked is not Question.WANTED and says_check(said):
        return Move.CHECK
    if _is_aside(asked, said):
        return Move.ASIDE
    return Move.NOISE if is_noise(said) else Move.ANSWER


def is_cancel(said: Said) -> bool:
    """In few words: a long story in which something was cancelled is a story."""
    if said.tapped:
        return said.intent == "cancel"
    if len(said.words) > 8 or _NOT_CANCEL.search(said.text):
        return False
    return bool(_CANCEL.search(said.text)) and not privacy_wish(said)


def says_yes(said: Said) -> bool:
    if said.tapped:
        return said.intent == "affirm"
    if _only(said, _YES) or any(sign in _YES_SIGNS for sign in said.text.strip()[:1]):
        return True
    return said.clearly("affirm") and len(said.words) <= 5 and not set(said.words) & _NO


def says_no(said: Said) -> bool:
    if said.tapped:
        return said.intent in ("deny", "skip")
    if _only(said, _NO, _FILLERS | _YES) or any(
        sign in _NO_SIGNS for sign in said.text.strip()[:1]
    ):
        return True
    return said.clearly("deny", "skip") and len(said.words) <= 6


def says_report(said: Said) -> bool:
    """They speak of reporting, and do not only tell something."""
    return bool(_REPORTING.search(said.text))


def says_check(said: Said) -> bool:
    """ "Cek", and not one word of what."""
    bare = not (said.tapped or said.attachments or said.pin)
    return bare and _only(said, _CHECK, _BESIDES_CHECK)


def says_nothing(said: Said) -> bool:
    """ "Nothing", which after "is anything wrong?" is a yes."""
    return bool(_NOTHING.search(said.text)) and not set(said.words) & _YES


def says_correction(said: Said) -> bool:
    return said.clearly("correct") or bool(_CORRECTION.search(said.text))


def privacy_wish(said: Said) -> tuple[bool | None, bool | None] | None:
    """(anonymous, confidential) as wished, None for what was not said; None for no wish at all."""
    text = said.text.lower()
    if said.tapped and said.intent == "anonymity":
        return True, None
    anonymous = confidential = None
    if re.search(r"\banonim\w*|\btanpa nama\b|\bhamba allah\b", text):
        anonymous = not re.search(_NEGATION + "(?:anonim|tanpa nama)", text)
    if re.search(r"\b(di)?rahasia\w*", text):
        negated = bool(re.search(_NEGATION + "rahasia", text))
        if re.search(r"\b(nama|nami|identitas|nomor|no)\b", text):
            anonymous = not negated
        else:
            confidential = not negated
    if re.fullmatch(r"\W*(laporan )?terbuka( saja| aja)?\W*", text):
        anonymous = confidential = False
    if anonymous is None and confidential is None and said.clearly("anonymity"):
        return True, True
    return None if anonymous is None and confidential is None else (anonymous, confidential)


def says_send(said: Said) -> bool:
    """A wish that comes with the yes: "ya, anonim", "kirim anonim"."""
    words = said.words
    return bool(words) and (words[0] in _YES or "kirim" in words)


def _only(said: Said, wanted: frozenset[str], besides: frozenset[str] = _FILLERS) -> bool:
    words = said.words
    return (
        0 < len(words) <= 7
        and any(word in wanted for word in words)
        and all(word in wanted or word in besides for word in words)
    )


def _is_aside(asked: Question, said: Said) -> bool:
    if not said.clearly(*_ASIDES):
        return False
    if said.tapped:
        return True
    if said.intent == "insult":
        return not tells_something(said, 4)
    if asked in (Question.LOCATION, Question.INCIDENT, Question.CORRECTION):
        answers = any(said.value(name) for name in (*_PLACE_ENTITIES, "date"))
        if said.intent == "consultation" and (answers or not _ASKING.search(said.text)):
            return False
    return True
