"""Matters that are no sub-district's business anywhere in Indonesia, and whose they are."""

from __future__ import annotations

import re

_BODIES: tuple[tuple[str, str], ...] = (
    (r"paspor\w*|passport|imigrasi", "Kantor Imigrasi"),
    (r"\bsim\b|s i m\b|tilang|surat izin mengemudi", "Satlantas Polres"),
    (r"samsat|stnk|bpkb|pajak (motor|mobil|kendaraan)|balik nama (motor|mobil)", "Samsat"),
    (r"skck", "Polsek atau Polres"),
    (r"sertifikat|sertipikat|\bbpn\b|\bptsl\b|balik nama tanah", "Kantor Pertanahan (BPN)"),
    (r"buku nikah|\bkua\b|nikah", "Kantor Urusan Agama (KUA)"),
    (r"cerai\w*|gugat\w*", "Pengadilan Agama"),
    (r"npwp|\bspt\b|pajak penghasilan|kpp", "Kantor Pelayanan Pajak"),
    (r"\bpln\b|listrik|token", "PLN (telepon 123)"),
    (r"pdam|air ledeng|air pam", "PDAM"),
    (r"bpjs ketenagakerjaan|\bjht\b|jamsostek", "BPJS Ketenagakerjaan"),
    (r"ak1|kartu kuning|kartu kerja|prakerja", "Dinas Tenaga Kerja"),
    (r"ppdb|sekolah|ijazah", "sekolah atau Dinas Pendidikan"),
    (r"lapas|penjara|pengadilan|sidang", "pengadilan atau kepolisian"),
)


def body_for(text: str) -> str | None:
    """The body that decides, or None if no word of the text tells."""
    for pattern, body in _BODIES:
        if re.search(pattern, text, re.IGNORECASE):
            return body
    return None
