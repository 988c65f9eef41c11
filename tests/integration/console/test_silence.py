"""After a take-over nothing of the bot's goes out any more, but for what an operator asks for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from integration.console.support import NOW, Desk
from wadul.channels.whatsapp.errors import remedy_for
from wadul.core.delivery import Remedy
from wadul.core.states import Author, DeliveryState, HandledBy
from wadul.models import OutboundMessage
from wadul.queries.thread import show_thread
from wadul.usecases.operator_messages import send_text, try_again
from wadul.usecases.operators import hand_back, return_to_queue, take_over
from wadul.usecases.outbox import (
    Delivery,
    Result,
    apply_delivery_report,
    lease_deliveries,
    record_results,
)

pytestmark = pytest.mark.integration

D = DeliveryState
LATER = NOW + timedelta(hours=1)


class Scene:
    """One conversation whose latest message is on its way, and an operator."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.sari = desk.actor("sari")
        self.conversation_id = desk.says("syarat kk?").conversation_id

    def lease(self, at: datetime = NOW) -> list[Delivery]:
        with self.desk.database.transaction() as session:
            return lease_deliveries(
                session, now=at, lease_seconds=15, limit=10, template_id=lambda *_: None
            )

    def record(self, delivery: Delivery, **result: object) -> None:
        with self.desk.database.transaction() as session:
            record_results(
                session,
                [Result(delivery, **result)],  # type: ignore[arg-type]
                now=NOW,
                remedy_for=remedy_for,
            )

    def report(self, external_id: str, state: D, code: str | None = None) -> None:
        with self.desk.database.transaction() as session:
            apply_delivery_report(session, external_id, state, code, NOW, remedy_for)

    def take_over(self) -> None:
        with self.desk.database.transaction() as session:
            take_over(session, self.sari, self.conversation_id, now=NOW)

    def hand_back(self) -> None:
        with self.desk.database.transaction() as session:
            hand_back(session, self.sari, self.conversation_id, note="", now=NOW)

    def try_again(self, message_id: UUID) -> None:
        with self.desk.database.transaction() as session:
            try_again(session, self.sari, message_id, now=NOW)

    def send(self, text: str) -> None:
        with self.desk.database.transaction() as session:
            send_text(
                session,
                self.sari,
                self.desk.office,
                self.conversation_id,
                text,
                request_id=uuid4(),
                now=NOW,
            )

    def message(self) -> OutboundMessage:
        """The oldest."""
        with self.desk.database.transaction() as session:
            rows = session.scalars(select(OutboundMessage).order_by(OutboundMessage.id))
            found = rows.first()
        assert found is not None
        return found


@pytest.fixture
def scene(desk: Desk) -> Scene:
    return Scene(desk)


def postponed(scene: Scene, delivery: Delivery) -> None:
    scene.record(delivery, code="20429", remedy=Remedy.RETRY, retry_at=NOW)


def window_closed(scene: Scene, delivery: Delivery) -> None:
    scene.record(delivery, code="63016", remedy=Remedy.OPEN_WINDOW)


def refused(scene: Scene, delivery: Delivery) -> None:
    scene.record(delivery, code="63024")


def reported(code: str) -> Callable[[Scene, Delivery], None]:
    def report(scene: Scene, delivery: Delivery) -> None:
        scene.record(delivery, external_id="SM1")
        scene.report("SM1", D.FAILED, code)

    return report


@pytest.mark.parametrize(
    ("fails", "state"),
    [
        (postponed, D.CANCELLED),
        (window_closed, D.CANCELLED),
        (refused, D.FAILED),
        (reported("63018"), D.FAILED),
        (reported("63016"), D.FAILED),
        (reported("63024"), D.FAILED),
    ],
    ids=["postponed", "window", "refused", "reported-busy", "reported-window", "reported-refused"],
)
def test_what_was_under_way_is_not_repeated(
    scene: Scene, fails: Callable[[Scene, Delivery], None], state: D
) -> None:
    scene.desk.bot("Syaratnya KK lama.")
    (delivery,) = scene.lease()
    scene.take_over()
    fails(scene, delivery)
    assert scene.message().state is state
    scene.send("Selamat pagi, Bu.")
    assert [each.message.text for each in scene.lease(LATER)] == ["Selamat pagi, Bu."]
    scene.hand_back()
    scene.desk.says("ya?", to=scene.conversation_id, at=LATER)
    assert scene.message().state is state


def test_a_failure_noted_at_the_moment_of_the_take_over_is_found_when_it_is_due(
    scene: Scene,
) -> None:
    scene.desk.bot("Syaratnya KK lama.")
    (delivery,) = scene.lease()
    postponed(scene, delivery)
    with scene.desk.database.transaction() as session:  # neither side saw the other's row
        conversation = scene.desk.conversation(scene.conversation_id)
        conversation.handled_by, conversation.owner_id = HandledBy.OPERATOR, scene.sari.user_id
        session.merge(conversation)
    assert scene.lease(LATER) == []
    assert scene.message().state is D.CANCELLED


def test_what_may_have_arrived_is_looked_up_but_not_sent(scene: Scene) -> None:
    scene.desk.bot("Syaratnya KK lama.")
    (lost,) = scene.lease()
    scene.take_over()
    (look,) = scene.lease(LATER)
    assert (lost.only_look, look.ambiguous, look.only_look) == (False, True, True)
    scene.record(look, ambiguous=True, retry_at=LATER)
    (again,) = scene.lease(LATER)
    postponed(scene, again)  # what the worker says when it found nothing
    assert scene.message().state is D.CANCELLED
    scene.record(lost, external_id="SM1")
    assert scene.message().state is D.ACCEPTED, "it had arrived after all"


def test_what_an_operator_sends_all_the_same_goes_out_through_errors(scene: Scene) -> None:
    scene.desk.bot("Syaratnya KK lama.")
    scene.take_over()
    message = scene.message()
    assert message.state is D.CANCELLED
    scene.try_again(message.id)
    (delivery,) = scene.lease()
    postponed(scene, delivery)
    with scene.desk.database.transaction() as session:  # nor does a colleague's click undo it
        return_to_queue(session, scene.sari, scene.conversation_id, now=NOW)
    scene.take_over()
    (again,) = scene.lease(LATER)
    assert not again.only_look
    assert again.message.text == "Syaratnya KK lama."
    scene.record(again, external_id="SM1")
    scene.report("SM1", D.FAILED, "63018")
    assert scene.message().state is D.ERRORED
    with scene.desk.database.transaction() as session:
        (said,) = (
            entry
            for entry in show_thread(session, scene.sari, scene.conversation_id).entries
            if entry.id == str(message.id)
        )
    assert (said.written_by, said.author) == (Author.BOT, ""), "the words are still the bot's"


def test_news_of_a_ticket_goes_out_whoever_holds_the_conversation(scene: Scene) -> None:
    scene.take_over()
    with scene.desk.database.transaction() as session:
        session.add(
            OutboundMessage(
                office_id=scene.desk.office.id,
                conversation_id=scene.conversation_id,
                author=Author.SYSTEM,
                text="Laporan sudah dijawab.",
                state=D.QUEUED,
                created_at=NOW,
            )
        )
    (delivery,) = scene.lease()
    postponed(scene, delivery)
    assert [each.message.text for each in scene.lease(LATER)] == ["Laporan sudah dijawab."]
