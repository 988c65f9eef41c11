"""An open conversation shows the same, read whole or only what came in since."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest

from integration.console.support import NOW, Desk
from wadul.exceptions import NotFound, NotPermitted
from wadul.queries import thread_news
from wadul.queries.thread import PAGE, Thread, show_thread
from wadul.queries.thread_news import Followed, follow_thread
from wadul.usecases.conversation_notes import add_note
from wadul.usecases.operator_messages import send_text
from wadul.usecases.operators import hand_back, take_over

pytestmark = pytest.mark.integration


class Screen:
    """Somebody looks at a conversation."""

    def __init__(self, desk: Desk, who: str, conversation_id: UUID, limit: int = PAGE) -> None:
        self.desk, self.actor, self.id, self.limit = desk, desk.actor(who), conversation_id, limit
        self.known: Followed | None = None
        self.follow()

    def follow(self) -> Thread:
        with self.desk.database.transaction() as session:
            self.known = follow_thread(session, self.actor, self.id, self.known, limit=self.limit)
        return self.known.thread

    def whole(self) -> Thread:
        with self.desk.database.transaction() as session:
            return show_thread(session, self.actor, self.id, limit=self.limit)

    def does(self, use_case: Callable[..., object], *args: object, **keywords: object) -> None:
        with self.desk.database.transaction() as session:
            use_case(session, self.actor, *args, **keywords)


@pytest.fixture
def held(desk: Desk) -> UUID:
    """Sari has it."""
    conversation_id = desk.says("halo").conversation_id
    with desk.database.transaction() as session:
        take_over(session, desk.actor("sari"), conversation_id, now=NOW)
    return conversation_id


@pytest.fixture
def never_whole(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    def arm() -> None:
        def refuse(*_: Any, **__: Any) -> None:
            raise AssertionError("read whole")

        monkeypatch.setattr(thread_news, "show_thread", refuse)

    return arm


@pytest.mark.parametrize("limit", [PAGE, 3])
@pytest.mark.parametrize("who", ["sari", "rina"])
def test_what_came_in_is_added(
    desk: Desk, held: UUID, who: str, limit: int, never_whole: Callable[[], None]
) -> None:
    screen = Screen(desk, who, held, limit)
    never_whole()
    for number in range(5):
        for text in ("masih ada?", "kula badhe tanglet")[: 1 + number % 2]:
            desk.says(text, to=held, at=NOW + timedelta(seconds=number))
        shown = screen.follow()
        assert shown == screen.whole()
    assert shown.brief.unanswered == min(8, limit)


def test_whatever_else_changes_is_seen(desk: Desk, held: UUID) -> None:
    screen = Screen(desk, "sari", held)
    later = NOW + timedelta(minutes=1)
    steps: list[Callable[[], object]] = [
        lambda: screen.does(
            send_text, desk.office, held, "Silakan.", request_id=uuid4(), now=later
        ),
        lambda: desk.says("baik", to=held, at=later),
        lambda: screen.does(add_note, held, "sudah saya telepon", now=later),
        lambda: desk.says("terima kasih", to=held, at=later),
        lambda: screen.does(hand_back, held, note="", now=later),
        lambda: desk.says("halo lagi", to=held, at=later),
        lambda: desk.bot("Halo, ada yang bisa dibantu?", at=later),
    ]
    for step in steps:
        step()
        assert screen.follow() == screen.whole()


def test_what_no_mark_tells_is_seen_after_a_while(
    desk: Desk, held: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = Screen(desk, "sari", held)
    read: list[UUID] = []

    def noted(*args: Any, **keywords: Any) -> Thread:
        read.append(args[2])
        return show_thread(*args, **keywords)

    monkeypatch.setattr(thread_news, "show_thread", noted)
    desk.says("satu", to=held)
    screen.follow()
    assert read == []
    much_later = SimpleNamespace(monotonic=lambda: float("inf"))
    monkeypatch.setattr("wadul.queries.thread_news.time", much_later)
    desk.says("dua", to=held)
    screen.follow()
    assert read == [held]


def test_only_who_may_and_only_what_there_is(desk: Desk, held: UUID) -> None:
    with desk.database.transaction() as session, pytest.raises(NotPermitted):
        follow_thread(session, desk.actor("pelatih"), held)
    with desk.database.transaction() as session, pytest.raises(NotFound):
        follow_thread(session, desk.actor("sari"), uuid4())
