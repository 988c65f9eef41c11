"""A shortened conversation answers like a whole one, and stays short."""

from __future__ import annotations

import asyncio
import json
import os
import pwd
import random
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rasa.core.tracker_store import InMemoryTrackerStore, SQLTrackerStore
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    BotUttered,
    ConversationPaused,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.slots import AnySlot
from rasa.shared.core.trackers import DialogueStateTracker

from components.failures import TurnFailed
from components.tracker import KEPT_TURNS, ConversationStore, shorten

from .programs import free_port, processor_with, say

SLOTS = [AnySlot(name, mappings=[]) for name in ("place", "requested_slot")]
SAID = ["halo", "lapor", "jam buka", "krasak", "rusak", "nilai", "bagus", "", "nanti saja"]


def listen() -> Event:
    return ActionExecuted("action_listen")


def turn(text: str, *events: Event) -> list[Event]:
    return [UserUttered(text, metadata={"turn_id": text}), *events, listen()]


def form_turns(number: int) -> list[Event]:
    start = [
        ActionExecuted("action_session_start"),
        SessionStarted(),
        listen(),
        *turn(
            "lapor",
            ActionExecuted("a_form"),
            ActiveLoop("a_form"),
            SlotSet("requested_slot", "place"),
            BotUttered("Di mana?"),
        ),
    ]
    rest = [
        turn(f"t{index}", SlotSet("place", index), ActionExecuted("a_form"), BotUttered("Lagi?"))
        for index in range(number)
    ]
    return [*start, *(event for events in rest for event in events)]


def state(events: Any) -> dict[str, Any]:
    tracker = DialogueStateTracker.from_events("c", list(events), SLOTS)
    return {
        "slots": tracker.current_slot_values(),
        "loop": tracker.active_loop_name,
        "rejected": tracker.is_active_loop_rejected,
        "paused": tracker.is_paused(),
        "latest": tracker.latest_message.text if tracker.latest_message else None,
        "action": tracker.latest_action_name,
        "followup": tracker.followup_action,
        "skeleton": [
            (type(event).__name__, event.as_dict().get("name"), event.as_dict().get("text"))
            for event in tracker.applied_events()
            if isinstance(event, (ActionExecuted, ActiveLoop, UserUttered))
        ][-6:],
    }


@pytest.mark.parametrize("number", range(1, 12))
def test_state_survives_the_cut_in_a_form(number: int) -> None:
    events = form_turns(number)
    short = shorten(events, SLOTS)
    assert state(short) == state(events)
    assert [e.text for e in short if isinstance(e, UserUttered)][-KEPT_TURNS:] == [
        e.text for e in events if isinstance(e, UserUttered)
    ][-KEPT_TURNS:]


def test_rejection_and_pause_survive() -> None:
    events = form_turns(2)
    events += turn("jam?", ActionExecutionRejected("a_form"), ActionExecuted("utter_hours"))
    events += [ConversationPaused(), *turn("x"), *turn("y"), *turn("z")]
    short = shorten(events, SLOTS)
    assert len(short) < len(events)
    assert state(short) == state(events)
    assert state(short)["rejected"]
    assert state(short)["paused"]


def test_the_new_session_is_the_oldest_event() -> None:
    short = shorten(form_turns(9), SLOTS)
    assert isinstance(short[0], SessionStarted)
    assert short[0].timestamp == min(event.timestamp for event in short)


def test_a_short_conversation_stays_as_it_is() -> None:
    short = shorten(form_turns(9), SLOTS)
    assert len(shorten(short, SLOTS)) == len(short)
    assert shorten(form_turns(KEPT_TURNS - 1)[:9], SLOTS) == form_turns(KEPT_TURNS - 1)[:9]


def test_a_turn_that_nobody_waited_for_finds_the_bot_listening() -> None:
    events = [SessionStarted(), *[UserUttered(f"t{index}") for index in range(6)]]
    short = state(shorten(events, SLOTS))
    assert (short["action"], short["latest"]) == ("action_listen", "t5")


@pytest.mark.parametrize("seed", range(3))
def test_random_dialogues_get_the_same_answers_as_whole_trackers(
    agent: Any, tmp_path: Path, seed: int
) -> None:
    dice = random.Random(seed)
    short = processor_with(agent, ConversationStore(host=f"sqlite:///{tmp_path / 'new' / 'r.db'}"))
    whole = processor_with(agent, InMemoryTrackerStore(agent.domain))
    for step in range(25):
        text = dice.choice(SAID)
        assert say(short, text, "c") == say(whole, text, "c"), (step, text)


