"""The inbox in a browser: log in, take over, answer, hand back, two people at once."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from e2e.console.conftest import PHONE, WAIT, OpenPage, give_code
from e2e.console.running import RunningConsole
from e2e.console.scene import PASSWORD
from playwright.sync_api import Page, expect
from sqlalchemy import func, select, update

from wadul.core.actors import Actor
from wadul.core.states import Author, HandledBy
from wadul.models import (
    CannedReply,
    ConsoleSession,
    HandOff,
    OperatorLease,
    OutboundMessage,
    User,
)
from wadul.usecases.canned_replies import delete_reply

pytestmark = pytest.mark.e2e

RATIH, TARMIDI, CASMINI = "81200000003", "81200000004", "81200000001"


def choose(page: Page, name: str, tab: str = "Semua") -> None:
    page.get_by_role("tab", name=tab).click()
    page.locator(".conv", has_text=name).first.click()
    expect(page.locator(".conv-head h2")).to_have_text(re.compile(name))


def words(console: RunningConsole, number: str) -> list[str]:
    """What operators sent to this resident."""
    with console.database.transaction() as session:
        conversation = console.scene(session).conversation(number)
        return list(
            session.scalars(
                select(OutboundMessage.text)
                .where(
                    OutboundMessage.conversation_id == conversation.id,
                    OutboundMessage.author == Author.OPERATOR,
                )
                .order_by(OutboundMessage.id)
            )
        )


def handled_by(console: RunningConsole, number: str) -> HandledBy:
    with console.database.transaction() as session:
        return console.scene(session).conversation(number).handled_by


def test_a_leading_role_sets_up_a_second_factor_and_needs_it_ever_after(
    console: RunningConsole, open_page: OpenPage
) -> None:
    page = open_page(None)
    page.goto("/laporan")
    expect(page).to_have_url(re.compile(r"/masuk\?lanjut=/laporan"))
    page.fill("#nama", "bu.ningsih")
    page.fill("#sandi", "salah-sekali")
    page.click("button[type=submit]")
    expect(page.get_by_role("alert")).to_have_text("Nama pengguna atau kata sandi salah.")
    page.fill("#sandi", PASSWORD)
    page.click("button[type=submit]")
    expect(page.locator(".qr svg")).to_be_visible()
    secret = page.locator("code.secret").inner_text().replace(" ", "")
    page.fill("#kode", "000000")
    page.click("button[type=submit] >> nth=0")
    expect(page.get_by_role("alert")).to_contain_text("Kode salah")
    page.goto("/")
    expect(page).to_have_url(re.compile("/masuk/kode"))
    page.fill("#kode", pyotp.TOTP(secret).now())
    page.click("button[type=submit] >> nth=0")
    expect(page.get_by_role("heading", name="Percakapan")).to_be_visible()
    page.get_by_role("button", name="Akun saya").click()
    page.get_by_role("button", name="Keluar").click()
    page.fill("#nama", "bu.ningsih")
    page.fill("#sandi", PASSWORD)
    page.click("button[type=submit]")
    expect(page.locator("#kode")).to_be_visible()
    expect(page.locator(".qr")).to_have_count(0)
    give_code(console, page, "bu.ningsih")
    expect(page.get_by_role("heading", name="Percakapan")).to_be_visible()


def test_take_over_answer_and_hand_back(console: RunningConsole, open_page: OpenPage) -> None:
    page = open_page("sari")
    choose(page, "Nok Ratih", "Antrean")
    expect(page.locator(".brief")).to_contain_text("Warga minta berbicara dengan petugas")
    expect(page.locator(".brief")).to_contain_text("Bantuan sosial dan BPJS")
    page.get_by_role("button", name="Ambil alih").click()
    expect(page.get_by_role("button", name="Kembalikan")).to_be_visible()
    assert handled_by(console, RATIH) is HandledBy.OPERATOR
    page.fill("textarea", "Selamat pagi, Bu.\nBoleh saya tahu *nomor KIS*-nya?")
    page.keyboard.press("Enter")
    expect(page.locator(".msg.operator .words")).to_have_text(
        "Selamat pagi, Bu.\nBoleh saya tahu nomor KIS-nya?"
    )
    expect(page.locator(".msg.operator .words strong")).to_have_text("nomor KIS")
    expect(page.locator("textarea")).to_have_value("")
    assert words(console, RATIH) == ["Selamat pagi, Bu.\nBoleh saya tahu *nomor KIS*-nya?"]
    page.get_by_role("button", name="Kembalikan").click()
    page.fill("#catatan-bot", "sudah dibantu soal KIS")
    page.get_by_role("button", name="Kembalikan ke bot").click()
    expect(page.locator(".event").last).to_contain_text("sudah dibantu soal KIS")
    assert handled_by(console, RATIH) is HandledBy.BOT
    with console.database.transaction() as session:
        conversation = console.scene(session).conversation(RATIH)
        note = session.scalars(
            select(HandOff.note).where(HandOff.conversation_id == conversation.id)
        ).all()
    assert note == ["sudah dibantu soal KIS"]


def test_typing_a_reply_takes_the_conversation_over(
    console: RunningConsole, open_page: OpenPage
) -> None:
    page = open_page("sari")
    choose(page, "Ibu Casmini")
    page.locator("textarea").press_sequentially("Bu", delay=20)
    expect(page.get_by_role("button", name="Kembalikan")).to_be_visible()
    assert handled_by(console, CASMINI) is HandledBy.OPERATOR
    assert words(console, CASMINI) == []
    page.fill("textarea", "")
    page.locator("textarea").press_sequentially("/salam", delay=20)
    page.keyboard.press("Enter")
    expect(page.locator("textarea")).to_have_value(re.compile("Ibu Casmini. Saya Sari Wulandari"))
    page.get_by_role("button", name="Kirim", exact=True).click()
    expect(page.locator(".msg.operator")).to_have_count(1)


def test_a_new_message_appears_within_a_second_and_is_announced(
    console: RunningConsole, open_page: OpenPage
) -> None:
    page = open_page("dedi")
    choose(page, "Kang Tarmidi")
    page.get_by_role("button", name="Ambil alih").click()
    expect(page.get_by_role("button", name="Kembalikan")).to_be_visible()
    delays = []
    for number in range(4):
        text = f"pesan baru nomor {number}"
        with console.database.transaction() as session:
            console.scene(session).says("Kang Tarmidi", TARMIDI, text)
        start = time.monotonic()
        page.locator(".msg.in", has_text=text).wait_for()
        delays.append(time.monotonic() - start)
    assert sorted(delays)[1] < 1.0, delays  # the machine may be busy for a moment
    page.wait_for_function("window.wadul_announced >= 1")


def test_two_people_cannot_answer_the_same_resident_unknowingly(
    console: RunningConsole, open_page: OpenPage
) -> None:
    with console.database.transaction() as session:
        console.scene(session).says("Pak Dua", "81200000090", "ada orang?")
    sari, dedi = open_page("sari"), open_page("dedi")
    choose(sari, "Pak Dua")
    choose(dedi, "Pak Dua")
    expect(sari.locator(".colleagues")).to_contain_text("Dedi Kurnia juga membuka")
    sari.get_by_role("button", name="Ambil alih").click()
    expect(dedi.locator(".conv-head")).to_contain_text("Dibantu Sari Wulandari")
    expect(dedi.locator("textarea")).to_be_disabled()
    sari.locator("textarea").press_sequentially("Ada, Pak", delay=30)
    expect(dedi.locator(".colleagues")).to_contain_text("Sari Wulandari sedang mengetik")
    sari.keyboard.press("Enter")
    expect(dedi.locator(".msg.operator")).to_contain_text("Ada, Pak")
    assert words(console, "81200000090") == ["Ada, Pak"]


def test_what_residents_write_is_shown_as_text(open_page: OpenPage) -> None:
    page = open_page("sari")
    choose(page, "Jahil")
    expect(page.locator(".msg.in .words")).to_contain_text("<img src=x onerror=")
    expect(page.locator(".msg.in .words")).to_contain_text("=HYPERLINK")
    assert page.locator(".msg img, .msg script, .conv-head b").count() == 0
    assert "bocor" not in page.title()


def test_photo_pin_and_delivery_are_visible(open_page: OpenPage) -> None:
    page = open_page("sari")
    choose(page, "Pak Warsidi")
    photo = page.locator(".photo img")
    expect(photo).to_be_visible()
    assert photo.evaluate("image => image.decode().then(() => image.naturalWidth)") == 480
    expect(page.locator(".pin")).to_contain_text("kantor kecamatan")
    page.locator(".photo").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".lightbox")).to_have_count(0)
    expect(page.locator(".foot .i.read").first).to_have_attribute("aria-label", "Sudah dibaca")
    choose(page, "Jahil")
    expect(page.locator(".fault")).to_contain_text("Gagal terkirim")
    page.get_by_role("button", name="Kirim ulang").click()
    expect(page.locator(".fault")).to_have_count(0)


def test_a_misconduct_report_is_for_inspectors_only(
    console: RunningConsole, open_page: OpenPage
) -> None:
    operator, inspector = open_page("sari"), open_page("rina")
    choose(operator, "Warga")
    expect(operator.locator(".msg").first).to_contain_text("hanya dapat dibuka inspektur")
    expect(operator.locator(".stream")).not_to_contain_text("200rb")
    expect(operator.locator(".side")).to_contain_text("Belum ada laporan")
    operator.get_by_placeholder("Cari nama, nomor, isi pesan, laporan").fill("200rb")
    expect(operator.locator(".rows")).to_contain_text("Tidak ada percakapan yang cocok")
    choose(inspector, "Warga")
    expect(inspector.locator(".stream")).to_contain_text("200rb")
    expect(inspector.locator(".side")).to_contain_text("Pungutan liar dan gratifikasi")


def test_an_anonymous_resident_is_masked_until_somebody_says_why(
    console: RunningConsole, open_page: OpenPage
) -> None:
    page = open_page("sari")
    choose(page, "Pelapor anonim")
    expect(page.locator(".conv-head")).not_to_contain_text("Asep")
    expect(page.locator(".conv-head")).to_contain_text("•••")
    page.get_by_role("button", name="Buka identitas").click()
    expect(page.locator(".conv-head")).to_contain_text("Asep Sembunyi")


def test_an_expired_session_keeps_what_was_written(
    console: RunningConsole, open_page: OpenPage
) -> None:
    with console.database.transaction() as session:
        console.scene(session).says("Bu Sesi", "81200000091", "halo")
    page = open_page("sari")
    choose(page, "Bu Sesi")
    page.get_by_role("button", name="Ambil alih").click()
    page.locator("textarea").press_sequentially("Tulisan yang belum terkirim")
    with console.database.transaction() as session:
        long_ago = console.now.replace(year=2020)
        session.execute(update(ConsoleSession).values(expires_at=long_ago))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/masuk"))
    page.fill("#nama", "sari")
    page.fill("#sandi", PASSWORD)
    page.click("button[type=submit]")
    expect(page.locator(".conv-head h2")).to_have_text("Bu Sesi")
    expect(page.locator("textarea")).to_have_value("Tulisan yang belum terkirim")
    assert words(console, "81200000091") == []


def test_a_prepared_reply_may_be_deleted_while_somebody_uses_it(
    console: RunningConsole, open_page: OpenPage
) -> None:
    with console.database.transaction() as session:
        console.scene(session).says("Bu Siap", "81200000093", "pak?")
    page = open_page("sari")
    choose(page, "Bu Siap")
    page.get_by_role("button", name="Ambil alih").click()
    expect(page.get_by_role("button", name="Kembalikan")).to_be_visible()
    page.locator("textarea").press_sequentially("/tunggu", delay=20)
    page.keyboard.press("Enter")
    expect(page.locator("textarea")).to_have_value(re.compile("Mohon menunggu sebentar"))
    with console.database.transaction() as session:
        reply = session.scalars(select(CannedReply).where(CannedReply.shortcut == "tunggu")).one()
        lead = session.scalars(select(User).where(User.name == "bu.ningsih")).one()
        actor = Actor(lead.id, lead.office_id, lead.name, lead.full_name, lead.role)
        delete_reply(session, actor, reply.id, version=reply.version, now=console.now)
    page.get_by_role("button", name="Kirim", exact=True).click()
    expect(page.locator(".msg.operator")).to_contain_text("Mohon menunggu sebentar")
    page.locator("textarea").press_sequentially("/tu", delay=20)
    expect(page.locator("#saran")).to_contain_text("Penutup")
    expect(page.locator("#saran")).not_to_contain_text("Mohon menunggu")


def test_whoever_works_on_a_ticket_keeps_what_they_hold_and_their_session(
    console: RunningConsole, open_page: OpenPage
) -> None:
    number = "81200000094"
    with console.database.transaction() as session:
        console.scene(session).says("Bu Pegang", number, "halo")
    page = open_page("sari")
    choose(page, "Bu Pegang")
    page.get_by_role("button", name="Ambil alih").click()
    expect(page.get_by_role("button", name="Kembalikan")).to_be_visible()
    page.goto("/laporan")
    expect(page.get_by_role("heading", name="Laporan")).to_be_visible()
    soon, idle = console.now + timedelta(minutes=1), datetime.now(UTC) - timedelta(minutes=90)
    with console.database.transaction() as session:
        held = console.scene(session).conversation(number)
        lease = OperatorLease.conversation_id == held.id
        session.execute(update(OperatorLease).where(lease).values(until=soon))
        own = ConsoleSession.user_id == held.owner_id
        session.execute(update(ConsoleSession).where(own).values(seen_at=idle))

    def signs_of_life() -> tuple[datetime, datetime | None]:
        with console.database.transaction() as session:
            return (
                session.scalars(select(OperatorLease.until).where(lease)).one(),
                session.scalar(select(func.max(ConsoleSession.seen_at)).where(own)),
            )

    page.wait_for_timeout(1000)
    assert signs_of_life() == (soon, idle), "an open page is nobody at work"
    page.keyboard.press("j")
    end = time.monotonic() + WAIT / 1000
    while soon in signs_of_life() and time.monotonic() < end:
        time.sleep(0.1)
    until, seen = signs_of_life()
    assert until > soon + timedelta(minutes=10)
    assert seen
    assert seen > idle + timedelta(minutes=80)


# What the page waits a quarter of a minute for comes after a second.
QUICK = """
const real = window.setTimeout;
window.setTimeout = (call, ms, ...more) => real(call, ms === 15000 ? 1000 : ms, ...more);
"""


def test_after_a_minute_offline_the_page_catches_up_and_what_was_sent_goes_out_once(
    console: RunningConsole, open_page: OpenPage
) -> None:
    number = "81200000092"
    with console.database.transaction() as session:
        console.scene(session).says("Pak Putus", number, "halo")
    page = open_page("sari")
    page.context.add_init_script(QUICK)
    page.goto("/")
    choose(page, "Pak Putus")
    page.get_by_role("button", name="Ambil alih").click()
    expect(page.get_by_role("button", name="Kembalikan")).to_be_visible()
    page.context.set_offline(True)
    page.evaluate("window.socket.io.engine.close()")  # Playwright leaves open sockets alone
    expect(page.locator(".announcer .bar.bad")).to_contain_text("Sambungan terputus")
    box = page.locator("textarea")
    box.fill("Sebentar, Pak.")
    box.press("Enter")
    expect(page.locator(".composer .problem")).to_contain_text("dikirim begitu tersambung")
    page.wait_for_timeout(2500)  # the browser has given up waiting for an answer
    box.press("Enter")
    box.press_sequentially(" Saya cek dulu")
    with console.database.transaction() as session:
        console.scene(session).says("Pak Putus", number, "pesan saat terputus")
    assert words(console, number) == []
    page.context.set_offline(False)
    expect(page.locator(".announcer .bar")).to_contain_text("Tersambung kembali", timeout=30_000)
    expect(page.locator(".announcer .bar.bad")).to_have_count(0)
    expect(page.locator(".msg.in", has_text="pesan saat terputus")).to_be_visible()
    expect(page.locator(".msg.operator")).to_contain_text("Sebentar, Pak.")
    expect(box).to_have_value("Saya cek dulu")
    expect(page.locator(".composer .problem")).to_have_count(0)
    assert words(console, number) == ["Sebentar, Pak."]


def test_on_a_phone_list_and_conversation_take_turns(open_page: OpenPage) -> None:
    page = open_page("sari", PHONE)
    page.get_by_role("tab", name="Semua").click()
    expect(page.locator(".middle")).to_be_hidden()
    page.locator(".conv", has_text="Pak Warsidi").click()
    expect(page.locator(".list")).to_be_hidden()
    expect(page.locator("textarea")).to_be_in_viewport()
    page.get_by_role("button", name="Lihat laporan").click()
    expect(page.locator(".side .card")).to_be_in_viewport()
    page.locator(".side").get_by_role("button", name="Tutup").click()
    page.get_by_role("button", name="Kembali ke daftar").click()
    expect(page.locator(".list")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_duty_is_switched_in_the_rail(console: RunningConsole, open_page: OpenPage) -> None:
    page = open_page("dedi")
    duty = page.get_by_role("switch")
    expect(duty).to_have_attribute("aria-checked", "true")
    duty.click()
    expect(duty).to_have_attribute("aria-checked", "false")
    expect(page.locator(".crew")).not_to_contain_text("Dedi Kurnia")
    duty.click()
    expect(page.locator(".crew")).to_contain_text("Dedi Kurnia")


def test_a_trainer_finds_no_conversations(open_page: OpenPage) -> None:
    page = open_page("pelatih")
    expect(page.get_by_role("heading", name="Pesan yang perlu dinilai")).to_be_visible()
    assert page.goto("/laporan").status == 403  # type: ignore[union-attr]
    assert page.goto("/pengelolaan").status == 404  # type: ignore[union-attr]
