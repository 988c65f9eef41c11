"""An operator's whole way on the running system: a resident chats in the simulator, Rasa answers,
a person takes over, answers, hands back, writes after 24 hours, merges and closes with proof."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

import httpx
import pyotp
import pytest
from e2e.console.scene import PASSWORD, picture
from e2e.running import ROOT, System
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from wadul.clock import OFFSET_FILE, SimulatedClock
from wadul.core.states import Role
from wadul.database import Database
from wadul.settings import Settings
from wadul.supervisor.model import ensure_model
from wadul.usecases.users import add_user, set_duty

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(420)]
expect.set_options(timeout=20_000)

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((path for name in NAMES if (path := shutil.which(name))), None)
MORNING = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)  # half past nine: the office is open
NUMBER = re.compile(r"JTB-\d{6}-\w{4}")
DAY = 24 * 3600
PEOPLE = (
    ("sari", "Sari Wulandari", Role.OPERATOR),
    ("bu.ningsih", "Ningsih Rahayu", Role.SUPERVISOR),
    ("rina", "Rina Inspektorat", Role.INSPECTOR),
)


@dataclass
class Town:
    """The running system and the doors to it."""

    system: System
    browser: Browser
    database: Database

    def later(self, seconds: float) -> None:
        """Everybody's clock moves, through the simulator."""
        shown = httpx.post(
            f"http://127.0.0.1:{self.system.ports['simulator']}/sim/clock",
            json={"move": seconds},
            headers={"X-Simulator": "1"},
            trust_env=False,
        )
        shown.raise_for_status()

    def context(self, width: int = 1280) -> BrowserContext:
        context = self.browser.new_context(
            viewport={"width": width, "height": 860},
            locale="id-ID",
            timezone_id="Asia/Jakarta",
            base_url=f"http://127.0.0.1:{self.system.ports['console']}",
        )
        context.set_default_timeout(20_000)
        context.add_init_script("localStorage.setItem('wadul-no-notices', '1')")
        return context


class Phone:
    """The simulator's page in a tab of its own."""

    def __init__(self, town: Town) -> None:
        self.page = town.context().new_page()
        self.page.goto(f"http://127.0.0.1:{town.system.ports['simulator']}")
        self.heard = self.page.locator(".msg.out .body")

    def write(self, text: str) -> None:
        self.page.fill("#text", text)
        self.page.keyboard.press("Enter")

    def say(self, text: str) -> str:
        """Returns the answer."""
        before = self.heard.count()
        self.write(text)
        expect(self.heard).to_have_count(before + 1, timeout=40_000)
        return self.heard.last.inner_text()


def log_in(town: Town, name: str, width: int = 1280) -> Page:
    """With the second factor where the role needs it, set up on the way."""
    page = town.context(width).new_page()
    page.goto("/masuk")
    page.fill("#nama", name)
    page.fill("#sandi", PASSWORD)
    page.click("button[type=submit]")
    if name != "sari":
        secret = page.locator("code.secret").inner_text().replace(" ", "")
        page.fill("#kode", pyotp.TOTP(secret).now())
        page.click("button[type=submit] >> nth=0")
    expect(page.get_by_role("heading", name="Percakapan")).to_be_visible()
    return page


@pytest.fixture
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (make browser)")
    folder = tmp_path_factory.mktemp("town")
    (folder / "var").mkdir()
    seconds = (MORNING - datetime.now(UTC)).total_seconds()
    (folder / "var" / OFFSET_FILE).write_text(str(seconds))
    offices = folder / "offices"
    shutil.copytree(ROOT / "offices", offices)
    templates = offices / "jatibarang" / "templates.yml"
    sids = count(1)
    approved = re.sub(
        "content_sid: null", lambda _: f"content_sid: HX{next(sids):032d}", templates.read_text()
    )
    templates.write_text(approved)
    environment = {
        "WADUL_SIMULATOR": "on",
        "WADUL_OFFICES_DIR": str(offices),
        "WADUL_MODEL_FILE": str(ensure_model(Settings())),  # templates need no model of their own
    }
    with (
        System(folder, **environment) as system,
        sync_playwright() as playwright,
    ):
        database = Database(f"sqlite:///{folder}/var/wadul.db")
        clock = SimulatedClock(folder / "var" / OFFSET_FILE)
        with database.transaction() as session:
            for name, full_name, role in PEOPLE:
                user = add_user(
                    session,
                    "jatibarang",
                    name=name,
                    full_name=full_name,
                    role=role,
                    password=PASSWORD,
                    now=clock.now(),
                )
                session.flush()
                set_duty(session, "jatibarang", user.id, role is not Role.INSPECTOR)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield Town(system, browser, database)
        browser.close()
        database.close()


