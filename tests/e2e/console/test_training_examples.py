"""Trainers change examples, responses and services in a real browser; the files are the truth."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from e2e.console.conftest import PHONE, SIZE, OpenPage
from e2e.console.test_console_pages import axe, faults, picture, wide  # noqa: F401 - a fixture
from e2e.console.training_scene import LAND, TrainingConsole
from playwright.sync_api import Page, expect
from sqlalchemy import select

from wadul.models import AuditEntry
from wadul.training.similarity import comparable

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrainingConsole]:
    running = TrainingConsole(tmp_path_factory.mktemp("training"), rasa=Path("/bin/false"))
    running.start()
    yield running
    running.stop()


def _changes(before: str, after: str) -> list[str]:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


def _find(page: Page, words: str) -> None:
    page.get_by_label("Cari contoh").fill(words)
    expect(page.locator(".pager [role=status]")).to_have_text("1–1 dari 1")


def _choose(page: Page, label: str) -> None:
    """Only this label's examples, and they are there."""
    select = page.get_by_label("Label", exact=True)
    words = select.locator(f"option[value='{label}']").inner_text().split(" · ")[0]
    select.select_option(label)
    expect(page.locator(".examples li .muted").first).to_contain_text(words)
    expect(page.locator(".pager [role=status]")).not_to_contain_text(re.compile(r"dari \d{3}"))


def test_an_example_is_found_changed_moved_and_deleted(
    console: TrainingConsole, open_page: OpenPage
) -> None:
    file = console.project.nlu / "complaint.yml"
    file.write_text(file.read_text().replace("nlu:\n", "nlu:\n# ditulis tangan\n", 1))
    example = next(each for each in console.corpus().examples if each.label == LAND)
    page = open_page("pelatih", path="/latihan/data")
    _choose(page, LAND)
    _find(page, example.text)
    expect(page.locator(".examples .sentence")).to_have_text(example.text)

    before = file.read_text()
    page.get_by_role("button", name=f"Ubah: {example.text}").click()
    page.get_by_role("textbox", name="Kalimat").fill("patok [baru] (lama) {geser} dicabut orang")
    page.keyboard.press("Enter")
    page.get_by_label("Cari contoh").fill("patok [baru]")
    expect(page.locator(".examples .sentence")).to_have_text(
        "patok [baru] (lama) {geser} dicabut orang"
    )
    assert _changes(before, file.read_text()) == [
        f"-    - {example.source}",
        "+    - patok [[][]baru] (lama) {geser} dicabut orang",
    ]

    before = file.read_text()
    page.get_by_label("Pilih: patok [baru]").check()
    page.get_by_label("Pindahkan ke").select_option("complaint/pbb_tax")
    page.get_by_role("button", name="Pindahkan", exact=True).click()
    expect(page.locator(".toast", has_text="1 kalimat dipindahkan")).to_be_visible()
    page.get_by_label("Label", exact=True).select_option("")
    expect(page.locator(".examples li")).to_contain_text("Pajak (PBB)")  # drawn anew
    (moved,) = console.corpus().by_words[comparable("patok [baru] (lama) {geser} dicabut orang")]
    assert moved.label == "complaint/pbb_tax"
    assert sorted(_changes(before, file.read_text())) == [
        "+    - patok [[][]baru] (lama) {geser} dicabut orang",
        "-    - patok [[][]baru] (lama) {geser} dicabut orang",
    ]
    page.get_by_role("button", name="Hapus: patok [baru]").click()
    page.get_by_role("dialog").get_by_role("button", name="Hapus").click()
    expect(page.locator(".examples")).to_contain_text("Tidak ada contoh yang cocok")
    assert "patok [[][]baru]" not in file.read_text()
    assert "# ditulis tangan" in file.read_text()
    with console.database.transaction() as session:
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.number)).all()
    assert actions[-3:] == ["example_edited", "examples_moved", "examples_removed"]


