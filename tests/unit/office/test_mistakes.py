"""One row per mistake that an officer can make in a file, and what the check says about it."""

# One mistake per line reads best.
# ruff: noqa: E501

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from wadul.office import OfficeContentError, Severity, check_offices, load_offices

from .example import FILES, write_office

S, F, T, P = "services/ktp_lost.yml", "faq.yml", "templates.yml", "office.yml"

# label, file, text to replace, its replacement, text at whose line the problem is, field, words
MISTAKES = [
    ("missing key", S, "cost: Gratis (tidak dipungut biaya)\n", "", "code:", "cost", "harus ada"),
    ("empty key", S, "duration: Satu hari", "duration:", "duration:", "duration", "diisi"),
    ("blank text", S, "place: Loket", 'place: "  "', "place:", "place", "kosong"),
    ("misspelt key", S, "cost:", "costs:", "costs:", "costs", 'Maksudnya "cost"?'),
    ("unknown key", S, "cost:", "zzz: 1\ncost:", "zzz:", "zzz", "tidak dikenal"),
    ("key twice", S, "cost:", "cost: Rp1\ncost:", "cost: Gratis", "cost", "ditulis dua kali"),
    ("number for text", S, "place: Loket", "place: 12", "place:", "place", "harus teks, bukan angka"),
    ("list for text", S, "place: Loket", "place: [a]", "place:", "place", "bukan daftar"),
    ("text for list", S, "procedure:\n  - Datang", "procedure: Datang", "procedure", "procedure", "daftar"),
    ("empty list", S, "procedure:\n  - Datang ke loket", "procedure: []", "procedure", "procedure", "paling sedikit 1"),
    ("number in a list", S, "- Fotokopi KK", "- 17", "- 17", "requirements", "harus teks"),
    ("colon in a text", S, "place: Loket", "place: Loket: dua", "place:", "", "titik dua"),
    ("tab", S, "  - ktp ilang", "\t- ktp ilang", "\t- ktp", "", "tabulasi"),
    ("open quote", S, "valid_until: null", 'valid_until: "null', None, "", "tanda kutip"),
    ("bad indentation", S, "requirements:", "  requirements:", "  requirements", "", "spasi di awal baris"),
    ("unknown category", S, "civil_registration", "civil_registrasi", "category", "category", 'Maksudnya "civil_registration"?'),
    ("code is not the file", S, "code: ktp_lost", "code: ktp_new", "code:", "code", "nama berkas"),
    ("code with spaces", S, "code: ktp_lost", "code: ktp lost", "code:", "code", "garis bawah"),
    ("impossible date", S, "valid_until: null", 'valid_until: "2026-02-30"', "valid_until", "valid_until", "harus tanggal"),
    ("confirmed by nobody", S, "confirmed_on: null", 'confirmed_on: "2026-11-01"', "confirmed_by", "confirmed_by", "bersama-sama"),
    ("key of confirmation gone", S, "confirmed_by: null\n", "", "code:", "confirmed_by", "harus ada"),
    ("ends before it begins", P, 'valid_until: "2026-12-31"', 'valid_until: "2026-10-31"', "valid_until", "valid_until", "sebelum confirmed_on"),
    ("confirmed in the future", P, 'confirmed_on: "2026-11-01"', 'confirmed_on: "2026-12-01"', "confirmed_on", "confirmed_on", "belum tiba"),
    ("short name too long", S, "category:", "short_name: Kartu Tanda Penduduk hilang\ncategory:", "short_name", "short_name", "paling panjang 24"),
    ("order is a word", S, "category:", "order: satu\ncategory:", "order", "order", "angka bulat"),
    ("folder is not the id", P, "id: contoh", "id: lain", "id:", "id", "nama folder"),
    ("long office code", P, "code: CTH", "code: CTHX", "code: CTHX", "code", "tiga huruf besar"),
    ("not a To address", P, "whatsapp:+6281200000001", "081200000001", "0812", "whatsapp", "whatsapp:+62"),
    ("unknown time zone", P, "Asia/Jakarta", "Asia/Jatibarang", "timezone", "timezone", "Asia/Makassar"),
    ("place on the moon", P, "lat: -6.4", "lat: 64", "place", "place.lat", "lintang"),
    ("place is a word", P, "lat: -6.4", "lat: sini", "place", "place.lat", "harus angka"),
    ("place is a list", P, "place: {lat: -6.4, lon: 108.3}", "place: [1, 2]", "place", "place", "kolom-kolom"),
    ("phone is a word", P, "(0234) 123456", "nanti", "phone", "phone", "nomor telepon"),
    ("e-mail is a word", P, "phone:", "email: nanti\nphone:", "email", "email", "alamat surel"),
    ("website with spaces", P, "phone:", "website: belum ada\nphone:", "website", "website", "alamat situs"),
    ("unknown day", P, "days: [fri]", "days: [jumat]", "jumat", "hours[2].days", "pilih salah satu"),
    ("day twice", P, "days: [fri]", "days: [mon]", "days: [mon]", "hours[2].days", "dua kali"),
    ("hour as a number", P, 'close: "11:00"', "close: 11", "close: 11", "hours[2].close", "tanda kutip"),
    ("hour 25", P, 'close: "11:00"', 'close: "25:00"', "25:00", "hours[2].close", "harus jam"),
    ("closes before it opens", P, 'close: "11:00"', 'close: "07:00"', "07:00", "hours[2].close", "sesudah jam buka"),
    ("break outside", P, 'end: "13:00"', 'end: "16:00"', "16:00", "hours[1].break.start", "istirahat"),
    ("special hours reversed", P, 'to: "2027-02-28"', 'to: "2027-01-28"', "2027-01-28", "special_hours[1].to", "tanggal awal"),
    ("holiday without a date", P, 'date: "2026-11-25", ', "", "Hari Contoh", "holidays_extra[1].date", "harus ada"),
    ("unknown emergency", P, "kind: fire", "kind: fir", "kind: fir,", "emergency_numbers[2].kind", 'Maksudnya "fire"?'),
    ("number without quotes", P, 'number: "113"', "number: 113", "113", "emergency_numbers[2].number", "tanda kutip"),
    ("limit of zero days", P, "information: 4", "information: 0", "information: 0", "limits.information", "paling sedikit 1"),
    ("no inspector", P, "  inspector: {name: Inspektorat}\n", "", "supervisor: {", "escalation.inspector", "harus ada"),
    ("village code twice", P, "32.12.13.2015", "32.12.13.2014", None, "villages[2].code", "sudah dipakai desa Lobener"),
    ("village code shape", P, "32.12.13.2015", "3212132015", "3212132015", "villages[2].code", "kode desa"),
    ("spelling twice", P, "[lobener lor]", "[lobner]", "[lobner]", "villages[2].spellings", "untuk Lobener"),
    ("spelling of a neighbour", P, "[lohbener]", "[LOBENER]", "LOBENER", "neighbours[1].spellings", "untuk Lobener"),
    ("ambiguous is a word", P, "ambiguous: true", "ambiguous: ya", "ambiguous", "neighbours[2].ambiguous", "true"),
    ("group is a text", P, "{kind: other, label: Darurat, number: \"112\"}", "112", "- 112", "emergency_numbers", "pasangan"),
    ("question id twice", F, "id: lost_card", "id: hours", None, "id", "sudah dipakai di baris 1"),
    ("question alias twice", F, "- kehilangan kartu", "- Jam buka!", None, "aliases", "jam buka"),
    ("unknown placeholder", F, "{hours}", "{hour}", "{hour}", "answer", 'Maksudnya "hours"?'),
    ("unknown service", F, "service: ktp_lost", "service: ktp_los", "service:", "service", 'Maksudnya "ktp_lost"?'),
    ("questions are no list", F, FILES[F], "id: hours\n", "id:", "", "daftar"),
    ("question is a text", F, FILES[F], "- hours\n", "- hours", "", "pasangan"),
    ("variable first", T, "Laporan {{1}}", "{{1}}", "body", "body", "di awal"),
    ("variable last", T, "{{2}}. Terima kasih.", "{{2}}.", "body", "body", "di akhir"),
    ("variables adjacent", T, "{{1}} dijawab paling lambat {{2}}", "{{1}} {{2}}", "body", "body", "berdampingan"),
    ("variables not numbered", T, "{{2}}. Ter", "{{3}}. Ter", "body", "body", "urut"),
    ("variable not described", T, "    - {name: due_date, example: \"14 Desember 2026\"}\n", "", "body", "body", "2 variabel di teks, tetapi 1"),
    ("brace not closed", T, "Terima kasih.", "Terima kasih {{.", "body", "body", "berpasangan"),
    ("body too long", T, "Terima kasih.", "Terima kasih. " * 90, "body", "body", "paling panjang 1024"),
    ("example on two lines", T, '"14 Desember 2026"', '"14\\n\\nDesember"', "14\\n", "variables[2].example", "berganti baris"),
    ("content sid", T, "content_sid: null", "content_sid: HX12", "HX12", "content_sid", "HX dan 32"),
    ("unknown use", T, "ticket_received", "ticket_recieved", "used_for", "used_for", 'Maksudnya "ticket_received"?'),
    ("button too long", T, "[Lihat]", "[Lihat jawaban petugas kami]", "buttons", "buttons", "paling panjang 20"),
    ("four buttons", T, "[Lihat]", "[a, b, c, d]", "buttons", "buttons", "paling banyak 3"),
    ("template name", T, "name: tiket_diterima", "name: Tiket Diterima", "name: Tiket", "name", "huruf kecil"),
]  # fmt: skip


