"""What an operator sent and the outbox held, or could not deliver: another try, days later too."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from integration.console.support import NOW, Desk
from wadul.channels.whatsapp.errors import remedy_for
from wadul.console import present
from wadul.core.states import DeliveryState
from wadul.core.window import WINDOW
from wadul.exceptions import Conflict, NotFound
from wadul.models import Conversation, OutboundMessage, OutgoingFile
from wadul.queries.files import find_by_token
from wadul.queries.thread import show_thread
from wadul.usecases.operator_messages import WindowShut, send_text, try_again
from wadul.usecases.operators import HeldByColleague
from wadul.usecases.outbox import (
    Delivery,
    Result,
    apply_delivery_report,
    lease_deliveries,
    record_results,
    release_held,
)
from wadul.usecases.outgoing_files import LIFETIME, keep_file

pytestmark = pytest.mark.integration

D = DeliveryState
DAY_THREE = NOW + timedelta(days=3)
BASE = "https://wadul.example.id/kirim/"


class Scene:
    """Sari answers one resident."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.conversation_id = desk.says("fotonya mana?").conversation_id

    def send(self, text: str, *, at: datetime = NOW, token: str | None = None) -> None:
        with self.desk.database.transaction() as session:
            send_text(
                session,
                self.desk.actor("sari"),
                self.desk.office,
                self.conversation_id,
                text,
                request_id=uuid4(),
                now=at,
                file_token=token,
                file_base=BASE,
            )

    def upload(self) -> str:
        with self.desk.database.transaction() as session:
            return keep_file(
                session,
                self.desk.actor("sari"),
                name="kk.jpg",
                content_type="image/jpeg",
                sha256="0" * 64,
                size=1000,
                now=NOW,
            ).token

    def lease(self, at: datetime) -> list[Delivery]:
        with self.desk.database.transaction() as session:
            return lease_deliveries(
                session, now=at, lease_seconds=15, limit=10, template_id=lambda *_: None
            )

    def fails(self, delivery: Delivery, code: str, *, reported: bool, at: datetime = NOW) -> None:
        result = Result(delivery, external_id="SM1") if reported else Result(delivery, code=code)
        with self.desk.database.transaction() as session:
            record_results(session, [result], now=at, remedy_for=remedy_for)
            if reported:
                apply_delivery_report(session, "SM1", D.FAILED, code, at, remedy_for)

    def try_again(self, who: str = "sari", *, at: datetime = NOW) -> None:
        with self.desk.database.transaction() as session:
            try_again(session, self.desk.actor(who), self.message().id, now=at)

    def is_fetched(self, token: str, at: datetime) -> bool:
        with self.desk.database.transaction() as session:
            try:
                find_by_token(session, token, at)
            except NotFound:
                return False
            return True

    def message(self) -> OutboundMessage:
        with self.desk.database.transaction() as session:
            return session.scalars(select(OutboundMessage)).one()


@pytest.fixture
def scene(desk: Desk) -> Scene:
    return Scene(desk)


def test_a_photo_that_was_held_can_be_fetched_when_it_goes(scene: Scene) -> None:
    token = scene.upload()
    scene.send("Ini fotonya.", at=NOW + WINDOW, token=token)
    assert scene.lease(NOW + WINDOW) == []
    assert not scene.is_fetched(token, DAY_THREE), "as long as it is held nobody needs it"
    scene.desk.says("mana?", to=scene.conversation_id, at=DAY_THREE)
    with scene.desk.database.transaction() as session:
        assert release_held(session, now=DAY_THREE) == 1
    (delivery,) = scene.lease(DAY_THREE)
    assert delivery.message.media_url == BASE + token
    assert scene.is_fetched(token, DAY_THREE + LIFETIME - timedelta(seconds=1))
    assert not scene.is_fetched(token, DAY_THREE + LIFETIME)


def test_a_photo_that_failed_can_be_fetched_when_it_is_sent_again(scene: Scene) -> None:
    token = scene.upload()
    scene.send("Ini fotonya.", token=token)
    (delivery,) = scene.lease(NOW)
    scene.fails(delivery, "63019", reported=True)
    scene.desk.says("mana?", to=scene.conversation_id, at=DAY_THREE)
    scene.try_again(at=DAY_THREE)
    (again,) = scene.lease(DAY_THREE)
    assert again.message.media_url == BASE + token
    assert scene.is_fetched(token, DAY_THREE)


