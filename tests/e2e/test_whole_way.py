"""A resident in the simulator's phone files a complaint, on the whole running system."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator

import pytest
from e2e.running import System
from playwright.sync_api import Page, expect, sync_playwright

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
expect.set_options(timeout=20_000)

CHROMIUM = next(
    (p for name in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(name))),
    None,
)
NUMBER = re.compile(r"JTB-\d{6}-\w{4}")


@pytest.fixture
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with System(tmp_path_factory.mktemp("simulated"), WADUL_SIMULATOR="on") as system:
        yield system


@pytest.fixture
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        yield browser.new_page(viewport={"width": 1280, "height": 860})
        browser.close()


def test_a_complaint_from_the_first_word_to_the_ticket(simulated: System, page: Page) -> None:
    page.goto(f"http://127.0.0.1:{simulated.ports['simulator']}")
    answers = page.locator(".msg.out .body")

    def say(text: str) -> str:
        before = answers.count()
        page.fill("#text", text)
        page.keyboard.press("Enter")
        expect(answers).to_have_count(before + 1, timeout=40_000)
        return answers.last.inner_text()

    assert "saya catat" in say("pak mau lapor, jalan di desa krasak rt 3 rusak berlubang dalam")
    page.click("#attach-button")
    page.locator("#attach button", has_text="Foto contoh").click()
    before = answers.count()
    page.click("#file-send")
    expect(answers).to_have_count(before + 1, timeout=40_000)
    expect(answers.last).to_contain_text("sudah benar")
    number = NUMBER.search(say("ya"))
    assert number, answers.last.inner_text()
    expect(page.locator(".msg.in .read").last).to_be_visible()

    ticket = simulated.cli("tickets", "show", number[0])
    assert ticket["desa"] == "Krasak"
    assert "berlubang" in ticket["description"]
    assert [each["state"] for each in ticket["attachments"]] == ["stored"]
    expect(answers.last).to_contain_text("Desember 2026" if "2026-12" in ticket["due_at"] else "20")
