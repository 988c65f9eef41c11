"""A small but complete office to spoil."""

from __future__ import annotations

from pathlib import Path

OFFICE = """\
id: contoh
code: CTH
name: Kecamatan Contoh
regency: Kabupaten Contoh
province: Jawa Barat
timezone: Asia/Jakarta
whatsapp:
  - "whatsapp:+6281200000001"
address: Jalan Contoh 1
place: {lat: -6.4, lon: 108.3}
phone: "(0234) 123456"
hours:
  - days: [mon, tue, wed, thu]
    open: "08:00"
    close: "15:00"
    break: {start: "12:00", end: "13:00"}
  - days: [fri]
    open: "08:00"
    close: "11:00"
holidays_extra:
  - {date: "2026-11-25", name: Hari Contoh}
special_hours:
  - from: "2027-02-08"
    to: "2027-02-28"
    note: Bulan Ramadan
    hours:
      - days: [mon, tue, wed, thu, fri]
        open: "08:00"
        close: "14:00"
limits: {information: 4}
emergency_numbers:
  - {kind: other, label: Darurat, number: "112"}
  - {kind: fire, label: Damkar, number: "113"}
escalation:
  inspector: {name: Inspektorat}
  supervisor: {name: Sekcam}
notice: Pemberitahuan.
villages:
  - code: "32.12.13.2014"
    name: Lobener
    spellings: [lobener, lobner]
  - code: "32.12.13.2015"
    name: Lobener Lor
    spellings: [lobener lor]
neighbours:
  - {name: Lohbener, spellings: [lohbener]}
  - {name: Patrol, ambiguous: true, spellings: [kec patrol]}
source: Uji coba
confirmed_by: Camat
confirmed_on: "2026-11-01"
valid_until: "2026-12-31"
"""

SERVICE = """\
code: ktp_lost
name: KTP-el hilang
category: civil_registration
aliases:
  - ktp hilang
  - ktp ilang
requirements:
  - Surat hilang dari polisi
  - Fotokopi KK
cost: Gratis (tidak dipungut biaya)
duration: Satu hari
place: Loket
procedure:
  - Datang ke loket
decided_by: Disdukcapil
source: Uji coba
confirmed_by: null
confirmed_on: null
valid_until: null
"""

FAQ = """\
- id: hours
  question: Jam berapa buka?
  aliases:
    - jam buka
    - sim
  answer: "{office} buka {hours}"
  source: Uji coba
- id: lost_card
  question: KTP hilang bagaimana?
  aliases:
    - kehilangan kartu
  answer: Lapor polisi.
  service: ktp_lost
  about_system: true
  source: Uji coba
"""

TEMPLATES = """\
- name: tiket_diterima
  content_sid: null
  used_for: ticket_received
  body: "Laporan {{1}} dijawab paling lambat {{2}}. Terima kasih."
  variables:
    - {name: ticket_number, example: CTH-261124-7K3F}
    - {name: due_date, example: "14 Desember 2026"}
  buttons: [Lihat]
"""

FILES = {
    "office.yml": OFFICE,
    "services/ktp_lost.yml": SERVICE,
    "faq.yml": FAQ,
    "templates.yml": TEMPLATES,
}


def write_office(folder: Path, files: dict[str, str]) -> Path:
    """Writes an office's files; returns the offices folder above it."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder.parent
