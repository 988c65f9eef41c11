"""News make a sound and, for whoever looks elsewhere, a notification of the browser."""

from __future__ import annotations

from typing import Any

import pytest
from e2e.console.conftest import PHONE, SIZE, OpenPage
from e2e.console.running import RunningConsole
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from wadul.models import Ticket

pytestmark = pytest.mark.e2e

RATIH, TARMIDI = "81200000003", "81200000004"

# The browser's own permission, with recorders in place of what people would see and hear. A page
# under Playwright is always in front, so that looking elsewhere is said by hand.
RECORDERS = """
window.told = { notices: [], sounds: 0 };
const real = window.Notification;
window.Notification = class {
  static get permission() { return real.permission; }
  static requestPermission() { window.told.asked = true; return Promise.resolve("granted"); }
  constructor(title, options) {
    window.told.notices.push({ title, ...options });
    window.told.last = this;
  }
};
const nothing = () => {};
const knob = { setValueAtTime: nothing, exponentialRampToValueAtTime: nothing };
window.AudioContext = class {
  currentTime = 0;
  destination = {};
  createOscillator() {
    const start = () => { window.told.sounds += 1; };
    return { frequency: {}, connect: nothing, stop: nothing, start };
  }
  createGain() { return { gain: knob, connect: nothing }; }
};
let hidden = false, focused = true;
Object.defineProperty(document, "hidden", { get: () => hidden });
document.hasFocus = () => focused;
window.look = (where) => {
  hidden = where === "tab"; focused = where === "here";
  document.dispatchEvent(new Event("visibilitychange"));
  window.dispatchEvent(new Event(focused ? "focus" : "blur"));
};
"""


def listening(open_page: OpenPage, console: RunningConsole, who: str = "sari") -> Page:
    """An operator's page that may show notifications."""
    page = open_page(who)
    page.context.grant_permissions(["notifications"], origin=console.url)
    page.context.add_init_script(RECORDERS)
    page.goto("/")
    assert page.evaluate("Notification.permission") == "granted"
    return page


def hold(page: Page, name: str) -> str:
    """Take a conversation over and keep it open in front; returns its address."""
    page.get_by_role("tab", name="Semua").click()
    page.locator(".conv", has_text=name).click()
    page.get_by_role("button", name="Ambil alih").click()
    expect(page.get_by_role("button", name="Kembalikan")).to_be_visible()
    return page.url


def hears(console: RunningConsole, page: Page, who: str, number: str, text: str) -> None:
    """A resident writes, and the page has heard of it."""
    before = page.evaluate("window.wadul_announced || 0")
    with console.database.transaction() as session:
        console.scene(session).says(who, number, text)
    page.wait_for_function("before => (window.wadul_announced || 0) > before", arg=before)


def told(page: Page) -> tuple[int, list[dict[str, Any]]]:
    """Sounds (of two tones each) and notifications."""
    heard = page.evaluate("window.told")
    return heard["sounds"] // 2, heard["notices"]


@pytest.mark.parametrize("away", ["tab", "window"])
def test_a_message_elsewhere_is_heard_and_while_one_is_away_shown(
    console: RunningConsole, open_page: OpenPage, away: str
) -> None:
    page = listening(open_page, console)
    page.get_by_role("tab", name="Antrean").click()
    title = page.title()
    hears(console, page, "Kang Tarmidi", TARMIDI, "pak?")
    assert told(page) == (1, []), "in front the list shows it; a sound is enough"
    page.evaluate("where => look(where)", away)
    hears(console, page, "Kang Tarmidi", TARMIDI, "masih lama?")
    sounds, (notice,) = told(page)
    assert sounds == 2
    assert notice["title"] == "Pesan baru dari Kang Tarmidi"
    assert page.title() == f"(1) {title}"
    page.evaluate("look('here')")
    expect(page).to_have_title(title)
    page.evaluate("told.last.onclick()")
    expect(page).to_have_url(f"{console.url}/percakapan/{notice['tag']}")
    expect(page.locator(".conv-head h2")).to_have_text("Kang Tarmidi")


def test_ones_own_conversation_open_in_front_is_quiet_until_one_looks_away(
    console: RunningConsole, open_page: OpenPage
) -> None:
    page = listening(open_page, console)
    address = hold(page, "Nok Ratih")
    hears(console, page, "Nok Ratih", RATIH, "baik bu")
    expect(page.locator(".msg.in", has_text="baik bu")).to_be_visible()
    assert told(page) == (0, [])
    hears(console, page, "Kang Tarmidi", TARMIDI, "halo?")
    assert told(page) == (1, [])
    page.evaluate("look('tab')")
    hears(console, page, "Nok Ratih", RATIH, "ini nomor KIS saya")
    sounds, (notice,) = told(page)
    assert sounds == 2
    assert address.endswith(notice["tag"])


