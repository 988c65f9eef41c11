"""The outbox as use cases: order, window, results and reports."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from wadul.channels.whatsapp.errors import remedy_for
from wadul.clock import FixedClock
from wadul.core.delivery import Remedy
from wadul.core.states import Author, DeliveryState
from wadul.models import DeliveryReport, OutboundMessage
from wadul.usecases.outbox import (
    WINDOW_CLOSED,
    Delivery,
    Result,
    apply_delivery_report,
    apply_kept_reports,
    expire_leases,
    lease_deliveries,
    record_results,
    release_held,
)

from .conftest import OFFICE, Desk

pytestmark = pytest.mark.integration

BUDI, SITI = "whatsapp:+628120000001", "whatsapp:+628120000002"
D = DeliveryState


class Outbox:
    """The use cases with the arguments that these tests do not care about."""

    def __init__(self, desk: Desk, clock: FixedClock) -> None:
        self.desk, self.clock = desk, clock
        desk.clock = clock
        self.templates: dict[str, str] = {}

    def put(self, address: str, text: str, **values: Any) -> None:
        conversation = self.desk.conversation(address)
        with self.desk.database.transaction() as session:
            session.add(
                OutboundMessage(
                    office_id=OFFICE,
                    conversation_id=conversation.id,
                    author=Author.OPERATOR,
                    text=text,
                    state=D.QUEUED,
                    created_at=self.clock.now(),
                    **values,
                )
            )

    def lease(self, limit: int = 10) -> list[Delivery]:
        with self.desk.database.transaction() as session:
            return lease_deliveries(
                session,
                now=self.clock.now(),
                lease_seconds=15,
                limit=limit,
                template_id=lambda office, name: self.templates.get(name),
            )

    def record(self, delivery: Delivery, **result: Any) -> None:
        with self.desk.database.transaction() as session:
            record_results(
                session,
                [Result(delivery, **result)],
                now=self.clock.now(),
                remedy_for=remedy_for,
            )

    def report(self, external_id: str, state: D, code: str | None = None) -> bool:
        with self.desk.database.transaction() as session:
            return apply_delivery_report(
                session, external_id, state, code, self.clock.now(), remedy_for
            )

    def run(self, use_case: Callable[..., int], **arguments: Any) -> int:
        with self.desk.database.transaction() as session:
            return use_case(session, now=self.clock.now(), **arguments)

    def states(self) -> list[D]:
        return [row.state for row in self.desk.outbound]

    def texts(self, deliveries: list[Delivery]) -> list[str]:
        return [delivery.message.text for delivery in deliveries]


@pytest.fixture
def outbox(desk: Desk, clock: FixedClock) -> Outbox:
    outbox = Outbox(desk, clock)
    for address in (BUDI, SITI):
        desk.says(address, "halo")
    return outbox


async def test_one_at_a_time_in_order_and_conversations_side_by_side(outbox: Outbox) -> None:
    for address, text in [(BUDI, "a1"), (BUDI, "a2"), (SITI, "b1"), (SITI, "b2")]:
        outbox.put(address, text)
    first = outbox.lease()
    assert outbox.texts(first) == ["a1", "b1"]
    assert outbox.lease() == []
    outbox.record(first[0], external_id="SM1")
    assert outbox.texts(outbox.lease()) == ["a2"]


@pytest.mark.parametrize(
    ("state", "waits"),
    [
        (D.QUEUED, True),
        (D.ERRORED, True),
        (D.SENDING, True),
        (D.HELD, False),
        (D.FAILED, False),
        (D.CANCELLED, False),
        (D.ACCEPTED, False),
    ],
)
async def test_which_earlier_messages_are_waited_for(outbox: Outbox, state: D, waits: bool) -> None:
    later = outbox.clock.now() + timedelta(hours=1)
    outbox.put(BUDI, "a1", next_attempt_at=later, leased_until=later)
    with outbox.desk.database.transaction() as session:
        session.query(OutboundMessage).one().state = state
    outbox.put(BUDI, "a2")
    assert outbox.texts(outbox.lease()) == ([] if waits else ["a2"])


async def test_a_message_knows_where_it_goes(outbox: Outbox) -> None:
    outbox.put(BUDI, "Halo", choices=[{"title": "Ya", "payload": "/affirm"}])
    (delivery,) = outbox.lease()
    assert delivery.message.address == BUDI
    assert delivery.message.office_address == "whatsapp:+14155238886"
    assert delivery.message.choices[0].payload == "/affirm"
    assert (delivery.attempt, delivery.ambiguous) == (1, False)


async def test_retry_and_final_failure(outbox: Outbox) -> None:
    outbox.put(BUDI, "a1")
    (delivery,) = outbox.lease()
    retry_at = outbox.clock.now() + timedelta(seconds=5)
    outbox.record(delivery, code="20429", remedy=Remedy.RETRY, retry_at=retry_at)
    assert outbox.states() == [D.ERRORED]
    assert outbox.lease() == []
    outbox.clock.advance(seconds=5)
    (again,) = outbox.lease()
    assert (again.attempt, again.ambiguous) == (2, False)
    outbox.record(again, code="63024", remedy=Remedy.GIVE_UP)
    row = outbox.desk.outbound[0]
    assert (row.state, row.error_code) == (D.FAILED, "63024")


async def test_what_a_dead_worker_was_sending_is_ambiguous(outbox: Outbox) -> None:
    outbox.put(BUDI, "a1")
    started = outbox.clock.now()
    outbox.lease()
    outbox.clock.advance(seconds=16)
    (again,) = outbox.lease()
    assert again.ambiguous
    assert again.attempted_at == started
    outbox.record(again, ambiguous=True, retry_at=outbox.clock.now() + timedelta(seconds=4))
    assert outbox.states() == [D.SENDING]
    assert outbox.lease() == []
    outbox.clock.advance(seconds=4)
    (third,) = outbox.lease()
    assert third.attempted_at == started
    outbox.record(third, external_id="SM1")
    assert outbox.states() == [D.ACCEPTED]


async def test_leases_can_be_ended_at_once(outbox: Outbox) -> None:
    outbox.put(BUDI, "a1")
    outbox.lease()
    with outbox.desk.database.transaction() as session:
        assert expire_leases(session, outbox.clock.now()) == 1
    assert outbox.lease()[0].ambiguous


async def test_a_late_result_of_a_lost_lease_changes_nothing_but_an_acceptance_counts(
    outbox: Outbox,
) -> None:
    outbox.put(BUDI, "a1")
    (lost,) = outbox.lease()
    outbox.clock.advance(seconds=16)
    (again,) = outbox.lease()
    outbox.record(lost, code="20500", remedy=Remedy.GIVE_UP)
    assert outbox.states() == [D.SENDING]
    outbox.record(lost, external_id="SM1")
    outbox.record(again, external_id="SM1")
    row = outbox.desk.outbound[0]
    assert (row.state, row.external_id) == (D.ACCEPTED, "SM1")


async def test_outside_the_window_it_is_held_until_the_resident_writes(outbox: Outbox) -> None:
    outbox.clock.advance(hours=24)
    outbox.put(BUDI, "jawaban")
    outbox.put(BUDI, "jawaban kedua")
    outbox.put(BUDI, "kabar", template="status_changed")
    assert outbox.lease() == []
    assert outbox.states() == [D.HELD] * 3
    assert outbox.desk.outbound[0].error_code == WINDOW_CLOSED
    assert outbox.run(release_held) == 0
    outbox.desk.says(BUDI, "halo")
    assert outbox.run(release_held) == 3
    assert outbox.texts(outbox.lease()) == ["jawaban"]


async def test_outside_the_window_a_template_goes(outbox: Outbox) -> None:
    outbox.templates["status_changed"] = "HX1"
    outbox.put(BUDI, "di dalam", template="status_changed")
    (inside,) = outbox.lease()
    assert inside.message.template is None
    outbox.record(inside, external_id="SM1")
    outbox.clock.advance(hours=25)
    variables = {"1": "JTB-1", "2": "baris\nbaru"}
    outbox.put(BUDI, "di luar", template="status_changed", template_variables=variables)
    (outside,) = outbox.lease()
    assert outside.message.template is not None
    assert outside.message.template.external_id == "HX1"
    assert outside.message.template.variables == {"1": "JTB-1", "2": "baris baru"}


@pytest.mark.parametrize("template", [None, "status_changed"])
async def test_the_provider_knows_better_about_the_window(
    outbox: Outbox, template: str | None
) -> None:
    outbox.templates["status_changed"] = "HX1"
    outbox.put(BUDI, "kabar", template=template)
    (delivery,) = outbox.lease()
    outbox.record(delivery, code="63016", remedy=Remedy.OPEN_WINDOW)
    again = outbox.lease()
    if template:
        assert again[0].message.template is not None
        outbox.record(again[0], code="63016", remedy=Remedy.OPEN_WINDOW)
    else:
        assert again == []
    assert outbox.states() == [D.HELD]
    assert outbox.run(release_held) == 0  # not before the resident writes again
    outbox.clock.advance(seconds=1)
    outbox.desk.says(BUDI, "ya?")
    assert outbox.run(release_held) == 1
    (released,) = outbox.lease()
    assert released.message.template is None


async def test_reports_go_only_forward(outbox: Outbox) -> None:
    outbox.put(BUDI, "a1")
    outbox.record(outbox.lease()[0], external_id="SM1")
    for state in (D.SENT, D.READ, D.DELIVERED, D.SENT):
        assert outbox.report("SM1", state)
    assert outbox.states() == [D.READ]


async def test_a_report_that_comes_before_the_id_is_kept(outbox: Outbox) -> None:
    outbox.put(BUDI, "a1")
    (delivery,) = outbox.lease()
    assert not outbox.report("SM1", D.SENT)
    assert not outbox.report("SM1", D.DELIVERED)
    outbox.record(delivery, external_id="SM1")
    assert outbox.states() == [D.DELIVERED]
    assert outbox.desk.rows(DeliveryReport) == []


async def test_a_report_that_slipped_through_is_found_later(outbox: Outbox) -> None:
    outbox.put(BUDI, "a1")
    (delivery,) = outbox.lease()
    outbox.record(delivery, external_id="SM1")
    with outbox.desk.database.transaction() as session:
        session.add(
            DeliveryReport(
                office_id="", external_id="SM1", state=D.READ, received_at=outbox.clock.now()
            )
        )
    assert outbox.run(apply_kept_reports, remedy_for=remedy_for) == 1
    assert outbox.states() == [D.READ]
    outbox.report("SM9", D.READ)
    outbox.clock.advance(days=3)
    outbox.run(apply_kept_reports, remedy_for=remedy_for)
    assert outbox.desk.rows(DeliveryReport) == []


@pytest.mark.parametrize(
    ("code", "state"),
    [("63024", D.FAILED), (None, D.FAILED), ("63018", D.ERRORED), ("63016", D.ERRORED)],
)
async def test_a_failure_that_is_reported_later(outbox: Outbox, code: str | None, state: D) -> None:
    outbox.put(BUDI, "a1")
    outbox.record(outbox.lease()[0], external_id="SM1")
    outbox.report("SM1", D.SENT)
    outbox.report("SM1", D.FAILED, code)
    assert outbox.states() == [state]
    outbox.clock.advance(minutes=10)
    again = outbox.lease()
    assert len(again) == (code == "63018")
    if code == "63016":
        assert outbox.states() == [D.HELD]


async def test_a_long_text_of_an_operator_is_split_in_place(outbox: Outbox) -> None:
    outbox.put(BUDI, "Kalimat yang panjang untuk diuji. " * 100)
    outbox.put(BUDI, "penutup")
    sent = []
    for number in range(4):
        (delivery,) = outbox.lease()
        sent.append(delivery.message.text)
        outbox.record(delivery, external_id=f"SM{number}")
    assert sent[-1] == "penutup"
    assert all(len(text) <= 1600 for text in sent)
    assert "".join(sent[:3]).count("diuji") == 100


async def test_many_held_messages_do_not_hide_one_that_may_go(outbox: Outbox) -> None:
    outbox.put(SITI, "b1")
    outbox.desk.change(BUDI, last_inbound_at=None)
    with outbox.desk.database.transaction() as session:
        session.query(OutboundMessage).delete()
    for number in range(5):
        outbox.put(BUDI, f"a{number}")
    outbox.put(SITI, "b1")
    assert outbox.texts(outbox.lease(limit=1)) == ["b1"]
