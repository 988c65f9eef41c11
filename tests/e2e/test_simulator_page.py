"""The simulator's page in a real browser; a small gateway answers by Twilio's REST API."""

from __future__ import annotations

import asyncio
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl

import httpx
import pytest
import uvicorn
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright
from playwright.sync_api import Request as BrowserRequest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from twilio.request_validator import RequestValidator

from wadul.settings import Settings
from wadul.simulator.app import create_app, server_for
from wadul.simulator.delivery import Timing

pytestmark = pytest.mark.e2e
expect.set_options(timeout=20_000)

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((path for name in NAMES if (path := shutil.which(name))), None)
GREETING = (
    "*Selamat datang*, Bapak/Ibu. <script>alert(1)</script> Mau apa?\n"
    "1. Lapor _jalan rusak_\n2. Tanya syarat"
)
BUTTONS = {
    "friendly_name": "t",
    "language": "id",
    "types": {
        "twilio/quick-reply": {
            "body": "Apakah sudah benar?",
            "actions": [{"title": "Ya, kirim", "id": "/affirm"}, {"title": "Batal", "id": "/deny"}],
        }
    },
}


@dataclass
class Gateway:
    """Verifies, remembers, and answers a text: a greeting, or buttons when asked for them."""

    settings: Settings
    forms: list[dict[str, str]] = field(default_factory=list)
    jobs: set[asyncio.Task[None]] = field(default_factory=set)

    async def take(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        validator = RequestValidator(self.settings.auth_token)
        url = self.settings.signed_url + request.url.path
        if not validator.validate(url, form, request.headers["x-twilio-signature"]):
            return Response(status_code=403)
        if request.url.path.endswith("/whatsapp"):
            self.forms.append(form)
            task = asyncio.create_task(self.answer(form))
            self.jobs.add(task)
            task.add_done_callback(self.jobs.discard)
        return Response(status_code=204)

    async def answer(self, form: dict[str, str]) -> None:
        account = self.settings.account_sid
        reply = {"From": form["To"], "To": form["From"]}
        async with httpx.AsyncClient(
            base_url=self.settings.api_url,
            auth=(account, self.settings.auth_token),
            trust_env=False,
        ) as http:
            typing = {"messageId": form["MessageSid"], "channel": "whatsapp"}
            await http.post("/v2/Indicators/Typing.json", data=typing)
            await asyncio.sleep(1.5)  # long enough to be seen on a busy machine
            if form["Body"] == "tombol":
                made = await http.post("/v1/Content", json=BUTTONS)
                reply["ContentSid"] = made.json()["sid"]
            else:
                reply["Body"] = GREETING
            await http.post(f"/2010-04-01/Accounts/{account}/Messages.json", data=reply)

    def wait(self, condition: Callable[[dict[str, str]], bool]) -> dict[str, str]:
        end = time.monotonic() + 30
        while time.monotonic() < end:
            if found := [f for f in self.forms if condition(f)]:
                return found[-1]
            time.sleep(0.02)
        raise AssertionError(f"not among {len(self.forms)} webhooks")


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@contextmanager
def serving(server: uvicorn.Server) -> Iterator[None]:
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    var_dir: Path = tmp_path_factory.mktemp("simulator")
    settings = Settings(
        _env_file=None,
        var_dir=var_dir,
        offices_dir=var_dir / "offices",
        gateway_port=free_port(),
        simulator_port=free_port(),
        simulator="on",
        public_url="",
        twilio_api_url="",
    )
    found = Gateway(settings)
    front = Starlette(routes=[Route("/webhooks/twilio/{kind}", found.take, methods=["POST"])])
    doors = uvicorn.Server(uvicorn.Config(front, port=settings.gateway_port, log_level="warning"))
    app = create_app(settings, Timing(sent=0.02, delivered=0.05, read=0.2))
    with serving(doors), serving(server_for(app, settings.simulator_port)):
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium, or else Playwright's own; `make browser` gets one."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


def opened(browser: Browser, gateway: Gateway, width: int, height: int) -> Iterator[Page]:
    """A page that may not complain (a refused act aside) nor ask any other server for anything."""
    base = gateway.settings.simulator_url
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error" and "422" not in message.text:
            complaints.append(message.text)

    def watch(request: BrowserRequest) -> None:
        if not request.url.startswith((base, "data:", "blob:" + base)):
            complaints.append(request.url)

    page = browser.new_page(viewport={"width": width, "height": height})
    page.set_default_timeout(30_000)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", listen)
    page.on("request", watch)
    page.goto(base)
    expect(page.locator("#link-state")).to_have_text("tersambung")
    yield page
    page.close()
    assert complaints == []


@pytest.fixture
def wide(browser: Browser, gateway: Gateway) -> Iterator[Page]:
    yield from opened(browser, gateway, 1280, 800)


@pytest.fixture
def narrow(browser: Browser, gateway: Gateway) -> Iterator[Page]:
    yield from opened(browser, gateway, 390, 844)


def say(page: Page, text: str) -> None:
    page.fill("#text", text)
    page.press("#text", "Enter")


def choose(page: Page, name: str) -> None:
    page.locator("#residents button", has_text=name).click()


def test_a_conversation_with_ticks_marks_and_choices(wide: Page, gateway: Gateway) -> None:
    say(wide, "halo *kantor*")
    expect(wide.locator(".msg.in .body strong")).to_have_text("kantor")
    expect(wide.locator("#office-state")).to_have_text("sedang mengetik…")
    answer = wide.locator(".msg.out .body")
    expect(answer.locator("strong")).to_have_text("Selamat datang")
    expect(answer.locator("em")).to_have_text("jalan rusak")
    expect(answer).to_contain_text("<script>alert(1)</script>")
    expect(answer.locator("script")).to_have_count(0)
    expect(wide.locator(".msg.in .read")).to_have_count(1)
    expect(wide.locator(".msg.out .read")).to_have_count(1)
    expect(wide.locator(".day")).to_have_text("Hari ini")
    wide.locator(".chips button", has_text="Tanya syarat").click()
    gateway.wait(lambda f: f["Body"] == "2")
    expect(wide.locator(".msg.out")).to_have_count(2)
    wide.reload()
    expect(wide.locator(".msg.in")).to_have_count(2)
    expect(wide.locator(".msg.out")).to_have_count(2)


def test_files_and_a_pin(wide: Page, gateway: Gateway) -> None:
    choose(wide, "Nok Ratih")
    wide.click("#attach-button")
    wide.locator("#attach button", has_text="Foto contoh").click()
    wide.locator("#file-thumbs label", has_text="Sampah").click()
    wide.fill("#file-caption", "sampah numpuk pak")
    wide.click("#file-send")
    photo = gateway.wait(lambda f: f["MessageType"] == "image")
    assert (photo["Body"], photo["From"]) == ("sampah numpuk pak", "whatsapp:ID.4100000000000003")
    expect(wide.locator(".msg.in.image img")).to_have_js_property("naturalWidth", 960)
    wide.click("#attach-button")
    wide.locator("#attach button", has_text="Lokasi").click()
    wide.locator("#places button").nth(1).click()
    pin = gateway.wait(lambda f: f["MessageType"] == "location")
    assert float(pin["Latitude"]) < -6.4
    expect(wide.locator(".msg.in.location .map svg")).to_be_visible()
    wide.click("#send")  # nothing written: a voice note
    gateway.wait(lambda f: f.get("MediaContentType0") == "audio/ogg")
    expect(wide.locator(".msg.in.audio .voice small")).to_have_text("0.06")
    with wide.expect_file_chooser() as chooser:
        wide.click("#attach-button")
        wide.locator("#attach button", has_text="Unggah").click()
    letter = {"name": "kk.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"}
    chooser.value.set_files(letter)
    wide.click("#file-send")
    gateway.wait(lambda f: f.get("MediaContentType0") == "application/pdf")
    expect(wide.locator(".msg.in.document")).to_contain_text("kk.pdf")


def test_buttons_of_the_content_api(wide: Page, gateway: Gateway) -> None:
    choose(wide, "Pak Warsidi")
    say(wide, "tombol")
    wide.get_by_role("button", name="Ya, kirim").click()
    form = gateway.wait(lambda f: f.get("ButtonPayload") == "/affirm")
    assert form["Body"] == "Ya, kirim"
    expect(wide.locator(".msg.in .quote")).to_contain_text("Apakah sudah benar?")


def test_the_clock_the_faults_and_the_webhooks(wide: Page, gateway: Gateway) -> None:
    say(wide, "halo lagi")
    expect(wide.locator("#window")).to_contain_text("terbuka")
    wide.get_by_role("button", name="+25 jam").click()
    expect(wide.locator("#window")).to_contain_text("sudah tutup")
    offset = gateway.settings.var_dir / "clock-offset"
    assert offset.read_text() == "90000"
    wide.get_by_role("button", name="Kembali ke sekarang").click()
    expect(wide.locator("#window")).to_contain_text("terbuka")
    wide.get_by_role("button", name="Pasang").click()
    expect(wide.locator("#fault-now")).to_contain_text("2 kiriman berikutnya dijawab 429")
    wide.get_by_role("button", name="Matikan semua").click()
    expect(wide.locator("#fault-now")).to_have_text("Tidak ada gangguan.")
    wide.get_by_role("button", name="Kirim yang palsu").click()
    expect(wide.locator("#webhook-result")).to_contain_text("403")
    wide.get_by_role("button", name="Ulangi 3× bersamaan").click()
    expect(wide.locator("#webhook-result")).to_contain_text("204, 204, 204")
    expect(wide.locator("#log li").first).to_be_visible()


def test_a_new_resident(wide: Page, gateway: Gateway) -> None:
    wide.click("#add-resident")
    wide.fill("#r-name", "Ibu Darsem")
    wide.fill("#r-number", "12")
    wide.locator("#r-save").click()
    expect(wide.locator("#r-error")).to_contain_text("Nomor HP")
    wide.fill("#r-number", "0812 0000 0044")
    wide.locator("#r-save").click()
    expect(wide.locator("#residents [aria-pressed=true]")).to_contain_text("Ibu Darsem")
    say(wide, "pertama kali")
    assert gateway.wait(lambda f: f["Body"] == "pertama kali")["WaId"] == "6281200000044"


def test_on_a_small_screen_the_phone_fills_it_and_the_panel_opens(narrow: Page) -> None:
    assert narrow.evaluate("document.documentElement.scrollWidth") == 390
    box = narrow.locator(".phone").bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (390, 844)
    expect(narrow.locator("#panel")).not_to_be_visible()
    narrow.click("#open-panel")
    expect(narrow.locator("#t-faults")).to_be_visible()
    assert narrow.evaluate("document.getElementById('panel').scrollWidth") <= 390
    narrow.keyboard.press("Escape")
    expect(narrow.locator("#panel")).not_to_be_visible()
    expect(narrow.locator("#text")).to_be_visible()