def test_at_work_on_a_ticket_one_hears_of_messages_and_of_a_lost_connection(
    console: RunningConsole, open_page: OpenPage
) -> None:
    page = listening(open_page, console)
    with console.database.transaction() as session:
        number = session.scalars(
            select(Ticket.number).where(Ticket.description.contains("bolong2"))
        ).one()
    page.goto(f"/laporan/{number}")
    expect(page.get_by_text("Tampilkan pemberitahuan")).to_have_count(0)
    hears(console, page, "Kang Tarmidi", TARMIDI, "ada orang?")
    assert told(page) == (1, [])
    page.evaluate("look('window')")
    hears(console, page, "Kang Tarmidi", TARMIDI, "halo?")
    sounds, (notice,) = told(page)
    assert (sounds, notice["title"]) == (2, "Pesan baru dari Kang Tarmidi")
    page.context.set_offline(True)
    expect(page.locator(".announcer .bar.bad")).to_contain_text("Tulisan Anda tersimpan")
    page.context.set_offline(False)
    expect(page.locator(".announcer .bar")).to_contain_text("Tersambung kembali")


def test_of_two_tabs_one_sounds(console: RunningConsole, open_page: OpenPage) -> None:
    first = listening(open_page, console)
    second = first.context.new_page()
    second.goto("/laporan")
    for page in (first, second):
        page.get_by_role("heading").first.click()  # a page that was touched may sound
        assert page.evaluate("navigator.userActivation.hasBeenActive")
    with console.database.transaction() as session:
        console.scene(session).says("Kang Tarmidi", TARMIDI, "permisi")
    for page in (first, second):
        page.wait_for_function("window.wadul_announced === 1")
    assert told(first)[0] + told(second)[0] == 1


def test_whoever_wants_silence_sees_it_without_hearing_it(
    console: RunningConsole, open_page: OpenPage
) -> None:
    page = listening(open_page, console, "dedi")
    page.goto("/akun")
    page.get_by_label("Bunyikan saat ada pesan baru").uncheck()
    page.goto("/")
    page.evaluate("look('tab')")
    hears(console, page, "Kang Tarmidi", TARMIDI, "pak, saya pulang dulu")
    sounds, notices = told(page)
    assert (sounds, len(notices)) == (0, 1)


def asked(open_page: OpenPage, size: dict[str, int] = SIZE) -> Page:
    """A page whose browser was never asked about notifications."""
    page = open_page("sari", size)
    page.context.add_init_script(RECORDERS)
    page.context.add_init_script(
        "Object.defineProperty(Notification, 'permission', { value: 'default' });"
        "localStorage.removeItem('wadul-no-notices');"
    )
    page.goto("/")
    expect(page.get_by_text("Tampilkan pemberitahuan")).to_be_visible()
    return page


LAST_ROW_IS_ABOVE_THE_QUESTION = """() => {
  const rows = document.querySelector(".rows"), last = [...rows.querySelectorAll(".conv")].pop();
  rows.scrollTo(0, rows.scrollHeight);
  const question = document.querySelector(".bar.ask").getBoundingClientRect();
  return last && last.getBoundingClientRect().bottom <= question.top;
}"""


@pytest.mark.parametrize("size", [PHONE, SIZE], ids=["phone", "desk"])
def test_the_question_about_notifications_hides_no_conversation_and_no_hours(
    open_page: OpenPage, size: dict[str, int]
) -> None:
    page = asked(open_page, size)
    page.get_by_role("tab", name="Semua").click()
    hours, question = page.locator(".crew"), page.locator(".bar.ask")
    expect(hours).to_be_in_viewport(ratio=1)
    expect(question).to_be_in_viewport(ratio=1)
    assert _bottom(question) <= _top(hours)
    page.wait_for_function(LAST_ROW_IS_ABOVE_THE_QUESTION)


def _top(element: Locator) -> float:
    box = element.bounding_box()
    assert box
    return box["y"]


def _bottom(element: Locator) -> float:
    box = element.bounding_box()
    assert box
    return box["y"] + box["height"]


def test_the_page_asks_once_whether_it_may_show_notifications(open_page: OpenPage) -> None:
    page = asked(open_page)
    page.get_by_role("button", name="Tampilkan", exact=True).click()
    expect(page.get_by_text("Tampilkan pemberitahuan")).to_have_count(0)
    assert page.evaluate("told.asked") is True
