"""One person with accounts at two offices: linking, changing office, what stays shut."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from datetime import timedelta

import pyotp
import pytest
from e2e.console.conftest import PHONE, SIZE, OpenPage, code_of, give_code
from e2e.console.running import SECOND, RunningConsole
from e2e.console.scene import PASSWORD, an_ordinary_day
from e2e.console.test_console_pages import axe, faults, picture, wide  # noqa: F401 - a fixture
from playwright.sync_api import Page, expect
from sqlalchemy import select

from wadul.core.states import Category, Role, TicketKind
from wadul.models import AuditEntry, Ticket
from wadul.usecases.linked_accounts import Linking, link
from wadul.usecases.tickets import TicketDraft
from wadul.usecases.users import add_user, find_user

pytestmark = pytest.mark.e2e

HERE, THERE = "Kecamatan Jatibarang", "Kecamatan Sukamaju"
PEOPLE = (("tuti", Role.SUPERVISOR), ("wawan", Role.OPERATOR), ("yayah", Role.SUPERVISOR))


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningConsole]:
    folder = tmp_path_factory.mktemp("console")
    running = RunningConsole(folder, an_ordinary_day, second_office=True)
    with running.database.transaction() as session:
        scene = running.scene(session, SECOND)
        for name, role in PEOPLE:
            add_user(
                session,
                SECOND,
                name=name,
                full_name=f"{name.title()} Sukamaju",
                role=role,
                password=PASSWORD,
                now=running.now,
            )
        told = scene.says("Bu Romlah", "81300000001", "lampu jalan di desa kami mati")
        turn = scene.answers(told, "Laporan kami terima.", intent="complaint/order_security")
        draft = TicketDraft(TicketKind.COMPLAINT, Category.ORDER_SECURITY, [told])
        scene.files(turn, draft, ago=timedelta(0))
    running.start()
    yield running
    running.stop()


def joined(console: RunningConsole, name: str, other: str) -> None:
    with console.database.transaction() as session:
        accounts = find_user(session, "jatibarang", name), find_user(session, SECOND, other)
        assert link(session, *accounts, now=console.now) is Linking.LINKED


def enrol(console: RunningConsole, page: Page, office: str, name: str) -> None:
    """Log in for the first time and set up the second factor."""
    page.goto("/masuk")
    page.select_option("#kantor", office)
    page.fill("#nama", name)
    page.fill("#sandi", PASSWORD)
    page.click("button[type=submit]")
    secret = page.locator(".secret").inner_text().replace(" ", "")
    page.fill("#kode", pyotp.TOTP(secret).now())
    page.click("button[type=submit] >> nth=0")
    expect(page).not_to_have_url(re.compile("/masuk"))


def menu(page: Page, office: str = HERE) -> None:
    page.get_by_role("button", name=re.compile(f"{office}, ganti kantor")).click()


def go_to(page: Page, office: str) -> None:
    page.get_by_role("region", name="Ganti kantor").get_by_role("button", name=office).click()


def test_somebody_links_two_accounts_and_changes_office(
    console: RunningConsole,
    open_page: OpenPage,
    axe: str,  # noqa: F811
) -> None:
    enrol(console, open_page(None), SECOND, "tuti")
    page = open_page(None)
    enrol(console, page, "jatibarang", "bu.ningsih")
    page.goto("/akun")
    expect(page.get_by_role("button", name="ganti kantor")).to_have_count(0)
    form = page.get_by_role("region", name="Akun di kantor lain")
    form.get_by_label("Nama pengguna di kantor itu").fill("tuti")
    form.get_by_label("Kata sandi di kantor itu").fill("salah-sekali")
    form.get_by_label(f"Kata sandi Anda di {HERE}").fill(PASSWORD)
    form.get_by_role("button", name="Tautkan akun").click()
    expect(form.get_by_role("alert")).to_contain_text("kata sandi di kantor itu salah")
    form.get_by_label("Kata sandi di kantor itu").fill(PASSWORD)
    form.get_by_role("button", name="Tautkan akun").click()
    form.get_by_label("Kode enam angka").fill(code_of(console, "tuti"))
    assert faults(page, axe) == []
    form.get_by_role("button", name="Tautkan akun").click()
    expect(form.get_by_role("status")).to_contain_text("Akun ditautkan")
    expect(form.get_by_role("listitem")).to_contain_text(f"{THERE}tuti · Penyelia")
    for size in (SIZE, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert wide(page) <= size["width"]
    page.set_viewport_size(SIZE)  # type: ignore[arg-type]
    other_tab = page.context.new_page()
    other_tab.goto("/")
    expect(other_tab.locator(".conv").first).to_be_visible()
    menu(page)
    assert faults(page, axe) == []
    go_to(page, THERE)
    expect(page.get_by_role("heading", name="Percakapan", exact=True)).to_be_visible()
    page.get_by_role("tab", name="Semua").click()
    expect(page.locator(".conv")).to_have_count(1)
    expect(page.locator(".conv")).to_contain_text("Bu Romlah")
    expect(page.locator(".rail .office-name")).to_contain_text(THERE)
    expect(other_tab.locator(".rail .office-name")).to_contain_text(THERE)
    with console.database.transaction() as session:
        number = session.scalars(
            select(Ticket.number).where(Ticket.description.contains("bolong2"))
        ).one()
    answer = page.goto(f"/laporan/{number}")
    assert answer is not None
    assert answer.status == 404
    with console.database.transaction() as session:
        logged = {
            (row.office_id, row.actor, row.action, row.subject)
            for row in session.scalars(select(AuditEntry))
        }
    assert (SECOND, "tuti", "refused", f"laporan {number}") in logged
    assert ("jatibarang", "bu.ningsih", "account_linked", f"{SECOND}/tuti") in logged
    assert (SECOND, "tuti", "account_linked", "jatibarang/bu.ningsih") in logged
    assert ("jatibarang", "bu.ningsih", "office_left", f"{SECOND}/tuti") in logged
    assert (SECOND, "tuti", "office_entered", "jatibarang/bu.ningsih") in logged


@pytest.mark.parametrize("size", [SIZE, PHONE], ids=["desktop", "phone"])
def test_the_menu_is_used_with_keys_alone(
    console: RunningConsole,
    open_page: OpenPage,
    axe: str,  # noqa: F811
    size: dict[str, int],
) -> None:
    if size is SIZE:
        joined(console, "sari", "wawan")
    page = open_page("sari", size)
    opener = page.get_by_role("button", name=f"Kantor: {HERE}, ganti kantor")
    expect(opener).to_have_attribute("aria-expanded", "false")
    opener.focus()
    page.keyboard.press("Enter")
    expect(opener).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("region", name="Ganti kantor")).to_contain_text("kantor sekarang")
    assert faults(page, axe) == []
    assert wide(page) <= size["width"]
    if size is SIZE:
        picture(page, "kantor")
    page.keyboard.press("Escape")
    expect(page.get_by_role("region", name="Ganti kantor")).to_have_count(0)
    expect(opener).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    there = page.get_by_role("button", name=f"Kantor: {THERE}, ganti kantor")
    expect(there).to_be_visible()
    expect(page.get_by_role("tab", name="Semua")).to_be_visible()


def test_a_code_is_asked_for_where_the_role_needs_one(
    console: RunningConsole,
    open_page: OpenPage,
    axe: str,  # noqa: F811
) -> None:
    joined(console, "dedi", "yayah")
    page = open_page("dedi")
    menu(page)
    go_to(page, THERE)
    expect(page.get_by_role("alert")).to_contain_text("belum dipasang")
    page.get_by_role("link", name="Tetap di kantor sekarang").click()
    enrol(console, open_page(None), SECOND, "yayah")
    menu(page)
    go_to(page, THERE)
    expect(page.get_by_role("heading", name=f"Kode untuk {THERE}")).to_be_visible()
    assert faults(page, axe) == []
    page.fill("#kode", "000000")
    page.get_by_role("button", name="Lanjut").click()
    expect(page.get_by_role("alert")).to_contain_text("Kode salah")
    give_code(console, page, "yayah")
    expect(page.locator(".rail .office-name")).to_contain_text(THERE)
    page.goto("/pengelolaan/catatan")
    expect(page.locator("tbody tr", has_text="Masuk dari kantor lain").first).to_contain_text(
        "jatibarang/dedi"
    )


def test_an_office_of_nobody_is_refused_and_noted(
    console: RunningConsole, open_page: OpenPage
) -> None:
    page = open_page("admin")
    answer = page.request.post("/kantor", form={"kantor": SECOND})
    assert answer.status == 404
    with console.database.transaction() as session:
        refused = select(AuditEntry.subject).where(
            AuditEntry.actor == "admin", AuditEntry.action == "refused"
        )
        assert session.scalars(refused).all() == [f"kantor {SECOND}"]


def test_an_office_that_is_gone_is_left(console: RunningConsole, open_page: OpenPage) -> None:
    stays, goes = open_page("sari"), open_page("sari")
    menu(goes)
    go_to(goes, THERE)
    expect(goes.locator(".rail .office-name")).to_contain_text(THERE)
    shutil.rmtree(console.settings.offices_dir / SECOND)

    def known(page: Page) -> int:
        page.goto("/akun")
        return page.get_by_role("button", name=re.compile("ganti kantor")).count()

    end = time.monotonic() + 20
    while known(stays):
        assert time.monotonic() < end
    expect(stays.get_by_role("listitem").filter(has_text=SECOND)).to_contain_text(
        "Kantor tidak dilayani lagi"
    )
    goes.goto("/laporan")
    expect(goes).to_have_url(re.compile("/masuk"))
    expect(goes.get_by_role("status")).to_contain_text("Sesi Anda sudah berakhir")
    stays.get_by_role("button", name=f"Lepas tautan {SECOND}").click()
    stays.get_by_role("dialog").get_by_role("button", name="Lepas", exact=True).click()
    expect(stays.get_by_role("region", name="Akun di kantor lain")).to_have_count(0)