def _line_of(text: str, part: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if part in line)


@pytest.mark.parametrize(
    ("file", "old", "new", "at", "field", "words"),
    [row[1:] for row in MISTAKES],
    ids=[row[0] for row in MISTAKES],
)
def test_mistake(
    tmp_path: Path, file: str, old: str, new: str, at: str | None, field: str, words: str
) -> None:
    spoilt = FILES[file].replace(old, new, 1)
    assert spoilt != FILES[file]
    folder = write_office(tmp_path / "offices" / "contoh", {**FILES, file: spoilt})

    checked = check_offices(folder, date(2026, 11, 24))

    assert checked.offices == {}
    found = [p for p in checked.problems if p.field == field and words in p.message]
    assert found, [str(p) for p in checked.problems]
    assert found[0].file == f"contoh/{file}"
    if at is not None:
        assert found[0].line == _line_of(spoilt, at)
    assert found[0].line > 0
    assert str(found[0]).startswith(f"contoh/{file}: Baris {found[0].line}")


def test_valid_files_have_no_problems(offices_folder: Path) -> None:
    assert check_offices(offices_folder, date(2026, 11, 24)).problems == ()


@pytest.mark.parametrize("file", list(FILES))
def test_missing_or_empty_file(tmp_path: Path, file: str) -> None:
    folder = write_office(tmp_path / "offices" / "contoh", FILES)
    path = folder / "contoh" / file

    path.write_text("", encoding="utf-8")
    assert "kosong" in check_offices(folder).problems[0].message

    path.write_bytes(b"\xff\xfe\x00")
    assert any("UTF-8" in p.message for p in check_offices(folder).problems)

    path.unlink()
    assert any(
        "harus ada" in p.message or "belum ada layanan" in p.message
        for p in check_offices(folder).problems
    )


