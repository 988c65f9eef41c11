"""Errors of use cases as sentences for operators."""

from __future__ import annotations

from wadul.exceptions import WadulError
from wadul.usecases.operators import HeldByColleague

_SENTENCES = {
    "login_required": "Sesi Anda sudah berakhir. Silakan masuk kembali.",
    "locked_out": "Terlalu banyak percobaan. Silakan coba lagi dalam 15 menit.",
    "not_permitted": "Peran Anda tidak mengizinkan tindakan ini.",
    "not_found": "Data ini tidak ada atau tidak dapat Anda buka.",
    "conflict": "Orang lain sudah mengubahnya lebih dulu. Periksa keadaan terbaru, lalu ulangi.",
    "window_shut": "Sudah lebih dari 24 jam sejak pesan terakhir warga: hanya templat yang dapat "
    "dikirim.",
    "move_not_allowed": "Status laporan sudah berubah; langkah ini tidak dapat dilakukan lagi.",
    "database_unavailable": "Basis data sedang sibuk. Silakan coba lagi sebentar.",
    "invalid_input": "Isian belum dapat dipakai. Silakan periksa kembali.",
}


def sentence(error: WadulError) -> str:
    if isinstance(error, HeldByColleague):
        return f"Percakapan ini sedang dibantu {error.colleague}."
    told: str | None = getattr(error, "sentence", None)
    return told or _SENTENCES.get(error.code, "Terjadi kesalahan. Silakan coba lagi.")
