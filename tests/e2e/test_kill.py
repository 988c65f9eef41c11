"""Processes die in the middle of conversations; every message is answered once, one ticket each."""

from __future__ import annotations

import re
import sqlite3
import threading
import time
from collections import Counter

import pytest
from e2e.running import Resident, System
from integration.worker.fakes import FakeTwilio

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
    database = sqlite3.connect(f"file:{system.folder}/var/wadul.db?mode=ro", uri=True)
    end = time.monotonic() + 60
    while time.monotonic() < end:
        open_turns = database.execute("SELECT count(*) FROM turns WHERE state = 'open'").fetchone()
        unsent = database.execute(
            "SELECT count(*) FROM outbound_messages WHERE state IN ('queued', 'sending', 'errored')"
        ).fetchone()
        if open_turns == unsent == (0,):
            database.close()
            return
        time.sleep(0.3)
    raise AssertionError(f"still open: {open_turns} turns, {unsent} messages")
