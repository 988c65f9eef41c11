"""An office changes its own data and its message templates in a browser; everybody sees it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from e2e.console.conftest import PHONE, OpenPage
from e2e.console.running import RunningConsole
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.e2e

SID = f"HX{'1a' * 16}"


def content(console: RunningConsole, file: str) -> list[str]:
    path: Path = console.settings.offices_dir / "jatibarang" / file
    return path.read_text().splitlines()


def changed(before: list[str], after: list[str]) -> list[str]:
    """The lines that are new, where no line came or went."""
    assert len(before) == len(after)
    return [new.strip() for old, new in zip(before, after, strict=True) if old != new]


def edit(page: Page, what: str) -> Locator:
    page.get_by_role("button", name=f"Ubah {what}", exact=True).click()
    return page.get_by_role("dialog")


def save(dialog: Locator) -> None:
    dialog.get_by_role("button", name="Simpan").click()


def test_the_offices_own_data_is_edited_and_confirmed(
    console: RunningConsole, open_page: OpenPage
) -> None:
    before = content(console, "office.yml")
    page = open_page("admin", path="/pengelolaan/kantor")
    dialog = edit(page, "telepon")
    dialog.get_by_label("Telepon").fill("menyusul")
    save(dialog)
    expect(dialog.get_by_role("alert")).to_have_text(
        'Telepon: harus nomor telepon, misalnya "(0234) 123456".'
    )
    expect(dialog.get_by_label("Telepon")).to_have_value("menyusul")
    dialog.get_by_label("Telepon").fill("(0234) 271234")
    save(dialog)
    expect(page.locator("tbody")).to_contain_text("(0234) 271234")
    dialog = edit(page, "titik lokasi")
    dialog.get_by_label("Garis lintang").fill("-6,4712")
    save(dialog)
    expect(page.locator("tbody")).to_contain_text("-6,4712; 108,308")
    dialog = edit(page, "konfirmasi profil")
    dialog.get_by_label("Dikonfirmasi oleh").fill("Camat Jatibarang")
    save(dialog)
    expect(dialog.get_by_role("alert")).to_contain_text("nama dan tanggal konfirmasi bersama-sama")
    dialog.get_by_label("Tanggal konfirmasi").fill("2026-11-24")
    save(dialog)
    row = page.locator("tbody tr", has_text="Konfirmasi profil")
    expect(row.locator(".pill")).to_have_text("Sudah")
    assert changed(before, content(console, "office.yml")) == [
        "lat: -6.4712",
        "phone: (0234) 271234",
        "confirmed_by: Camat Jatibarang",
        'confirmed_on: "2026-11-24"',
    ]
    audit = open_page("rina", path="/pengelolaan/catatan")
    entry = audit.locator("tbody tr", has_text="Mengubah isi kantor").first
    expect(entry).to_contain_text("office.yml")


def test_emergency_numbers_are_confirmed_added_and_deleted(
    console: RunningConsole, open_page: OpenPage
) -> None:
    page = open_page("admin", path="/pengelolaan/kantor")
    row = page.locator("tbody tr", has_text="113 ·")
    expect(row.locator(".pill")).to_have_text("Belum")
    dialog = edit(page, "nomor darurat 113")
    dialog.get_by_label("Dikonfirmasi oleh").fill("Komandan pos")
    dialog.get_by_label("Tanggal konfirmasi").fill("2026-11-24")
    save(dialog)
    expect(row.locator(".pill")).to_have_text("Sudah")
    page.get_by_role("button", name="Tambah nomor darurat").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Untuk").select_option(label="Kebakaran")
    dialog.get_by_label("Nama layanan").fill("Pos Damkar Jatibarang")
    dialog.get_by_label("Nomor", exact=True).fill("(0234) 351113")
    save(dialog)
    expect(page.locator("tbody")).to_contain_text("(0234) 351113 · Pos Damkar Jatibarang")
    page.get_by_role("button", name="Hapus nomor darurat 115").click()
    ask = page.get_by_role("dialog")
    expect(ask).to_contain_text("bot tidak menyebutnya lagi")
    ask.get_by_role("button", name="Lanjutkan").click()
    expect(page.locator("tbody")).not_to_contain_text("115 ·")
    page.get_by_role("button", name="Tambah lembaga rujukan").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Nama").fill("Komnas HAM")
    save(dialog)
    expect(page.locator("tbody")).to_contain_text("Komnas HAM")
    text = "\n".join(content(console, "office.yml"))
    assert '- {name: "Komnas HAM"}' in text
    assert "# Nomor darurat, yang paling penting di atas." in text
    assert 'number: "115"' not in text


def test_limits_and_spellings_are_changed_on_a_phone(
    console: RunningConsole, open_page: OpenPage
) -> None:
    before = content(console, "office.yml")
    page = open_page("admin", path="/pengelolaan/kantor", size=PHONE)
    dialog = edit(page, "batas waktu (hari kerja)")
    dialog.get_by_label("Permintaan informasi").fill("9")
    save(dialog)
    expect(dialog.get_by_role("alert")).to_contain_text("dari 1 sampai 5 (hari kerja)")
    dialog.get_by_label("Permintaan informasi").fill("4")
    save(dialog)
    expect(page.locator("tbody")).to_contain_text("Permintaan informasi: 4")
    page.get_by_role("searchbox", name="Saring daftar").fill("sukalila")
    dialog = edit(page, "Desa Sukalila")
    spellings = dialog.get_by_label("Ejaan yang dikenal")
    spellings.fill(spellings.input_value() + ", sukalilo")
    save(dialog)
    expect(page.locator("tbody")).to_contain_text("sukalilo")
    information, village = changed(before, content(console, "office.yml"))
    assert information == "information: 4"
    assert village.endswith("sukalilo]")


def test_whoever_saves_second_is_told_and_keeps_the_words(
    console: RunningConsole, open_page: OpenPage
) -> None:
    first, second = (open_page("admin", path="/pengelolaan/kantor") for _ in range(2))
    late = edit(second, "alamat")
    late.get_by_label("Alamat").fill("Jalan Mayor Dasuki 1")
    dialog = edit(first, "situs")
    dialog.get_by_label("Situs").fill("https://jatibarang.example")
    save(dialog)
    expect(first.locator("tbody")).to_contain_text("https://jatibarang.example")
    save(late)
    expect(late.get_by_role("alert")).to_contain_text("baru saja diubah orang lain")
    expect(late.get_by_label("Alamat")).to_have_value("Jalan Mayor Dasuki 1")
    assert "Jalan Mayor Dasuki 1" not in "\n".join(content(console, "office.yml"))


def test_only_an_admin_finds_these_pages(open_page: OpenPage) -> None:
    page = open_page("bu.ningsih")
    for key in ("kantor", "templat"):
        answer = page.goto(f"/pengelolaan/{key}")
        assert answer is not None
        assert answer.status == 404, key
    page.goto("/pengelolaan/jam")
    expect(page.get_by_role("navigation", name="Pengelolaan")).not_to_contain_text("Kantor")


def test_a_template_is_edited_and_once_approved_operators_can_send_it(
    console: RunningConsole, open_page: OpenPage
) -> None:
    before = content(console, "templates.yml")
    page = open_page("admin", path="/pengelolaan/templat")
    row = page.locator("tbody tr", has_text="wadul_perlu_data")
    expect(row.locator(".pill")).to_have_text("Belum disetujui")
    dialog = edit(page, "wadul_perlu_data")
    dialog.get_by_label("Teks").fill("{{1}}: mohon keterangan {{2}}")
    save(dialog)
    expect(dialog.get_by_role("alert")).to_contain_text("Teks: variabel tidak boleh di awal teks")
    body = "Bapak/Ibu, untuk laporan {{1}} kami perlu keterangan: {{2}}. Mohon balas pesan ini."
    dialog.get_by_label("Teks").fill(body)
    dialog.get_by_label("Nomor konten Twilio").fill("HX123")
    save(dialog)
    expect(dialog.get_by_role("alert")).to_contain_text(
        "Nomor konten Twilio: harus HX dan 32 angka/huruf"
    )
    expect(dialog.get_by_label("Teks")).to_have_value(body)
    dialog.get_by_label("Nomor konten Twilio").fill(SID)
    save(dialog)
    expect(row.locator(".pill")).to_have_text("Disetujui")
    expect(row).to_contain_text("kami perlu keterangan")
    assert changed(before, content(console, "templates.yml")) == [
        f"content_sid: {SID}",
        f'body: "{body}"',
    ]
    operator = open_page("sari")
    operator.get_by_role("tab", name="Semua").click()
    operator.locator(".conv", has_text="Bu Eti").click()
    operator.get_by_label("Di luar 24 jam").select_option("needs_info")
    operator.get_by_label("Nomor laporan").fill("JTB-261124-7K3F")
    operator.get_by_label("Yang ditanyakan").fill("nama desanya")
    expect(operator.locator(".preview")).to_contain_text(
        "untuk laporan JTB-261124-7K3F kami perlu keterangan: nama desanya."
    )
    dialog = edit(page, "wadul_perlu_data")
    dialog.get_by_label("Nomor konten Twilio").fill("")
    save(dialog)
    expect(row.locator(".pill")).to_have_text("Belum disetujui")
    assert (
        "content_sid: null"
        in content(console, "templates.yml")[before.index("- name: wadul_perlu_data") + 1]
    )


def test_a_template_that_was_changed_meanwhile_is_not_overwritten(
    console: RunningConsole, open_page: OpenPage
) -> None:
    page = open_page("admin", path="/pengelolaan/templat")
    dialog = edit(page, "wadul_survei")
    file = console.settings.offices_dir / "jatibarang" / "templates.yml"
    by_hand = file.read_text() + "# catatan tangan\n"
    file.write_text(by_hand)
    dialog.get_by_label("Nomor konten Twilio").fill(SID)
    save(dialog)
    expect(dialog.get_by_role("alert")).to_contain_text("baru saja diubah orang lain")
    assert file.read_text() == by_hand
    page.reload()
    dialog = edit(page, "wadul_survei")
    dialog.get_by_label("Nomor konten Twilio").fill(SID)
    save(dialog)
    row = page.locator("tbody tr", has_text="wadul_survei")
    expect(row.locator(".pill")).to_have_text(re.compile("^Disetujui"))
    assert file.read_text().endswith("# catatan tangan\n")