def test_a_hand_edit_meanwhile_is_not_overwritten(
    console: TrainingConsole, open_page: OpenPage
) -> None:
    page = open_page("pelatih", path="/latihan/data")
    _choose(page, "greet")
    page.get_by_role("button", name=re.compile("^Ubah:")).first.click()
    page.get_by_role("textbox", name="Kalimat").fill("halo dari peramban")
    file = console.project.nlu / "smalltalk.yml"
    file.write_text("# baris baru dari tangan\n" + file.read_text())
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").first).to_contain_text("Berkas berubah sejak dibaca")
    expect(page.get_by_role("textbox", name="Kalimat")).to_have_value("halo dari peramban")
    assert "halo dari peramban" not in file.read_text()
    assert file.read_text().startswith("# baris baru dari tangan\n")
    page.get_by_role("button", name="Simpan").click()  # the page shows the file as it is now
    expect(page.locator(".toast", has_text="Kalimat diubah")).to_be_visible()
    assert "- halo dari peramban\n" in file.read_text()
    assert file.read_text().startswith("# baris baru dari tangan\n")

    page.get_by_role("button", name="Ubah: halo dari peramban").click()
    page.get_by_role("textbox", name="Kalimat").fill("halo lagi")
    file.write_text(file.read_text().replace("- halo dari peramban\n", "- apa kabar\n"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").first).to_contain_text("Berkas berubah sejak dibaca")
    expect(page.locator("main.data")).to_contain_text("Tulisan Anda: halo lagi")
    expect(page.locator(".examples")).to_contain_text("apa kabar")
    assert "halo lagi" not in file.read_text()


def test_findings_while_typing_and_after_saving(
    console: TrainingConsole, open_page: OpenPage
) -> None:
    page = open_page("pelatih", path="/latihan/data")
    known = next(each for each in console.corpus().examples if len(each.text) > 25)
    _choose(page, "greet")
    page.get_by_role("button", name=re.compile("^Ubah:")).first.click()
    page.get_by_role("textbox", name="Kalimat").fill(known.text.upper() + "!")
    expect(page.locator(".examples form .alert")).to_contain_text(known.label)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Kalimat itu sudah ada")
    page.keyboard.press("Escape")

    file = console.project.nlu / "tickets.yml"
    before = file.read_text()
    try:
        file.write_text(before.replace("- intent: ticket_status", "- intent: tiket_status"))
        page.reload()
        finding = page.locator(".findings li", has_text="tiket_status tidak dikenal")
        expect(finding).to_be_visible()
        expect(page.locator(".findings .pill.bad").first).to_be_visible()
        finding.get_by_role("button").click()
        expect(page.locator(".examples li")).to_have_count(1)
        expect(page.locator(".examples li")).to_contain_text("tickets.yml:")

        file.write_text("nlu:\n- intent: greet\n  examples: |\n    - a\n   b: [\n")
        page.reload()
        expect(page.get_by_role("alert")).to_contain_text(re.compile(r"tickets\.yml, baris \d"))
        expect(page.get_by_role("alert")).to_contain_text("Model yang melayani tidak terpengaruh")
        page.goto("/latihan")
        expect(page.locator(".page-head")).to_contain_text(re.compile(r"tickets\.yml, baris \d"))
    finally:
        file.write_text(before)


def test_ten_thousand_pasted_lines_are_shown_before_they_are_written(
    console: TrainingConsole, open_page: OpenPage
) -> None:
    page = open_page("pelatih", path="/latihan/data")
    file = console.project.nlu / "aspiration.yml"
    before = file.read_text()
    lines = [f"usul nomor {n} agar taman [{n}] dibangun" for n in range(9_000)]
    lines += [line.upper() for line in lines[:997]]
    lines += ["telp saya 081298765432 usul wifi", "", "halo"]
    page.get_by_role("button", name="Tambah contoh").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Label").select_option("aspiration")
    dialog.get_by_label("Kalimat, satu per baris").evaluate(
        "(area, text) => { area.value = text; area.dispatchEvent(new Event('input')); }",
        "\n".join(lines),
    )
    expect(dialog).to_contain_text("9.999 baris")
    dialog.get_by_role("button", name="Pratinjau").click()
    expect(dialog.locator(".preview")).to_contain_text("9.001 kalimat baru")
    expect(dialog.locator(".preview")).to_contain_text("997 sudah ada atau berulang")
    expect(dialog.locator(".preview")).to_contain_text("1 ada di label lain")
    expect(dialog.locator(".preview")).to_contain_text("1 disamarkan")
    assert file.read_text() == before

    file.write_text("# tangan\n" + before)
    dialog.get_by_role("button", name="Tulis 9.001 kalimat").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Berkas berubah sejak dibaca")
    assert file.read_text() == "# tangan\n" + before
    dialog.get_by_role("button", name="Pratinjau").click()
    dialog.get_by_role("button", name="Tulis 9.001 kalimat").click()
    expect(dialog.locator(".preview")).to_contain_text("ditulis ke data/nlu/aspiration.yml")
    added = _changes("# tangan\n" + before, file.read_text())
    assert len(added) == 9_001
    assert "+    - telp saya 0812******32 usul wifi" in added
    assert "+    - usul nomor 8999 agar taman [[][]8999] dibangun" in added
    dialog.get_by_role("button", name="Tutup").click()
    file.write_text(before)


def test_responses_are_reworded_added_and_taken_out(
    console: TrainingConsole, open_page: OpenPage
) -> None:
    page = open_page("pelatih", path="/latihan/jawaban")
    before = console.project.domain.read_text()

    def save(name: str, text: str, *, another: bool = False) -> None:
        page.get_by_role("button", name=f"Ubah {name}", exact=True).click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Bunyi", exact=False).first.fill(text)
        if another:
            dialog.get_by_label("Simpan sebagai bunyi tambahan").check()
        dialog.get_by_role("button", name="Simpan").click()

    save("utter_nobody_on_duty", "Nomor {nomer}: nanti dijawab.")
    expect(page.get_by_role("alert")).to_contain_text("Isian {nomer} tidak dikenal")
    page.get_by_role("dialog").get_by_role("button", name="Batal").click()
    new = 'Kantor tutup. "Nomor" Anda *{number}*: dijawab paling lambat {due}.'
    save("utter_nobody_on_duty", new)
    expect(page.locator("tbody")).to_contain_text(new)
    changes = _changes(before, console.project.domain.read_text())
    assert len(changes) == 2
    assert changes[1] == (
        '+    - text: "Kantor tutup. \\"Nomor\\" Anda *{number}*: dijawab paling lambat {due}."'
    )

    save("utter_thanks", "Terima kasih kembali.", another=True)
    expect(page.locator("tbody")).to_contain_text("Terima kasih kembali.")
    assert len(_changes(before, console.project.domain.read_text())) == 3
    page.get_by_role("button", name="Hapus utter_thanks (2)").click()
    page.get_by_role("dialog", name="Yakin?").get_by_role("button", name="Lanjutkan").click()
    expect(page.locator("tbody")).not_to_contain_text("Terima kasih kembali.")
    assert len(_changes(before, console.project.domain.read_text())) == 2


def test_services_that_trainers_change_have_to_be_confirmed_again(
    console: TrainingConsole, open_page: OpenPage
) -> None:
    file = console.settings.offices_dir / "jatibarang/services/kk.yml"
    text = file.read_text().replace("confirmed_by: null", "confirmed_by: Camat")
    file.write_text(text.replace("confirmed_on: null", "confirmed_on: 2026-11-20"))
    page = open_page("pelatih", path="/latihan/layanan")

    def change(field: str, value: str) -> None:
        page.get_by_role("button", name="Ubah Kartu Keluarga (KK)").click()
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_label("Dikonfirmasi oleh")).to_have_count(0)
        dialog.get_by_label(field).fill(value)
        dialog.get_by_role("button", name="Simpan").click()
        expect(dialog).to_have_count(0)
        expect(page.locator(".toast").last).to_contain_text("disimpan")

    before = file.read_text()
    change("Sebutan warga", "kk\nkartu keluarga\nkaka")
    assert "confirmed_by: Camat" in file.read_text()
    assert "  - kaka\n" in file.read_text()
    change("Lama pelayanan", "Dua hari kerja")
    assert "duration: Dua hari kerja" in file.read_text()
    assert "confirmed_by: null" in file.read_text()
    assert before.split("name:")[0] == file.read_text().split("name:")[0]  # comments stay


@pytest.mark.parametrize("path", ["data", "jawaban", "layanan", "hasil"])
@pytest.mark.parametrize("size", [SIZE, PHONE], ids=["desktop", "phone"])
def test_pages_are_accessible_and_fit(
    console: TrainingConsole,
    open_page: OpenPage,
    axe: str,  # noqa: F811
    size: dict[str, int],
    path: str,
) -> None:
    page = open_page("pelatih", size, f"/latihan/{path}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    if path == "data":
        expect(page.locator(".findings .pill").first).to_contain_text("kesalahan")
    page.wait_for_timeout(500)
    assert faults(page, axe) == []
    assert wide(page) <= size["width"]
    picture(page, f"{path}{'-ponsel' if size is PHONE else ''}", "pelatih")
    if path == "data":
        page.get_by_role("button", name="Tambah contoh").click()
        expect(page.get_by_role("dialog")).to_be_visible()
        assert faults(page, axe) == []


def test_the_report_tells_what_was_taken_for_something_else(
    console: TrainingConsole, open_page: OpenPage
) -> None:
    page = open_page("pelatih", path="/latihan/hasil")
    expect(page.locator("tbody tr").first).to_contain_text("tidak dipahami 1")
    expect(page.get_by_role("list", name="Semula dikira lain")).to_contain_text(
        "air pam keruh terus"
    )
    expect(page.get_by_role("list", name="Semula dikira lain")).to_contain_text(
        "ternyata keluhan: Sampah"
    )