def test_the_whole_way_of_an_operator(town: Town) -> None:
    phone = Phone(town)
    number = _file_a_report(phone)
    assert "antrean" in phone.say("mau bicara sama petugas aja").lower()

    lead = log_in(town, "bu.ningsih")
    operator = log_in(town, "sari", width=390)  # two at once, one of them at a phone
    _answer(phone, lead, operator)
    _hand_back(phone, lead)
    _write_after_a_day(town, phone, lead)
    _merge(phone, operator, number)
    _close(phone, lead, number)
    _misconduct(town, phone, operator)


def _file_a_report(phone: Phone) -> str:
    answer = phone.say("pak mau lapor, lampu jalan di desa krasak rt 3 mati semua, gelap sekali")
    for _ in range(4):
        found = NUMBER.search(answer)
        if found:
            return found[0]
        answer = phone.say("ya" if "benar" in answer else "lewati")
    raise AssertionError(answer)


def _answer(phone: Phone, lead: Page, operator: Page) -> None:
    """Taking over silences the bot; a colleague cannot answer as well."""
    lead.get_by_role("tab", name="Antrean").click()
    lead.locator(".conv", has_text="Casmini").click()
    expect(lead.locator(".brief")).to_contain_text("Warga minta berbicara dengan petugas")
    operator.get_by_role("tab", name="Semua").click()
    operator.locator(".conv", has_text="Casmini").click()
    lead.get_by_role("button", name="Ambil alih").click()
    expect(lead.get_by_role("button", name="Kembalikan")).to_be_visible()
    expect(operator.locator("textarea")).to_be_disabled()
    expect(operator.locator(".conv-head")).to_contain_text("Dibantu Ningsih Rahayu")
    before = phone.heard.count()
    phone.write("jam buka kantor berapa?")  # the bot knows this, and must not say it
    expect(lead.locator(".msg.in").last).to_contain_text("jam buka kantor berapa?")
    lead.locator("textarea").fill("Selamat pagi Bu, kami buka sampai 15.30.")
    lead.keyboard.press("Enter")
    expect(phone.heard).to_have_count(before + 1)
    expect(phone.heard.last).to_contain_text("kami buka sampai 15.30")
    expect(lead.locator(".msg.operator .foot .i.read").last).to_be_visible()


def _hand_back(phone: Phone, lead: Page) -> None:
    lead.get_by_role("button", name="Kembalikan").click()
    lead.fill("#catatan-bot", "jam buka kantor")
    lead.get_by_role("button", name="Kembalikan ke bot").click()
    expect(lead.get_by_role("button", name="Ambil alih")).to_be_visible()
    answer = phone.say("makasih bu")
    assert answer.startswith("Tadi petugas kami sudah membantu Bapak/Ibu soal jam buka kantor.")


def _write_after_a_day(town: Town, phone: Phone, lead: Page) -> None:
    """The window is shut: no free words, only a template."""
    town.later(DAY + 120)
    lead.reload()
    expect(lead.locator(".window")).to_contain_text("Jendela 24 jam tertutup")
    expect(lead.locator("textarea")).to_have_count(0)
    before = phone.heard.count()
    lead.get_by_label("Di luar 24 jam").select_option("needs_info")
    lead.get_by_label("Yang ditanyakan").fill("tiang nomor berapa")
    lead.get_by_role("button", name="Kirim templat").click()
    expect(phone.heard).to_have_count(before + 1)
    expect(phone.heard.last).to_contain_text("tiang nomor berapa")


