"""What trainers read for every code of the language data."""

from __future__ import annotations

from wadul.console import words
from wadul.console.problems import sentence
from wadul.core.states import Decision, HandOffReason
from wadul.exceptions import Conflict, InvalidInput, NotFound, WadulError
from wadul.office import CATEGORIES
from wadul.training.evidence import Evidence
from wadul.training.exceptions import ModelUnusable, NoRoom, TrainingFailed

_INTENTS = {
    "affirm": "Ya, setuju",
    "deny": "Tidak, menolak",
    "cancel": "Batal",
    "correct": "Membetulkan isian",
    "skip": "Lewati pertanyaan",
    "anonymity": "Minta dirahasiakan",
    "bot_challenge": "Bertanya apakah ini bot",
    "menu": "Minta menu",
    "spam": "Spam",
    "privacy_stop": "Minta berhenti dikirimi pesan",
    "privacy_start": "Minta mulai dikirimi lagi",
    "nlu_fallback": "Tidak dipahami",
    "ambiguous_kind": "Keluhan atau pertanyaan?",
    "attachment": "Lampiran",
    "location": "Lokasi",
}
ENTITIES = {
    "service": "layanan",
    "desa": "desa",
    "out_of_area_place": "tempat luar kecamatan",
    "rt": "RT",
    "rw": "RW",
    "ticket_number": "nomor laporan",
    "money": "uang",
    "date": "tanggal",
    "time": "jam",
    "category": "topik",
}
_HANDED = {
    HandOffReason.ASKED: "Sesudah ini warga minta petugas",
    HandOffReason.NOT_UNDERSTOOD: "Bot menyerah: dua kali tidak paham",
    HandOffReason.ANGER: "Warga kecewa sesudah ini",
    HandOffReason.OPERATOR: "Petugas mengambil alih sesudah ini",
}
_GENERAL = {each.__doc__ for each in (InvalidInput, NotFound, Conflict)}
_WORKING_ERRORS = (InvalidInput, NotFound, Conflict, TrainingFailed, NoRoom, ModelUnusable)


def label(code: str | None) -> str:
    """For example "Mengadu: Tanah"."""
    if not code:
        return "tidak ada tebakan"
    base, _, _ = code.partition("/")
    return _INTENTS.get(base) or words.intent(code)


def handed(reason: HandOffReason | None) -> str:
    return _HANDED[reason] if reason else ""


def evidence(found: Evidence) -> str:
    """What the case became, and who said so."""
    kind, topic = words.TICKET_KINDS[found.kind], CATEGORIES[found.category.value]
    by = f"ditetapkan {found.by}" if found.by else "dicatat bot, belum diubah petugas"
    return f"Laporan {found.number} akhirnya: {kind}, {topic} ({by})"


def decision(what: Decision, code: str | None, note: str, *, settles: bool) -> str:
    said = {
        Decision.RIGHT: f"tebakan bot benar: {label(code)}",
        Decision.RELABEL: f"seharusnya {label(code)}",
        Decision.NEW_INTENT: f"maksud baru: {note}",
        Decision.NOT_FOR_TRAINING: "bukan bahan latihan",
        Decision.SECOND_OPINION: "minta pendapat orang kedua" + (f": {note}" if note else ""),
    }[what]
    return f"memutuskan: {said}" if settles else said


def told(error: WadulError) -> str:
    """What the training room says about its errors is meant for trainers already."""
    if getattr(error, "sentence", None) or not isinstance(error, _WORKING_ERRORS):
        return sentence(error)
    text = str(error)
    if text in _GENERAL:
        return sentence(error)
    return text[:1].upper() + text[1:]


def percent(value: float | None) -> str:
    return "" if value is None else f"{value:.0%}"
