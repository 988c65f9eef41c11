"""The queue as operators see it: places, and an expected wait only where it is known."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import pytest
from e2e.console.conftest import OpenPage
from e2e.console.running import RunningConsole
from playwright.sync_api import Locator, Page, expect

from wadul.clock import OFFSET_FILE
from wadul.core.states import HandOffReason
from wadul.models import HandOff, new_id

pytestmark = pytest.mark.e2e


def taken_every(console: RunningConsole, pace: timedelta, count: int) -> None:
    """So many residents were taken this morning, one after the other, while all of them waited."""
    with console.database.transaction() as session:
        conversation = console.scene(session).conversation("81200000001")
        first = console.now - timedelta(hours=1)
        for number in range(count):
            session.add(
                HandOff(
                    office_id=conversation.office_id,
                    id=new_id(),
                    conversation_id=conversation.id,
                    turn_id=uuid4(),
                    reason=HandOffReason.ASKED,
                    queued_at=first - pace,
                    taken_at=first + number * pace,
                    returned_at=first + number * pace,
                    note="",
                )
            )


@contextmanager
def later(console: RunningConsole, by: timedelta) -> Iterator[None]:
    """The office's clock goes on while nothing else happens."""
    file = console.settings.var_dir / OFFSET_FILE
    seconds = float(file.read_text())
    file.write_text(str(seconds + by.total_seconds()))
    yield
    file.write_text(str(seconds))


def waiting(page: Page, name: str) -> Locator:
    return page.locator(".conv", has_text=name).locator(".tags")


def test_everybody_in_the_queue_has_a_place_and_a_wait_where_it_is_known(
    console: RunningConsole, open_page: OpenPage
) -> None:
    page = open_page("sari")
    page.get_by_role("tab", name="Antrean").click()
    expect(waiting(page, "Nok Ratih")).to_contain_text("ke-1, menunggu")
    expect(waiting(page, "Kang Tarmidi")).to_contain_text("ke-2, menunggu")
    expect(waiting(page, "Kang Tarmidi")).not_to_contain_text("lagi")
    taken_every(console, timedelta(minutes=4), 5)
    expect(waiting(page, "Nok Ratih")).to_contain_text("kira-kira 4 menit lagi")
    expect(waiting(page, "Kang Tarmidi")).to_contain_text("kira-kira 8 menit lagi")
    page.get_by_role("tab", name="Semua").click()
    expect(waiting(page, "Kang Tarmidi")).to_contain_text("ke-2, menunggu")
    expect(waiting(page, "Bu Eti")).not_to_contain_text("ke-")


def test_the_minutes_go_up_while_nothing_happens(
    console: RunningConsole, open_page: OpenPage
) -> None:
    page = open_page("sari")
    page.get_by_role("tab", name="Antrean").click()
    expect(waiting(page, "Nok Ratih")).to_contain_text("menunggu 7 mnt")
    with later(console, timedelta(minutes=20)):
        expect(waiting(page, "Nok Ratih")).to_contain_text("menunggu 27 mnt")


def test_without_anybody_on_duty_no_wait_is_claimed(
    console: RunningConsole, open_page: OpenPage
) -> None:
    sari, dedi = open_page("sari"), open_page("dedi")
    sari.get_by_role("tab", name="Antrean").click()
    expect(waiting(sari, "Kang Tarmidi")).to_contain_text("kira-kira 8 menit lagi")
    for page in (sari, dedi):
        page.get_by_role("switch").click()
        expect(page.get_by_role("switch")).to_have_attribute("aria-checked", "false")
    expect(waiting(sari, "Kang Tarmidi")).not_to_contain_text("lagi")
    expect(waiting(sari, "Kang Tarmidi")).to_contain_text("ke-2")
    sari.get_by_role("switch").click()
    expect(waiting(sari, "Kang Tarmidi")).to_contain_text("kira-kira 8 menit lagi")


def test_who_is_taken_leaves_and_the_others_move_up(
    console: RunningConsole, open_page: OpenPage
) -> None:
    sari, dedi = open_page("sari"), open_page("dedi")
    for page in (sari, dedi):
        page.get_by_role("tab", name="Antrean").click()
    sari.locator(".conv", has_text="Nok Ratih").click()
    sari.get_by_role("button", name="Ambil alih").click()
    expect(dedi.locator(".conv", has_text="Nok Ratih")).to_have_count(0)
    expect(waiting(dedi, "Kang Tarmidi")).to_contain_text("ke-1, menunggu")