def _merge(phone: Phone, operator: Page, number: str) -> None:
    """A second ticket of the same story, made from the conversation, is joined to the first."""
    operator.get_by_role("button", name="Lihat laporan").click()
    operator.get_by_role("button", name="Buat laporan dari percakapan").click()
    dialog = operator.get_by_role("dialog")
    dialog.get_by_text("lampu jalan di desa krasak").first.click()
    dialog.get_by_label("Topik").select_option("roads_irrigation_drainage")
    dialog.get_by_role("combobox", name=re.compile("^Desa")).select_option("Krasak")
    dialog.get_by_role("button", name="Buat laporan").click()
    expect(operator.locator(".side .card")).to_have_count(2)
    second = next(
        each for each in NUMBER.findall(operator.locator(".side").inner_text()) if each != number
    )
    operator.goto(f"/laporan/{second}")
    neighbour = operator.locator(".neighbour", has_text=number)
    neighbour.get_by_role("button", name="Gabung ke sana").first.click()
    operator.get_by_role("dialog").get_by_role("button", name="Simpan").click()
    expect(operator.locator(".alert", has_text="digabung ke")).to_contain_text(number)
    assert operator.evaluate("document.documentElement.scrollWidth") <= 390


def _close(phone: Phone, lead: Page, number: str) -> None:
    lead.goto(f"/laporan/{number}")
    status = lead.locator(".page-head .pill").first
    for step in ("Verifikasi", "Mulai proses"):
        lead.get_by_role("button", name=step, exact=True).click()
    expect(status).to_have_text("Diproses")
    phone.write("halo")  # the resident writes again: the window is open
    lead.get_by_role("button", name="Jawab warga").click()
    dialog = lead.get_by_role("dialog")
    dialog.locator("textarea").fill("Lampu sudah menyala semua.")
    dialog.get_by_role("button", name="Kirim jawaban").click()
    expect(status).to_have_text("Sudah dijawab")
    expect(phone.heard.filter(has_text="Lampu sudah menyala semua.")).to_have_count(1)
    lead.set_input_files(
        "input[type=file]",
        {"name": "lampu.jpg", "mimeType": "image/jpeg", "buffer": picture("menyala", shift=40)},
    )
    expect(lead.locator("figure .photo img")).to_be_visible()
    lead.get_by_role("button", name="Tutup laporan").click()
    lead.get_by_role("dialog").get_by_role("button", name="Simpan").click()
    expect(status).to_have_text("Selesai")


def _misconduct(town: Town, phone: Phone, operator: Page) -> None:
    """An allegation is for inspectors: an operator sees neither ticket nor words."""
    phone.page.locator("#residents").get_by_text("Pak Warsidi").click()
    expect(phone.heard).to_have_count(0)
    answer = phone.say("saya diminta 300 ribu sama oknum petugas loket waktu bikin kk, ini pungli")
    for _ in range(6):
        if NUMBER.search(answer):
            break
        answer = phone.say("ya" if "benar" in answer else "lewati")
    number = NUMBER.search(answer)
    assert number, answer
    answer_of = operator.goto(f"/laporan/{number[0]}")
    assert answer_of is not None
    assert answer_of.status == 404
    operator.goto("/")
    operator.get_by_role("tab", name="Semua").click()
    expect(operator.locator(".conv", has_text="Casmini")).to_be_visible()
    expect(operator.locator(".conv", has_text="Warsidi")).to_have_count(0)  # who is anonymous
    operator.locator(".conv", has_not_text="Casmini").first.click()
    expect(operator.locator(".stream")).to_contain_text("hanya dapat dibuka inspektur")
    expect(operator.locator(".stream")).not_to_contain_text("300 ribu")
    inspector = log_in(town, "rina")
    inspector.goto(f"/laporan/{number[0]}")
    expect(inspector.locator(".page-head")).to_contain_text(number[0])
    expect(inspector.get_by_text("300 ribu").first).to_be_visible()