def test_a_form_goes_on_after_the_cut(agent: Any, tmp_path: Path) -> None:
    store = ConversationStore(host=f"sqlite:///{tmp_path / 'r.db'}")
    processor = processor_with(agent, store)
    say(processor, "lapor", "c")
    for _ in range(KEPT_TURNS + 4):
        (hours, ask) = say(processor, "jam buka", "c")["replies"]
        assert (hours["text"], ask["text"]) == ("Buka 08.00.", "Di mana?")
    assert say(processor, "krasak", "c")["replies"][0]["text"] == "Apa yang terjadi?"
    for _ in range(KEPT_TURNS + 4):
        assert say(processor, "jam buka", "c")["replies"][1]["text"] == "Apa yang terjadi?"
    assert say(processor, "rusak", "c")["replies"][0]["text"] == "Tercatat: krasak: rusak"


def test_an_answer_survives_a_restart(agent: Any, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'r.db'}"
    first = processor_with(agent, ConversationStore(host=url))
    for text in ("halo", "halo", "lapor", "krasak"):
        say(first, text, "c")
    answer = say(first, "rusak", "c", "t1")
    say(first, "halo", "c")
    second = processor_with(agent, ConversationStore(host=url))
    assert say(second, "rusak", "c", "t1") == answer


def test_a_database_error_fails_the_turn(agent: Any, tmp_path: Path) -> None:
    store = ConversationStore(host=f"sqlite:///{tmp_path / 'r.db'}")
    processor = processor_with(agent, store)
    say(processor, "lapor", "c")
    with store.engine.begin() as connection:
        connection.exec_driver_sql("alter table rasa_conversation rename to gone")
    with pytest.raises(TurnFailed):
        say(processor, "krasak", "c")
    with store.engine.begin() as connection:
        connection.exec_driver_sql("alter table gone rename to rasa_conversation")
    assert say(processor, "krasak", "c")["replies"][0]["text"] == "Apa yang terjadi?"


def test_a_conversation_stays_one_short_row(agent: Any, tmp_path: Path) -> None:
    store = ConversationStore(host=f"sqlite:///{tmp_path / 'r.db'}")
    processor = processor_with(agent, store)
    sizes = []
    for index in range(40):
        say(processor, SAID[index % len(SAID)], "c")
        with store.engine.connect() as connection:
            rows = connection.exec_driver_sql("select events from rasa_conversation").fetchall()
        assert len(rows) == 1
        sizes.append(len(json.loads(rows[0][0])))
    assert max(sizes[20:]) <= max(sizes[:20])
    assert max(sizes) < 45


def test_a_personal_number_is_not_stored(agent: Any, tmp_path: Path) -> None:
    store = ConversationStore(host=f"sqlite:///{tmp_path / 'r.db'}")
    processor = processor_with(agent, store)
    say(processor, "nik saya 3212 1301\n0190 0001, wa 0812/3456/7890", "c")
    with store.engine.connect() as connection:
        rows = connection.exec_driver_sql("select * from rasa_conversation").fetchall()
    kept = str([json.loads(str(value)) for row in rows for value in row if "{" in str(value)])
    assert "nik saya 3212********0001, wa 0812******90" in kept
    for leaked in ("1301\\n0190", "0190 0001", "3456/7890", "3212 1301", "0812/3456"):
        assert leaked not in kept


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a private PostgreSQL server."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    initdb = found[0] if found else shutil.which("initdb")
    if not initdb:
        pytest.skip("no PostgreSQL server programs on this machine")
    programs, port = Path(initdb).resolve().parent, free_port()
    folder = Path(subprocess.check_output(["mktemp", "-d"], text=True).strip())
    user = {}
    if os.geteuid() == 0:
        entry = pwd.getpwnam("nobody")
        os.chown(folder, entry.pw_uid, entry.pw_gid)
        user = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder, **user}
    data = folder / "data"
    subprocess.run(
        [programs / "initdb", "-D", data, "-U", "wadul", "-A", "trust", "-N"], check=True, **quiet
    )
    server = subprocess.Popen(
        [programs / "postgres", "-D", data, "-p", str(port), "-k", folder, "-h", "127.0.0.1"],
        **quiet,
    )
    yield f"postgresql+psycopg://wadul@127.0.0.1:{port}/postgres"
    server.terminate()
    server.wait(20)
    shutil.rmtree(folder, ignore_errors=True)


def test_the_same_on_postgresql(agent: Any, postgres: str) -> None:
    for _ in range(100):
        if _reachable(postgres):
            break
        time.sleep(0.1)
    store = ConversationStore(host=postgres)
    processor = processor_with(agent, store)
    say(processor, "lapor", "c")
    for _ in range(6):
        say(processor, "jam buka", "c")
    again = processor_with(agent, ConversationStore(host=postgres))
    assert say(again, "krasak 🌊", "c")["replies"][0]["text"] == "Apa yang terjadi?"
    assert list(asyncio.run(store.keys())) == ["c"]
    assert asyncio.run(store.delete("c"))
    assert not asyncio.run(store.delete("c"))
    assert isinstance(store, SQLTrackerStore)
    for used in (store, again.tracker_store):
        used.engine.dispose()


def _reachable(url: str) -> bool:
    import psycopg2

    try:
        psycopg2.connect(url.replace("+psycopg", "")).close()
    except psycopg2.OperationalError:
        return False
    return True
