"""Answering in a browser: suggestions, quotes, files, notes to colleagues, words that wait."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest
from e2e.console.conftest import OpenPage
from e2e.console.running import RunningConsole
from e2e.console.scene import VOICE, picture, sound
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from wadul.core.states import Author, DeliveryState, HandledBy, MessageKind
from wadul.models import Conversation, OperatorLease, OutboundMessage
from wadul.office import load_offices

pytestmark = pytest.mark.e2e


def write(console: RunningConsole, who: str, number: str, text: str) -> None:
    with console.database.transaction() as session:
        console.scene(session).says(who, number, text)


def choose(page: Page, name: str) -> None:
    page.get_by_role("tab", name="Semua").click()
    page.locator(".conv", has_text=name).first.click()
    expect(page.locator(".conv-head h2")).to_have_text(re.compile(name))


def take(page: Page, name: str) -> None:
    choose(page, name)
    page.get_by_role("button", name="Ambil alih").click()
    expect(page.get_by_role("button", name="Kembalikan")).to_be_visible()


def sent(console: RunningConsole, number: str) -> list[OutboundMessage]:
    """By operators, oldest first."""
    with console.database.transaction() as session:
        conversation = console.scene(session).conversation(number)
        return list(
            session.scalars(
                select(OutboundMessage)
                .where(
                    OutboundMessage.conversation_id == conversation.id,
                    OutboundMessage.author == Author.OPERATOR,
                )
                .order_by(OutboundMessage.id)
            )
        )


def test_an_answer_is_suggested_and_can_be_changed_before_it_goes(
    console: RunningConsole, open_page: OpenPage
) -> None:
    write(console, "Bu Saran", "81200000060", "pak syarat bikin kk apa saja ya")
    page = open_page("sari")
    take(page, "Bu Saran")
    page.locator(".ideas button").first.click()
    expect(page.locator("textarea")).to_have_value(re.compile("KK"))
    words = page.locator("textarea").input_value()
    page.locator("textarea").fill(f"{words}\nSilakan, Bu.")
    page.keyboard.press("Enter")
    expect(page.locator(".msg.operator .words")).to_contain_text("Silakan, Bu.")
    (message,) = sent(console, "81200000060")
    assert message.text.startswith(words.split("\n")[0])


def test_a_reply_quotes_the_message_it_answers(
    console: RunningConsole, open_page: OpenPage
) -> None:
    for text in ("kk saya hilang", "sama ktp juga rusak"):
        write(console, "Pak Kutip", "81200000061", text)
    page = open_page("sari")
    take(page, "Pak Kutip")
    page.locator(".msg.in", has_text="kk saya hilang").hover()
    page.locator(".msg.in", has_text="kk saya hilang").get_by_label("Balas pesan ini").click()
    expect(page.locator(".chip")).to_contain_text("Membalas: kk saya hilang")
    page.locator("textarea").fill("Bawa surat kehilangan dari polisi.")
    page.keyboard.press("Enter")
    expect(page.locator(".msg.operator .words")).to_contain_text("> kk saya hilang")
    (message,) = sent(console, "81200000061")
    assert message.text == "> kk saya hilang\nBawa surat kehilangan dari polisi."


def test_a_photo_is_sent_and_a_voice_note_is_played(
    console: RunningConsole, open_page: OpenPage
) -> None:
    with console.database.transaction() as session:
        scene = console.scene(session)
        note = scene.says(
            "Bu Suara", "81200000062", kind=MessageKind.AUDIO, files=[VOICE], ago=timedelta(0)
        )
        scene.store(note, sound(), "audio/wav", console.settings.media_store)
    page = open_page("sari")
    take(page, "Bu Suara")
    player = page.locator(".msg.in audio")
    expect(player).to_be_visible()
    seconds = player.evaluate(
        "audio => new Promise((resolve, reject) => {"
        " audio.onloadedmetadata = () => resolve(audio.duration);"
        " audio.onerror = () => reject(audio.error.message); audio.preload = 'auto';"
        " audio.load(); })"
    )
    assert seconds == pytest.approx(0.5, abs=0.05)
    page.set_input_files(
        ".composer input[type=file]",
        {"name": "denah.jpg", "mimeType": "image/jpeg", "buffer": picture("denah loket")},
    )
    expect(page.locator(".chip")).to_contain_text("denah.jpg")
    page.locator("textarea").fill("Ini denah loketnya, Bu.")
    page.keyboard.press("Enter")
    shown = page.locator(".msg.operator .photo img")
    expect(shown).to_be_visible()
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)") == 480


def test_a_note_reaches_the_colleague_who_is_named_and_nobody_else(
    console: RunningConsole, open_page: OpenPage
) -> None:
    write(console, "Pak Catat", "81200000063", "tolong pak")
    page = open_page("sari")
    choose(page, "Pak Catat")
    page.get_by_role("button", name="Catatan", exact=True).click()
    page.locator("textarea").press_sequentially("Tolong dicek @ded", delay=20)
    expect(page.locator("#saran")).to_contain_text("Dedi Kurnia")
    page.keyboard.press("Enter")
    expect(page.locator("textarea")).to_have_value("Tolong dicek @dedi ")
    page.keyboard.press("Enter")
    expect(page.locator(".msg.note")).to_contain_text("Tolong dicek @dedi")
    assert sent(console, "81200000063") == []
    with console.database.transaction() as session:
        conversation = console.scene(session).conversation("81200000063")
        assert conversation.handled_by is HandledBy.BOT, "a note takes nothing over"
    colleague = open_page("dedi")
    colleague.get_by_role("button", name="Kabar").click()
    notice = colleague.locator(".pop.bell a", has_text="Tolong dicek")
    expect(notice).to_contain_text("Sari Wulandari")
    notice.click()
    expect(colleague.locator(".conv-head h2")).to_have_text("Pak Catat")


def test_words_that_wait_for_the_window_are_shown_as_held(
    console: RunningConsole, open_page: OpenPage
) -> None:
    write(console, "Bu Tahan", "81200000064", "pak?")
    page = open_page("sari")
    take(page, "Bu Tahan")
    page.locator("textarea").fill("Besok kami kabari, Bu.")
    page.keyboard.press("Enter")
    expect(page.locator(".msg.operator")).to_be_visible()
    with console.database.transaction() as session:
        session.execute(
            update(OutboundMessage)
            .where(OutboundMessage.text == "Besok kami kabari, Bu.")
            .values(state=DeliveryState.HELD)
        )
    expect(page.locator(".msg.operator .held-words")).to_contain_text(
        "Ditahan sampai warga menulis lagi"
    )
    page.reload()
    # Deliveries are in no mark of the shared board: a list shows them within half a minute or so.
    held = page.locator(".conv", has_text="Bu Tahan").first
    expect(held).to_contain_text("Ditahan", timeout=45_000)


def test_when_an_operator_is_gone_the_resident_is_queued_and_the_supervisor_told(
    console: RunningConsole, open_page: OpenPage
) -> None:
    write(console, "Pak Tinggal", "81200000065", "masih ada orang?")
    operator = open_page("sari")
    take(operator, "Pak Tinggal")
    operator.context.close()  # went home
    with console.database.transaction() as session:
        held = console.scene(session).conversation("81200000065")
        session.execute(
            update(OperatorLease)
            .where(OperatorLease.conversation_id == held.id)
            .values(until=console.now - timedelta(seconds=1))
        )
        key = held.id
    lead = open_page("bu.ningsih")
    lead.get_by_role("tab", name="Antrean").click()
    expect(lead.locator(".conv", has_text="Pak Tinggal")).to_be_visible()
    assert _handled_by(console, key) is HandledBy.QUEUE
    lead.get_by_role("button", name="Kabar").click()
    expect(lead.locator(".pop.bell")).to_contain_text("Percakapan yang dipegang Sari Wulandari")


def _handled_by(console: RunningConsole, conversation_id: UUID) -> HandledBy:
    with console.database.transaction() as session:
        return session.get_one(Conversation, (console.office.id, conversation_id)).handled_by


def test_replies_hours_and_days_off_are_kept_by_those_who_lead(
    console: RunningConsole, open_page: OpenPage
) -> None:
    page = open_page("admin", path="/pengelolaan/balasan")
    page.get_by_role("button", name="Tambah balasan").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Singkatan").fill("parkir")
    dialog.get_by_label("Judul").fill("Tempat parkir")
    dialog.get_by_label("Teks").fill("=CMD() <b>Parkir</b> di belakang, {nama}.")
    dialog.get_by_role("button", name="Simpan").click()
    expect(page.locator("tbody")).to_contain_text("=CMD() <b>Parkir</b>")
    page.goto("/pengelolaan/libur")
    page.get_by_role("button", name="Tambah libur").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Tanggal").fill("2026-12-07")
    dialog.get_by_label("Keterangan").fill("Hari jadi kecamatan")
    dialog.get_by_role("button", name="Simpan").click()
    expect(page.locator("tbody")).to_contain_text("Hari jadi kecamatan")
    page.goto("/pengelolaan/jam")
    page.get_by_role("button", name="Ubah Jumat").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Tutup").fill("14:30")
    dialog.get_by_role("button", name="Simpan").click()
    expect(page.locator("tbody tr", has_text="Jumat")).to_contain_text("14.30")
    office = load_offices(console.settings.offices_dir)["jatibarang"]
    assert [day.name for day in office.holidays_extra][-1] == "Hari jadi kecamatan"
    friday = next(hours for hours in office.hours if "fri" in hours.days)
    assert f"{friday.closes:%H:%M}" == "14:30"
    page.goto("/pengelolaan/catatan")
    expect(page.locator("tbody tr").first).to_contain_text("admin")