def test_folder_without_offices(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nothing"):
        with pytest.raises(OfficeContentError, match="tidak ada folder kantor"):
            load_offices(folder)


def test_broken_service_does_not_blame_the_questions(tmp_path: Path) -> None:
    files = {**FILES, "services/ktp_lost.yml": "code: [\n"}
    problems = check_offices(write_office(tmp_path / "offices" / "contoh", files)).problems
    assert {p.file for p in problems} == {"contoh/services/ktp_lost.yml"}


def test_all_mistakes_are_reported_at_once(tmp_path: Path) -> None:
    files = {
        **FILES,
        "office.yml": FILES["office.yml"].replace("CTH", "cth"),
        "services/ktp_lost.yml": FILES["services/ktp_lost.yml"].replace("cost", "biaya"),
    }
    with pytest.raises(OfficeContentError) as caught:
        load_offices(write_office(tmp_path / "offices" / "contoh", files))
    assert str(caught.value).count("\n") == 2
    assert {(p.file, p.field) for p in caught.value.problems} == {
        ("contoh/office.yml", "code"),
        ("contoh/services/ktp_lost.yml", "cost"),
        ("contoh/services/ktp_lost.yml", "biaya"),
    }


def test_same_alias_in_two_services(tmp_path: Path) -> None:
    other = FILES["services/ktp_lost.yml"].replace("code: ktp_lost", "code: zz")
    files = {**FILES, "services/zz.yml": other.replace("- ktp hilang", "- KTP  Hilang")}
    problems = check_offices(write_office(tmp_path / "offices" / "contoh", files)).problems
    assert [str(p) for p in problems] == [
        'contoh/services/zz.yml: Baris 5, kolom aliases: "KTP  Hilang" sudah dipakai layanan ktp_lost.',
        'contoh/services/zz.yml: Baris 6, kolom aliases: "ktp ilang" sudah dipakai layanan ktp_lost.',
    ]


@pytest.mark.parametrize(
    ("file", "old", "new", "field"),
    [
        ("office.yml", "2026-12-31", "2026-11-23", "valid_until"),
        ("office.yml", "information: 4", "information: 6", "limits.information"),
    ],
)
def test_warnings_do_not_stop(tmp_path: Path, file: str, old: str, new: str, field: str) -> None:
    files = {**FILES, file: FILES[file].replace(old, new)}
    folder = write_office(tmp_path / "offices" / "contoh", files)
    checked = check_offices(folder, date(2026, 11, 24))
    assert [(p.field, p.severity) for p in checked.problems] == [(field, Severity.WARNING)]
    assert set(checked.offices) == set(load_offices(folder)) == {"contoh"}
