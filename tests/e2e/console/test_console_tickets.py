"""Tickets in a browser: move, answer, close with proof, merge, and who may see what."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from e2e.console.conftest import OpenPage
from e2e.console.running import RunningConsole
from e2e.console.scene import Scene, picture, sound
from playwright.sync_api import Page, expect
from sqlalchemy import select

from wadul.core.states import Category, TicketClass, TicketKind, TicketStatus
from wadul.models import AuditEntry, OutboundMessage, Ticket, TicketEvent, TicketProof, User
from wadul.usecases.console_sessions import end_sessions
from wadul.usecases.tickets import TicketDraft

pytestmark = pytest.mark.e2e


def report(
    console: RunningConsole,
    who: str,
    number: str,
    text: str,
    *,
    desa: str = "Bulak",
    category: Category = Category.ROADS_IRRIGATION_DRAINAGE,
) -> str:
    """A resident files a ticket; returns its number."""
    with console.database.transaction() as session:
        scene = console.scene(session)
        message = scene.says(who, number, text)
        turn = scene.answers(message, "Laporan diterima.", intent="complaint/x")
        draft = TicketDraft(TicketKind.COMPLAINT, category, [message], desa=desa)
        return scene.files(turn, draft, ago=timedelta()).number


def ticket(console: RunningConsole, number: str) -> Ticket:
    with console.database.transaction() as session:
        return session.scalars(select(Ticket).where(Ticket.number == number)).one()


def do(page: Page, action: str, words: str = "", *, save: str = "Simpan") -> None:
    page.get_by_role("button", name=action, exact=True).first.click()
    dialog = page.get_by_role("dialog")
    if words:
        dialog.locator("textarea, input").first.fill(words)
    dialog.get_by_role("button", name=save).click()


def test_from_verification_to_closing_with_a_proof(
    console: RunningConsole, open_page: OpenPage
) -> None:
    number = report(console, "Pak Jalan", "81200000070", "jalan ambles dekat jembatan")
    page = open_page("sari", path=f"/laporan/{number}")
    status = page.locator(".page-head .pill").first
    page.get_by_role("button", name="Verifikasi", exact=True).click()
    expect(status).to_have_text("Diverifikasi")
    do(page, "Minta data", "RT dan RW-nya berapa, Pak?")
    expect(status).to_have_text("Menunggu data warga")
    page.get_by_role("button", name="Mulai proses", exact=True).click()
    expect(status).to_have_text("Diproses")
    assert page.get_by_role("button", name="Tutup laporan").count() == 0, "no answer yet"
    do(page, "Jawab warga", "Sudah diperbaiki hari ini, Pak.", save="Kirim jawaban")
    expect(status).to_have_text("Sudah dijawab")
    do(page, "Tutup laporan")
    expect(page.get_by_role("alert").last).to_contain_text("Sertakan foto bukti")
    page.keyboard.press("Escape")
    page.set_input_files(
        "input[type=file]",
        {"name": "bukti.jpg", "mimeType": "image/jpeg", "buffer": picture("sudah rata", shift=60)},
    )
    expect(page.locator("figure .photo img")).to_be_visible()
    do(page, "Tutup laporan")
    expect(status).to_have_text("Selesai")
    expect(page.locator(".history")).to_contain_text("RT dan RW-nya berapa, Pak?")
    assert ticket(console, number).status is TicketStatus.CLOSED
    with console.database.transaction() as session:
        told = session.scalars(
            select(OutboundMessage.text).where(
                OutboundMessage.conversation_id == ticket(console, number).conversation_id
            )
        ).all()
    assert any("Sudah diperbaiki hari ini, Pak." in text for text in told)
    do(page, "Buka kembali", "warga datang lagi")
    expect(status).to_have_text("Dibuka kembali")


def test_a_proof_that_looks_like_another_photo_warns(
    console: RunningConsole, open_page: OpenPage
) -> None:
    with console.database.transaction() as session:
        number = session.scalars(
            select(Ticket.number).where(Ticket.description.contains("bolong2"))
        ).one()
    page = open_page("sari", path=f"/laporan/{number}")
    page.set_input_files(
        "input[type=file]",
        {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": picture("Jalan berlubang")},
    )
    expect(page.get_by_role("alert")).to_contain_text("sangat mirip dengan foto laporan")
    expect(page.locator("figcaption")).to_contain_text(f"mirip foto laporan {number}")
    with console.database.transaction() as session:
        proof = session.scalars(
            select(TicketProof).where(TicketProof.ticket_id == ticket(console, number).id)
        ).one()
        assert proof.matches[0]["number"] == number
        assert session.scalars(
            select(AuditEntry).where(AuditEntry.action == "proof_matches")
        ).first()


def test_two_tickets_about_the_same_become_one(
    console: RunningConsole, open_page: OpenPage
) -> None:
    first = report(console, "Bu Satu", "81200000071", "lampu jalan mati di blok pasar")
    second = report(console, "Pak Dua", "81200000072", "lampu jalan blok pasar mati sejak kemarin")
    page = open_page("sari", path=f"/laporan/{second}")
    alike = page.locator(".neighbour", has_text=first)
    expect(alike).to_contain_text("mirip")
    alike.get_by_role("button", name="Gabung ke sana").click()
    page.get_by_role("dialog").get_by_role("button", name="Simpan").click()
    expect(page.locator(".alert", has_text="digabung ke")).to_contain_text(first)
    assert ticket(console, second).duplicate_of == ticket(console, first).id
    page.goto(f"/laporan/{first}")
    expect(page.locator(".history")).to_contain_text(f"Digabung dari {second}")


def test_whoever_comes_second_is_told_and_nothing_is_lost(
    console: RunningConsole, open_page: OpenPage
) -> None:
    number = report(console, "Bu Balap", "81200000073", "selokan mampet di desa krasak")
    sari = open_page("sari", path=f"/laporan/{number}")
    dedi = open_page("dedi", path=f"/laporan/{number}")
    dedi.get_by_role("button", name="Jawab warga").click()
    dedi.get_by_role("dialog").locator("textarea").fill("Akan kami cek besok.")
    # The second version reaches Dedi's page before he sends; hold it back to race him.
    dedi.evaluate("window.socket.disconnect()")
    sari.get_by_role("button", name="Verifikasi", exact=True).click()
    expect(sari.locator(".page-head .pill").first).to_have_text("Diverifikasi")
    dedi.evaluate(
        "window.socket.connect(); document.querySelector('dialog[open] [type=submit]').click()"
    )
    expect(dedi.locator("dialog[open] .alert, .page-head .pill").first).to_be_visible()
    history = [event.actor for event in _history(console, number)]
    assert history[:2] == ["resident", "sari"]
    expect(dedi.get_by_role("dialog").locator("textarea")).to_have_value("Akan kami cek besok.")


def _history(console: RunningConsole, number: str) -> list[TicketEvent]:
    with console.database.transaction() as session:
        return list(
            session.scalars(
                select(TicketEvent)
                .where(TicketEvent.ticket_id == ticket(console, number).id)
                .order_by(TicketEvent.id)
            )
        )


def test_a_supervisory_ticket_does_not_exist_for_an_operator(
    console: RunningConsole, open_page: OpenPage
) -> None:
    with console.database.transaction() as session:
        number = session.scalars(
            select(Ticket.number).where(Ticket.class_ == TicketClass.SUPERVISORY)
        ).one()
    operator = open_page("sari")
    for wanted in (number, "JTB-000000-0000", "lain-sekali"):
        answer = operator.goto(f"/laporan/{wanted}")
        assert answer is not None
        assert answer.status == 404
        expect(operator.get_by_role("heading")).to_have_text("Tidak ditemukan")
    operator.goto("/laporan?which=all")
    expect(operator.locator("tbody tr").first).to_be_visible()
    expect(operator.locator("tbody")).not_to_contain_text(number)
    with console.database.transaction() as session:
        refused = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "refused", AuditEntry.actor == "sari")
        ).all()
        assert f"laporan {number}" in {entry.subject for entry in refused}
    inspector = open_page("rina", path=f"/laporan/{number}")
    expect(inspector.locator(".facts")).to_contain_text("oknum petugas loket")


def test_no_page_stays_on_screen_after_its_session(
    console: RunningConsole, open_page: OpenPage
) -> None:
    number = report(console, "Bu Sesi", "81200000097", "pohon tumbang di jalan")
    places = f"/laporan/{number}", "/laporan?which=all&text=pohon", "/pengelolaan/jam"
    first = open_page("bu.ningsih")
    pages = [first, *(first.context.new_page() for _ in places[1:])]
    for page, place in zip(pages, places, strict=True):
        page.goto(place)
        expect(page.locator("main.content")).to_be_visible()
    with console.database.transaction() as session:
        user = session.scalars(select(User).where(User.name == "bu.ningsih")).one()
        end_sessions(session, user.office_id, user.id)
    for page, place in zip(pages, places, strict=True):
        expect(page).to_have_url(f"{console.url}/masuk?lanjut={quote(place, safe='')}")
        expect(page.get_by_role("status")).to_contain_text("Sesi Anda sudah berakhir")


def test_pages_of_another_office_do_not_exist_and_asking_is_logged(
    console: RunningConsole, open_page: OpenPage
) -> None:
    with console.database.transaction() as session:
        elsewhere = Scene(session, replace(console.office, id="lain", code="LHB"), console.now)
        message = elsewhere.says("Warga Lain", "81200000099", "jalan rusak")
        turn = elsewhere.answers(message, "Laporan diterima.", intent="complaint/x")
        draft = TicketDraft(TicketKind.COMPLAINT, Category.OTHER, [message])
        number = elsewhere.files(turn, draft, ago=timedelta()).number
    page = open_page("sari")
    for path in (f"/laporan/{number}", f"/percakapan/{turn.conversation_id}"):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 404, path
        expect(page.get_by_role("heading")).to_have_text("Tidak ditemukan")
    with console.database.transaction() as session:
        refused = session.scalars(
            select(AuditEntry.subject).where(
                AuditEntry.action == "refused", AuditEntry.actor == "sari"
            )
        ).all()
    assert {f"laporan {number}", f"percakapan {turn.conversation_id}"} <= set(refused)


def test_a_ticket_is_made_of_some_messages(console: RunningConsole, open_page: OpenPage) -> None:
    page = open_page("sari")
    page.get_by_role("tab", name="Semua").click()
    page.locator(".conv", has_text="Ibu Casmini").click()
    page.get_by_role("button", name="Buat laporan dari percakapan").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("biayanya?").click()
    dialog.get_by_label("Topik").select_option("civil_registration")
    dialog.get_by_role("button", name="Buat laporan").click()
    expect(page.locator(".side .card")).to_contain_text("Kependudukan")
    expect(page.locator(".stream")).to_contain_text("Petugas sudah mencatat laporan")


def test_table_filters_sorts_assigns_and_remembers(
    console: RunningConsole, open_page: OpenPage
) -> None:
    numbers = [
        report(console, f"Warga {n}", f"8120000008{n}", f"sampah menumpuk {n}", desa="Kebulen",
               category=Category.WASTE_ENVIRONMENT)
        for n in range(3)
    ]  # fmt: skip
    page = open_page("sari", path="/laporan")
    page.get_by_role("button", name="Saring", exact=True).click()
    page.locator(".filter-bar label", has_text=re.compile("^Desa")).locator("select").select_option(
        "Kebulen"
    )
    expect(page.locator("tbody tr")).to_have_count(3)
    expect(page).to_have_url(re.compile("desa=Kebulen"))
    page.get_by_role("button", name="Nomor").click()
    expect(page.locator("tbody a").first).to_have_text(min(numbers))
    page.get_by_label("Pilih semua di halaman ini").check()
    page.get_by_label("Tugaskan kepada").select_option(label="Saya")
    page.get_by_role("button", name="Tugaskan", exact=True).click()
    expect(page.locator("tbody td.c6").first).to_have_text("Sari Wulandari")
    page.get_by_role("button", name="Simpan saringan").click()
    page.get_by_label("Nama saringan").fill("Kebulen saja")
    page.get_by_role("button", name="Simpan", exact=True).click()
    saved = page.get_by_role("button", name="Kebulen saja", exact=True)
    expect(saved).to_be_visible()
    page.goto("/laporan")
    saved.click()
    expect(page.locator("tbody tr")).to_have_count(3)
    page.get_by_label("Cari laporan").fill(numbers[1])
    expect(page.locator("tbody tr")).to_have_count(1)
    page.locator("tbody tr").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(numbers[1]))


def test_what_the_table_shows_is_downloaded_for_a_spreadsheet(
    console: RunningConsole, open_page: OpenPage
) -> None:
    formula = report(
        console, "=1+1", "81200000086", '=HYPERLINK("http://x")', desa="Malangsemirang"
    )
    page = open_page("sari", path="/laporan?desa=Malangsemirang")
    expect(page.locator("tbody tr")).to_have_count(1)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Unduh CSV").click()
    file = waiting.value
    assert file.suggested_filename == f"laporan-jatibarang-{console.now:%Y-%m-%d}.csv"
    with Path(file.path()).open(encoding="utf-8-sig", newline="") as lines:
        (line,) = csv.DictReader(lines, delimiter=";")
    assert (line["Nomor"], line["Desa"]) == (formula, "Malangsemirang")
    assert (line["Isi laporan"], line["Pelapor"]) == ('\'=HYPERLINK("http://x")', "'=1+1")
    expect(page.get_by_role("heading", name="Laporan")).to_be_visible()
    inspector = open_page("rina", path="/pengelolaan/catatan")
    row = inspector.locator("tbody tr", has_text="Mengunduh laporan").first
    expect(row).to_contain_text("sari")
    expect(row).to_contain_text("1 laporan")


@pytest.mark.parametrize(
    ("name", "content", "fits"),
    [
        ("foto.jpg", b"MZ\x90\x00" + b"\x00" * 600, False),
        ("gambar.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", False),
        ("suara.jpg", sound(), False),
        ("besar.jpg", b"\xff\xd8\xff\xe0" + b"\x00" * 20 * 1_048_576, False),
        ("foto.png", picture("baik"), True),
    ],
)
def test_uploads_are_judged_by_what_they_are(
    console: RunningConsole, open_page: OpenPage, name: str, content: bytes, fits: bool
) -> None:
    page = open_page("sari")
    answer = page.request.post(
        "/unggah",
        multipart={"berkas": {"name": name, "mimeType": "image/jpeg", "buffer": content}},
    )
    assert answer.status == (200 if fits else 422), answer.text()
    if fits:
        shown = page.request.get(answer.json()["url"])
        assert shown.headers["content-type"] == "image/jpeg"
        assert "sandbox" in shown.headers["content-security-policy"]
        fetched = page.request.get(f"/kirim/{answer.json()['token']}")
        assert fetched.body() == content
        assert page.request.get("/kirim/anything-else").status == 404
    else:
        assert answer.json()["problem"].startswith("Berkas")


def test_pages_of_other_origins_and_strangers_get_nothing(open_page: OpenPage) -> None:
    stranger = open_page(None)
    for path in ("/lampiran/00000000-0000-0000-0000-000000000000", "/bukti/x"):
        assert stranger.request.get(path).status == 404
    assert stranger.request.post("/unggah", multipart={"a": "b"}).status == 401
    page = open_page("sari")
    foreign = page.request.post("/keluar", headers={"Origin": "http://jahat.example"})
    assert foreign.status == 403
    page.reload()
    expect(page.get_by_role("heading", name="Percakapan")).to_be_visible()
    frame = page.request.get("/")
    assert frame.headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in frame.headers["content-security-policy"]
