"""Processes die in the middle of conversations; every message is answered once, one ticket each."""

from __future__ import annotations

import re
import threading
import time
from collections import Counter

import pytest
from e2e.running import Resident, System
from integration.worker.fakes import FakeTwilio
from sqlalchemy import select

from wadul.core.states import DeliveryState, TurnState
from wadul.database import Database
from wadul.models import OutboundMessage, Turn
from wadul.usecases.turns import APOLOGY

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

RESIDENTS = 8
NUMBER = re.compile(r"JTB-\d{6}-\w{4}")
STORY = "pak mau lapor, jalan di desa krasak rt 3 rusak parah berlubang dalam"


class Conversation(threading.Thread):
    """One resident who files a complaint, whatever happens meanwhile."""

    def __init__(self, resident: Resident) -> None:
        super().__init__(daemon=True)
        self.resident = resident
        self.numbers: list[str] = []
        self.said = 0
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            answer = self._says(STORY)
            for _ in range(8):
                found = NUMBER.search(answer)
                if found:
                    self.numbers.append(found[0])
                    return
                answer = self._says("ya" if "sudah benar" in answer else "tidak ada")
        except BaseException as error:
            self.error = error

    def _says(self, text: str) -> str:
        self.said += 1
        answer = self.resident.says(text)
        while answer == APOLOGY:
            time.sleep(0.2)
            answer = self.resident.heard()[-1]
        return answer


def test_kill_minus_nine(system: System, twilio: FakeTwilio) -> None:
    conversations = [
        Conversation(Resident(system, twilio, f"whatsapp:+62812{number:08d}"))
        for number in range(RESIDENTS)
    ]
    for number, conversation in enumerate(conversations):
        conversation.start()
        time.sleep(0.4)
        if number % 2:
            system.kill(("worker", "rasa", "actions", "gateway")[number // 2])
    for conversation in conversations:
        conversation.join(300)
        assert conversation.error is None, conversation.error
    system.wait_until_ready()

    _everything_settles(system)
    tickets = Counter(row["contact"] for row in system.cli("tickets", "list"))
    assert tickets == {c.resident.address: 1 for c in conversations}
    for conversation in conversations:
        heard = [body for body in conversation.resident.heard() if body != APOLOGY]
        assert len(heard) == conversation.said, heard
        rows = system.cli("conversations", "show", conversation.resident.address)["messages"]
        assert Counter(row["direction"] for row in rows if row.get("author") != "system") == {
            "in": conversation.said,
            "out": conversation.said,
        }


def _everything_settles(system: System) -> None:
    """No turn is open and no message waits."""
    database = Database(system.env["WADUL_DATABASE_URL"])
    waiting = [DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.ERRORED]
    end = time.monotonic() + 60
    while True:
        with database.transaction() as session:
            turns = session.scalars(select(Turn.id).where(Turn.state == TurnState.OPEN)).all()
            unsent = session.scalars(
                select(OutboundMessage.id).where(OutboundMessage.state.in_(waiting))
            ).all()
        if not turns and not unsent:
            break
        assert time.monotonic() < end, f"still open: {len(turns)} turns, {len(unsent)} messages"
        time.sleep(0.3)
    database.close()
