"""With the 24-hour window closed only templates go out; without any, words are held."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from e2e.console.conftest import OpenPage
from e2e.console.running import RunningConsole
from e2e.console.scene import an_ordinary_day
from playwright.sync_api import expect
from sqlalchemy import select

from wadul.core.states import Author
from wadul.models import OutboundMessage

pytestmark = pytest.mark.e2e

ETI = "81200000005"


@pytest.fixture(scope="module", params=[True, False], ids=["approved", "none approved"])
def approved(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory, approved: bool) -> Iterator[RunningConsole]:
    running = RunningConsole(tmp_path_factory.mktemp("w"), an_ordinary_day, approved=approved)
    running.start()
    yield running
    running.stop()


def test_outside_the_window(console: RunningConsole, open_page: OpenPage, approved: bool) -> None:
    page = open_page("sari")
    page.get_by_role("tab", name="Semua").click()
    page.locator(".conv", has_text="Bu Eti").click()
    expect(page.locator(".window")).to_contain_text("Jendela 24 jam tertutup")
    if approved:
        expect(page.locator("textarea")).to_have_count(0)
        page.get_by_label("Di luar 24 jam").select_option("needs_info")
        page.get_by_label("Nomor laporan").fill("JTB-261124-7K3F")
        page.get_by_label("Yang ditanyakan").fill("tanggal pindahnya")
        expect(page.locator(".preview")).to_contain_text("tambahan: tanggal pindahnya.")
        page.get_by_role("button", name="Kirim templat").click()
        expect(page.locator(".msg.operator")).to_contain_text("tanggal pindahnya")
        expect(page.locator(".msg.operator .pill")).to_have_text("templat")
    else:
        page.locator("textarea").fill("Silakan datang besok, Bu.")
        page.keyboard.press("Enter")
        expect(page.locator(".msg.operator")).to_contain_text("Silakan datang besok, Bu.")
    with console.database.transaction() as session:
        message = session.scalars(
            select(OutboundMessage).where(OutboundMessage.author == Author.OPERATOR)
        ).one()
        assert message.template == ("needs_info" if approved else None)
        expected = {"1": "JTB-261124-7K3F", "2": "tanggal pindahnya"} if approved else {}
        assert message.template_variables == expected