def test_only_the_messages_own_file_is_renewed(scene: Scene) -> None:
    other, token = scene.upload(), scene.upload()
    scene.send("Ini fotonya.", token=token)
    scene.lease(NOW + timedelta(hours=1))
    assert scene.is_fetched(token, NOW + LIFETIME)
    assert not scene.is_fetched(other, NOW + LIFETIME)
    with scene.desk.database.transaction() as session:
        assert len(session.scalars(select(OutgoingFile)).all()) == 2


@pytest.mark.parametrize("reported", [False, True])
def test_another_try_begins_anew(scene: Scene, reported: bool) -> None:
    scene.send("Besok buka, Bu.")
    (delivery,) = scene.lease(NOW)
    scene.fails(delivery, "63024", reported=reported)
    assert scene.message().state is D.FAILED
    assert scene.lease(NOW + timedelta(hours=1)) == []
    scene.try_again()
    row = scene.message()
    assert (row.state, row.error_code, row.external_id) == (D.QUEUED, None, None)
    (again,) = scene.lease(NOW)
    assert (again.message.text, again.attempt, again.ambiguous) == ("Besok buka, Bu.", 1, False)
    with scene.desk.database.transaction() as session:  # a report about the first try comes late
        apply_delivery_report(session, "SM1", D.FAILED, "63024", NOW, remedy_for)
        record_results(session, [Result(again, "SM2")], now=NOW, remedy_for=remedy_for)
    assert (scene.message().state, scene.message().external_id) == (D.ACCEPTED, "SM2")


def test_another_try_is_not_for_colleagues_nor_for_what_is_on_its_way(scene: Scene) -> None:
    scene.send("Besok buka, Bu.")
    with pytest.raises(Conflict):
        scene.try_again()
    (delivery,) = scene.lease(NOW)
    with pytest.raises(Conflict):
        scene.try_again()
    scene.fails(delivery, "63024", reported=False)
    with pytest.raises(HeldByColleague):
        scene.try_again("dedi")
    assert scene.message().state is D.FAILED


def test_another_try_after_the_window_is_held(scene: Scene) -> None:
    scene.send("Besok buka, Bu.")
    (delivery,) = scene.lease(NOW)
    scene.fails(delivery, "63024", reported=True)
    scene.try_again(at=NOW + WINDOW)
    assert scene.lease(NOW + WINDOW) == []
    assert scene.message().state is D.HELD


@pytest.mark.parametrize(
    ("before", "open_"),
    [(timedelta(microseconds=1), True), (timedelta(0), False), (timedelta(seconds=-1), False)],
    ids=["just before", "at 24 hours", "just after"],
)
def test_composer_and_sender_agree_on_when_the_window_ends(
    scene: Scene, before: timedelta, open_: bool
) -> None:
    at = NOW + WINDOW - before
    with scene.desk.database.transaction() as session:
        sari = scene.desk.actor("sari")
        thread = show_thread(session, sari, scene.conversation_id)
    shown = present.thread(thread, now=at, office=scene.desk.office, me=sari.user_id, lead=False)
    ends = datetime.fromisoformat(shown["window_ends"])
    assert (shown["window_open"], ends > at) == (open_, open_)
    scene.send("Tanpa templat.", at=at)  # held if it must be
    assert len(scene.lease(at)) == open_
    approved = scene.desk.with_approved_templates()
    with scene.desk.database.transaction() as session:
        try:
            send_text(
                session, sari, approved, scene.conversation_id, "x", request_id=uuid4(), now=at
            )
            sent = True
        except WindowShut:
            sent = False
    assert sent is open_


def test_a_held_message_is_not_released_at_exactly_24_hours(scene: Scene) -> None:
    scene.send("Tanpa templat.", at=NOW + WINDOW)
    scene.lease(NOW + WINDOW)
    with scene.desk.database.transaction() as session:
        conversation = session.get_one(Conversation, (scene.desk.office.id, scene.conversation_id))
        conversation.last_inbound_at = NOW + timedelta(hours=1)
    for at, released in (
        (NOW + timedelta(hours=25), 0),
        (NOW + timedelta(hours=24, minutes=59), 1),
    ):
        with scene.desk.database.transaction() as session:
            assert release_held(session, now=at) == released
