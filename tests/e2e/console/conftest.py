"""A browser, and a console with an ordinary day in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pyotp
import pytest
from e2e.console.running import CHROMIUM, RunningConsole
from e2e.console.scene import PASSWORD, an_ordinary_day
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sqlalchemy import select

from wadul.core.actors import SECOND_FACTOR_REQUIRED
from wadul.models import SecondFactor, User

SIZE = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
WAIT = 20_000  # ms; the machine may be busy
expect.set_options(timeout=WAIT)

OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Not longer than a module: while Playwright runs, no test can have an event loop."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (make browser)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningConsole]:
    """One for a module: its tests work on different residents."""
    running = RunningConsole(tmp_path_factory.mktemp("console"), an_ordinary_day)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def open_page(browser: Browser, console: RunningConsole) -> Iterator[OpenPage]:
    """`open_page("sari")`: a browser of its own, logged in; `None` for one that is not.

    A page that reports an error in its scripts fails the test.
    """
    contexts, errors = [], []

    def make(name: str | None, size: dict[str, int] = SIZE, path: str = "/") -> Page:
        context = browser.new_context(
            viewport=size, locale="id-ID", timezone_id="Asia/Jakarta", base_url=console.url
        )
        context.set_default_timeout(WAIT)
        contexts.append(context)
        context.add_init_script("localStorage.setItem('wadul-no-notices', '1')")
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        if name is not None:
            log_in(console, page, name)
            page.goto(path)
        return page

    yield make
    for context in contexts:
        context.close()
    assert errors == []


def log_in(console: RunningConsole, page: Page, name: str) -> None:
    page.goto("/masuk")
    page.fill("#nama", name)
    page.fill("#sandi", PASSWORD)
    page.click("button[type=submit]")
    with console.database.transaction() as session:
        role = session.scalars(select(User.role).where(User.name == name)).one()
    if role in SECOND_FACTOR_REQUIRED:
        page.wait_for_selector("#kode")
        give_code(console, page, name)
    expect(page).not_to_have_url(re.compile("/masuk"))


def give_code(console: RunningConsole, page: Page, name: str) -> None:
    page.fill("#kode", code_of(console, name))
    page.click("button[type=submit] >> nth=0")


def code_of(console: RunningConsole, name: str) -> str:
    """As the authenticator app would show it now; a code that was used before is forgotten."""
    with console.database.transaction() as session:
        factor = session.scalars(
            select(SecondFactor)
            .join(
                User,
                (User.office_id == SecondFactor.office_id) & (User.id == SecondFactor.user_id),
            )
            .where(User.name == name)
        ).one()
        factor.last_step = 0
        secret = console.wadul.sealer.open(factor.secret)
    return pyotp.TOTP(secret).now()
