"""Everything that the guide says can be done without a mouse, done with the keyboard alone."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from e2e.console.conftest import PHONE, OpenPage
from e2e.console.running import RunningConsole
from e2e.console.scene import picture
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select, update

from wadul.core.states import Category, TicketKind, TicketStatus
from wadul.models import Ticket
from wadul.usecases.tickets import TicketDraft

pytestmark = pytest.mark.e2e


def report(console: RunningConsole, who: str, number: str, text: str, desa: str) -> str:
    """A resident files a ticket; returns its number."""
    with console.database.transaction() as session:
        scene = console.scene(session)
        message = scene.says(who, number, text)
        turn = scene.answers(message, "Laporan diterima.", intent="complaint/x")
        draft = TicketDraft(
            TicketKind.COMPLAINT, Category.ROADS_IRRIGATION_DRAINAGE, [message], desa=desa
        )
        return scene.files(turn, draft, ago=timedelta()).number


def write(console: RunningConsole, who: str, number: str, text: str) -> None:
    with console.database.transaction() as session:
        console.scene(session).says(who, number, text)


NAME = """() => {
  const at = document.activeElement, label = at.labels && at.labels[0];
  return (at.ariaLabel || (label && label.innerText) || at.innerText || "").trim();
}"""


def tab_to(page: Page, name: str) -> None:
    """With Tab alone, to what is called so (icons come before a name)."""
    for _ in range(60):
        if str(page.evaluate(NAME)).endswith(name):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never comes to {name}")


def press(page: Page, button: str, words: str | None = None, save: str = "Simpan") -> None:
    """A button, and what its dialog asks for."""
    tab_to(page, button)
    page.keyboard.press("Enter")
    if words is not None:
        answer(page, words, save)


def answer(page: Page, words: str, save: str = "Simpan") -> None:
    expect(page.get_by_role("dialog").locator("textarea, input").first).to_be_focused()
    page.keyboard.type(words)
    tab_to(page, save)
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_list_of_conversations(console: RunningConsole, open_page: OpenPage) -> None:
    page = open_page("sari")
    page.get_by_role("tab", name="Semua").click()
    expect(page.locator(".conv", has_text="Ibu Casmini")).to_be_visible()
    names = [each.inner_text() for each in page.locator(".conv .name").all()]
    page.locator(".conv").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(page.locator(".conv").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".conv-head h2")).to_have_text(names[1])
    page.locator(".conv").first.focus()
    page.keyboard.press("ArrowUp")
    expect(page.locator(".conv").first).to_be_focused()


def test_escape_empties_the_search(open_page: OpenPage) -> None:
    page = open_page("sari")
    search = page.get_by_label("Cari percakapan")
    search.press_sequentially("Warsidi", delay=20)
    expect(page.locator(".conv")).to_have_count(1)
    search.press("Escape")
    expect(search).to_have_value("")
    expect(page.locator(".conv").nth(2)).to_be_visible()


def test_tabs_and_menus(open_page: OpenPage) -> None:
    page = open_page("sari")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Langsung ke isi")).to_be_focused()
    page.get_by_role("button", name="Akun saya").press("Enter")
    expect(page.get_by_role("link", name="Akun dan keamanan")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Akun dan keamanan")).to_have_count(0)
    page.get_by_role("tab", name="Antrean").press("Enter")
    expect(page.get_by_role("tab", name="Antrean")).to_have_attribute("aria-selected", "true")
    expect(page.locator(".conv", has_text="Nok Ratih")).to_be_visible()


def test_writing_a_reply(console: RunningConsole, open_page: OpenPage) -> None:
    write(console, "Bu Kunci", "81200000040", "pak?")
    page = open_page("sari")
    page.get_by_role("tab", name="Semua").click()
    page.locator(".conv", has_text="Bu Kunci").click()
    page.get_by_role("button", name="Ambil alih").press("Enter")
    expect(page.get_by_role("button", name="Kembalikan")).to_be_visible()
    box = page.locator("textarea")
    box.press_sequentially("/", delay=20)
    options = page.locator("#saran [role=option]")
    expect(options.nth(1)).to_be_visible()
    chosen = page.locator("#saran [aria-selected=true]")
    last = options.last.inner_text()
    box.press("ArrowUp")
    expect(chosen).to_have_text(last, use_inner_text=True)
    box.press("ArrowDown")
    box.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    box.press("Escape")
    expect(page.locator("#saran")).to_have_count(0)
    expect(box).to_have_value("/")
    box.press_sequentially("salam", delay=20)
    expect(chosen).to_be_visible()
    box.press("Tab")
    expect(box).to_have_value(re.compile("Bu Kunci. Saya Sari Wulandari"))
    expect(box).to_be_focused()
    box.fill("Baris satu")
    box.press("Shift+Enter")
    box.press_sequentially("baris dua")
    expect(box).to_have_value("Baris satu\nbaris dua")
    box.press("Enter")
    expect(page.locator(".msg.operator .words")).to_have_text("Baris satu\nbaris dua")
    page.get_by_role("button", name="Kembalikan", exact=True).press("Enter")
    expect(page.locator("#catatan-bot")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#catatan-bot")).to_have_count(0)


def test_on_a_touch_screen_enter_begins_a_line_and_ctrl_enter_sends(
    console: RunningConsole, browser: Browser, open_page: OpenPage
) -> None:
    write(console, "Bu Sentuh", "81200000041", "pak?")
    page = open_page("sari", PHONE)
    touch = browser.new_context(
        viewport=PHONE,  # type: ignore[arg-type]
        has_touch=True,
        is_mobile=True,
        base_url=console.url,
        storage_state=page.context.storage_state(),
    )
    phone = touch.new_page()
    phone.goto("/")
    phone.get_by_role("tab", name="Semua").click()
    phone.locator(".conv", has_text="Bu Sentuh").click()
    phone.get_by_role("button", name="Ambil alih").click()
    box = phone.locator("textarea")
    box.press_sequentially("Baris satu")
    box.press("Enter")
    box.press_sequentially("baris dua")
    expect(box).to_have_value("Baris satu\nbaris dua")
    box.press("Control+Enter")
    expect(phone.locator(".msg.operator .words")).to_have_text("Baris satu\nbaris dua")
    touch.close()


@pytest.mark.parametrize("where", ["conversation", "ticket"])
def test_a_photo_closes_and_the_focus_comes_back(
    console: RunningConsole, open_page: OpenPage, where: str
) -> None:
    page = open_page("sari")
    page.get_by_role("tab", name="Semua").click()
    page.locator(".conv", has_text="Pak Warsidi").click()
    if where == "ticket":
        with console.database.transaction() as session:
            with_photo = Ticket.description.contains("bolong2")
            number = session.scalars(select(Ticket.number).where(with_photo)).one()
        page.goto(f"/laporan/{number}")
    page.locator(".photo").first.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("button", name="Tutup")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".lightbox")).to_have_count(0)
    expect(page.locator(".photo").first).to_be_focused()


def test_the_table_of_tickets(console: RunningConsole, open_page: OpenPage) -> None:
    numbers = [
        report(console, f"Warga {n}", f"8120000005{n}", f"jalan rusak {n}", "Pilangsari")
        for n in range(3)
    ]
    page = open_page("sari", path="/laporan?desa=Pilangsari&sort=number")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(3)
    for key, place in (("j", 0), ("j", 1), ("ArrowDown", 2), ("j", 2), ("k", 1), ("ArrowUp", 0)):
        page.keyboard.press(key)
        expect(rows.nth(place)).to_be_focused()
    page.keyboard.press("k")
    expect(rows.first).to_be_focused()
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.get_by_role("region", name="Laporan terpilih")).to_contain_text("2 dipilih")
    page.keyboard.press("x")
    expect(page.get_by_role("region", name="Laporan terpilih")).to_contain_text("1 dipilih")
    expect(page.get_by_label(f"Pilih {min(numbers)}")).to_be_checked()
    page.keyboard.press("/")
    search = page.get_by_label("Cari laporan")
    expect(search).to_be_focused()
    search.press_sequentially("jxk/", delay=20)
    expect(search).to_have_value("jxk/")
    search.fill("")
    expect(rows).to_have_count(3)
    rows.nth(1).focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(sorted(numbers)[1]))


def test_one_ticket(console: RunningConsole, open_page: OpenPage) -> None:
    number = report(console, "Bu Rinci", "81200000056", "selokan mampet", "Kalimati")
    page = open_page("sari", path=f"/laporan/{number}")
    dialog = page.get_by_role("dialog")
    words = dialog.locator("textarea, input, select").first
    expect(page.get_by_role("button", name="Minta data", exact=True)).to_be_visible()
    for key, title in (
        ("b", "Jawab warga"),
        ("d", "Minta data"),
        ("t", "Tambah keterangan"),
        ("g", "Gabungkan laporan"),
    ):
        page.keyboard.press(key)
        expect(dialog.get_by_role("heading")).to_have_text(title)
        expect(words).to_be_focused()
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
    page.keyboard.press("Control+b")
    expect(dialog).to_have_count(0)
    page.keyboard.press("t")
    answer(page, "bdtg lewat papan ketik")
    expect(page.locator(".history")).to_contain_text("bdtg lewat papan ketik")


def test_a_ticket_from_assignment_to_reopening(
    console: RunningConsole, open_page: OpenPage
) -> None:
    number = report(console, "Pak Tombol", "81200000058", "tanggul retak", "Kalimati")
    page = open_page("bu.ningsih", path=f"/laporan/{number}")
    page.on("filechooser", lambda _: None)  # from now on; it takes Playwright a moment
    status, handed = page.locator(".page-head .pill").first, page.locator(".history .assigned")
    tab_to(page, "Tugaskan kepada")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    page.wait_for_timeout(500)
    expect(handed).to_have_count(0)
    page.keyboard.type("Dedi")
    press(page, "Tugaskan")
    expect(page.locator(".facts")).to_contain_text("Dedi Kurnia")
    expect(handed).to_have_count(1)
    press(page, "Verifikasi")
    expect(status).to_have_text("Diverifikasi")
    press(page, "Minta data", "RT berapa, Pak?")
    expect(status).to_have_text("Menunggu data warga")
    press(page, "Mulai proses")
    expect(status).to_have_text("Diproses")
    press(page, "Teruskan", "Dinas PUPR, perbaikan tanggul")
    expect(status).to_have_text("Diteruskan")
    press(page, "Jawab warga", "Sudah ditambal, Pak.", "Kirim jawaban")
    expect(status).to_have_text("Sudah dijawab")
    tab_to(page, "Tambah bukti")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(
        {"name": "bukti.jpg", "mimeType": "image/jpeg", "buffer": picture("tanggul utuh")}
    )
    expect(page.locator("figure .photo img")).to_be_visible()
    press(page, "Tutup laporan", "")
    expect(status).to_have_text("Selesai")
    press(page, "Buka kembali", "retak lagi")
    expect(status).to_have_text("Dibuka kembali")


def test_a_ticket_is_merged_and_another_is_not_ours(
    console: RunningConsole, open_page: OpenPage
) -> None:
    first, second, third = (
        report(console, f"Bu Gabung {n}", f"8120000006{n}", text, "Kalimati")
        for n, text in enumerate(("talang bocor", "genteng pecah", "sinyal hilang"))
    )
    page = open_page("sari", path=f"/laporan/{second}")
    press(page, "Tindakan lain")
    press(page, "Gabungkan ke laporan lain", first)
    expect(page.locator(".alert", has_text="digabung ke")).to_contain_text(first)
    page.goto(f"/laporan/{third}")
    press(page, "Kerjakan sendiri")
    expect(page.locator(".facts")).to_contain_text("Sari Wulandari")
    press(page, "Tindakan lain")
    press(page, "Bukan kewenangan", "Diskominfo")
    expect(page.locator(".page-head .pill").first).to_have_text("Bukan kewenangan")


def test_a_key_does_nothing_that_the_ticket_does_not_allow(
    console: RunningConsole, open_page: OpenPage
) -> None:
    number = report(console, "Bu Cabut", "81200000057", "tidak jadi", "Kalimati")
    with console.database.transaction() as session:
        change = update(Ticket).where(Ticket.number == number)
        session.execute(change.values(status=TicketStatus.WITHDRAWN))
    page = open_page("sari", path=f"/laporan/{number}")
    expect(page.locator(".page-head .pill").first).to_have_text("Dicabut warga")
    for key in ("b", "d", "z"):
        page.keyboard.press(key)
    page.keyboard.press("t")
    heading = page.get_by_role("dialog").get_by_role("heading")
    expect(heading).to_have_text("Tambah keterangan")
