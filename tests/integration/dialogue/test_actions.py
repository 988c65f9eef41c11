"""The actions alone, in this process, on a real SQLite file: twice is once, and errors come out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from actions import wiring
from actions.hand_off import ActionHandOff
from actions.privacy import ActionEraseData, ActionPrivacyStop
from actions.reports import ActionSubmitReport, ValidateComplaintForm
from actions.talk import ActionGreet, ActionStray, ActionUnclear
from actions.tickets import ActionAddToTicket, ActionTicketReopen, ActionWithdrawTicket
from wadul.bootstrap import Wadul, bootstrap
from wadul.channels.incoming import IncomingMessage
from wadul.clock import FixedClock
from wadul.core.states import MessageKind, Role, TicketStatus
from wadul.exceptions import DatabaseUnavailable
from wadul.migrations.runner import migrate
from wadul.models import (
    Conversation,
    HandOff,
    InboundMessage,
    PrivacyRequest,
    Ticket,
    TicketEvent,
    User,
    new_id,
)
from wadul.settings import Settings
from wadul.usecases.inbox import store_incoming

REPOSITORY = Path(__file__).parents[3]
OFFICE = "jatibarang"
TUESDAY = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)  # 10:00 in Jatibarang, the office is open
STORY = "jalan di desa krasak rusak parah berlubang dalam"


@pytest.fixture
def wadul(tmp_path: Path) -> Iterator[Wadul]:
    settings = Settings(
        _env_file=None,
        var_dir=tmp_path,
        database_url=f"sqlite:///{tmp_path}/wadul.db",
        offices_dir=REPOSITORY / "offices",
    )
    wadul = replace(bootstrap(settings), clock=FixedClock(TUESDAY))
    migrate(wadul.database.engine)
    wiring.use(wadul)
    yield wadul
    wadul.database.close()


class Resident:
    """Builds the trackers that Rasa would send, and keeps the slots that the actions set."""

    def __init__(self, wadul: Wadul) -> None:
        self.wadul = wadul
        self.slots: dict[str, Any] = {}
        self.address = "whatsapp:+62" + str(uuid4().int)[:10]

    def turn(self, text: str, label: str, **metadata: Any) -> Tracker:
        message = IncomingMessage(
            channel="whatsapp",
            external_id=uuid4().hex,
            address=self.address,
            office_address="whatsapp:+14155238886",
            kind=MessageKind.TEXT,
            text=text,
        )
        now = self.wadul.clock.now()
        with self.wadul.database.transaction() as session:
            stored = store_incoming(session, OFFICE, message, now=now, settings=self.wadul.settings)
            row = session.get_one(InboundMessage, (OFFICE, stored.message_id))
            conversation = session.get_one(Conversation, (OFFICE, row.conversation_id))
        latest = {
            "text": text,
            "intent": {"name": label.partition("/")[0], "label": label, "confidence": 0.9},
            "entities": [],
            "metadata": {
                "turn_id": str(uuid4()),
                "office": OFFICE,
                "contact_id": str(conversation.contact_id),
                "message_ids": [str(row.id)],
                "attachments": [],
                "location": None,
                "payload": None,
                "sent_at": now.isoformat(),
            }
            | metadata,
        }
        sender = str(conversation.id)
        return Tracker(sender, dict(self.slots), latest, [], False, None, {}, "action_listen")

    async def run(self, action: Action, tracker: Tracker) -> list[dict[str, Any]]:
        """What was said; the slots are remembered."""
        dispatcher = CollectingDispatcher()
        for event in await action.run(dispatcher, tracker, {}):
            self.slots[event["name"]] = event["value"]
        return list(dispatcher.messages)

    async def file(self) -> Tracker:
        """A report is told and confirmed; the tracker of the "ya" comes back, not yet filed."""
        form = ValidateComplaintForm()
        await self.run(form, self.turn(STORY, "complaint/other"))
        yes = self.turn("ya", "affirm")
        await self.run(form, yes)
        assert self.slots["outcome"] == "filed"
        yes.slots = dict(self.slots)
        return yes


def count(wadul: Wadul, model: type[Any]) -> int:
    with wadul.database.transaction() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def the_ticket(wadul: Wadul) -> Ticket:
    with wadul.database.transaction() as session:
        return session.scalars(select(Ticket)).one()


async def test_a_report_is_filed_once_however_often_the_turn_runs(wadul: Wadul) -> None:
    resident = Resident(wadul)
    yes = await resident.file()
    first = await resident.run(ActionSubmitReport(), yes)
    second = await resident.run(ActionSubmitReport(), yes)
    assert first == second
    assert first[0]["number"] == the_ticket(wadul).number
    assert the_ticket(wadul).description == STORY
    assert resident.slots["report"] is None


async def test_the_form_says_the_same_twice(wadul: Wadul) -> None:
    resident = Resident(wadul)
    story = resident.turn(STORY, "complaint/roads_irrigation_drainage")
    first = await resident.run(ValidateComplaintForm(), story)
    report = resident.slots["report"]
    assert await resident.run(ValidateComplaintForm(), story) == first
    assert resident.slots["report"] == report


@pytest.mark.parametrize(
    ("action", "model"),
    [
        (ActionHandOff(), HandOff),
        (ActionHandOff(), Ticket),
        (ActionEraseData(), PrivacyRequest),
        (ActionPrivacyStop(), PrivacyRequest),
    ],
)
async def test_twice_is_once(wadul: Wadul, action: Action, model: type[Any]) -> None:
    resident = Resident(wadul)
    tracker = resident.turn("mau bicara dengan orang", "human_request")
    first = await resident.run(action, tracker)
    assert await resident.run(action, tracker) == first
    assert count(wadul, model) == 1


async def test_facts_withdrawing_and_opening_again_happen_once(wadul: Wadul) -> None:
    resident = Resident(wadul)
    await resident.run(ActionSubmitReport(), await resident.file())
    number = the_ticket(wadul).number
    waiting = {"text": "", "label": "", "alternatives": [], "entities": [], "attachments": []}
    for action, status in (
        (ActionAddToTicket(), TicketStatus.RECEIVED),
        (ActionWithdrawTicket(), TicketStatus.WITHDRAWN),
        (ActionTicketReopen(), TicketStatus.REOPENED),
    ):
        tracker = resident.turn("ya", "affirm")
        ids = tracker.latest_message["metadata"]["message_ids"]
        tracker.slots["pending"] = waiting | {"message_ids": ids, "pin": None, "number": number}
        events = count(wadul, TicketEvent)
        first = await resident.run(action, tracker)
        assert await resident.run(action, tracker) == first
        assert count(wadul, TicketEvent) == events + 1
        assert the_ticket(wadul).status is status


async def test_dates_are_promised_in_words(wadul: Wadul) -> None:
    resident = Resident(wadul)
    [told] = await resident.run(ActionSubmitReport(), await resident.file())
    assert told["verify"] == "Jumat, 27 November 2026"
    assert told["due"] == "Senin, 14 Desember 2026"


async def test_on_duty_there_is_a_place_in_the_queue(wadul: Wadul) -> None:
    with wadul.database.transaction() as session:
        session.add(
            User(
                office_id=OFFICE,
                id=new_id(),
                name="sari",
                full_name="Sari",
                role=Role.OPERATOR,
                password_hash="-",
                on_duty=True,
                created_at=TUESDAY,
            )
        )
    told = []
    for resident in (Resident(wadul), Resident(wadul)):
        tracker = resident.turn("mau bicara dengan orang", "human_request")
        told += await resident.run(ActionHandOff(), tracker)
        wadul.clock.advance(seconds=1)  # type: ignore[attr-defined]
    assert [one["response"] for one in told] == ["utter_queued", "utter_queued"]
    assert [one["position"] for one in told] == [1, 2]
    assert count(wadul, Ticket) == 0


@pytest.mark.parametrize(
    ("action", "label", "response"),
    [
        (ActionStray(), "inform", "utter_facts_added"),
        (ActionStray(), "correct", "utter_facts_added"),
        (ActionUnclear(), "nlu_fallback", "utter_files_open_ticket"),
    ],
)
async def test_a_ticket_that_waits_for_data_gets_the_answer(
    wadul: Wadul, action: Action, label: str, response: str
) -> None:
    resident = Resident(wadul)
    await resident.run(ActionSubmitReport(), await resident.file())
    resident.slots["last_ticket"] = None  # days later
    with wadul.database.transaction() as session:
        session.scalars(select(Ticket)).one().status = TicketStatus.NEEDS_INFO
    [told] = await resident.run(action, resident.turn("rumahnya cat hijau", label))
    assert told["response"] == response
    assert told["number"] == the_ticket(wadul).number


async def test_two_misses_in_a_row_get_a_person_with_both_messages(wadul: Wadul) -> None:
    resident = Resident(wadul)
    for words in ("blabla entah", "apalah itu"):
        told = await resident.run(ActionUnclear(), resident.turn(words, "nlu_fallback"))
    assert [one["response"] for one in told] == ["utter_sorry_hand_off", "utter_nobody_on_duty"]
    assert the_ticket(wadul).description == "blabla entah\napalah itu"
    assert resident.slots["misses"] is None


async def test_a_miss_that_is_followed_by_an_answer_is_forgotten(wadul: Wadul) -> None:
    resident = Resident(wadul)
    for words, label, action in (
        ("blabla entah", "nlu_fallback", ActionUnclear()),
        ("halo", "greet", ActionGreet()),
        ("apalah itu", "nlu_fallback", ActionUnclear()),
    ):
        told = await resident.run(action, resident.turn(words, label))
    assert [one["response"] for one in told] == ["utter_unclear"]


async def test_an_error_is_not_swallowed(wadul: Wadul, tmp_path: Path) -> None:
    resident = Resident(wadul)
    yes = await resident.file()
    wadul.database.engine.dispose()
    (tmp_path / "wadul.db").write_bytes(b"this is no database any more" * 100)
    for extra in ("wadul.db-wal", "wadul.db-shm"):
        (tmp_path / extra).unlink(missing_ok=True)
    with pytest.raises((DatabaseUnavailable, DBAPIError)):
        await resident.run(ActionSubmitReport(), yes)


async def test_a_turn_without_metadata_is_an_error(wadul: Wadul) -> None:
    tracker = Resident(wadul).turn("halo", "greet")
    del tracker.latest_message["metadata"]["turn_id"]
    with pytest.raises(KeyError):
        await Resident(wadul).run(ActionHandOff(), tracker)


async def test_a_foreign_ticket_cannot_be_withdrawn_by_its_number(wadul: Wadul) -> None:
    owner, thief = Resident(wadul), Resident(wadul)
    await owner.run(ActionSubmitReport(), await owner.file())
    number = the_ticket(wadul).number
    tracker = thief.turn("ya", "affirm")
    tracker.slots["pending"] = {
        "text": "", "label": "", "alternatives": [], "entities": [], "message_ids": [],
        "attachments": [], "pin": None, "number": number,
    }  # fmt: skip
    [told] = await thief.run(ActionWithdrawTicket(), tracker)
    assert told["response"] == "utter_nothing_to_withdraw"
    assert the_ticket(wadul).status is TicketStatus.RECEIVED


def test_every_action_of_the_domain_is_registered() -> None:
    from rasa_sdk.executor import ActionExecutor
    from ruamel.yaml import YAML

    executor = ActionExecutor()
    executor.register_package("actions")
    domain = YAML(typ="safe").load(REPOSITORY / "domain.yml")
    assert set(domain["actions"]) == set(executor.actions)
