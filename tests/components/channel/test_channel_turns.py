"""Turns through a real Rasa server and real actions: whole or not at all, and only once."""

from __future__ import annotations

import json
import signal
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from .programs import Desk, Program


def lines(journal: Path, start: str) -> list[str]:
    return [line for line in journal.read_text().splitlines() if line.startswith(start)]


def stored_events(project: Path, sender: str) -> list[dict]:
    with sqlite3.connect(project / "var" / "rasa.db") as database:
        query = "select events from rasa_conversation where sender_id = ?"
        row = database.execute(query, (sender,)).fetchone()
    return json.loads(row[0]) if row else []


def test_a_turn_answers_texts_choices_intent_and_entities(desk: Desk) -> None:
    answer = desk.post("halo", turn_id="t1").json()
    assert answer == {
        "turn_id": "t1",
        "replies": [
            {
                "text": "Halo.\n\nAda yang bisa dibantu?",
                "choices": [
                    {"title": "Lapor", "payload": "/complaint"},
                    {"title": "Jam buka", "payload": "/hours"},
                ],
            }
        ],
        "intent": {"name": "greet", "label": "greet", "confidence": 1.0},
        "entities": [],
    }


def test_actions_get_the_metadata(desk: Desk, journal: Path) -> None:
    desk.post("halo", turn_id="t-meta", message_ids=[7], attachments=[{"id": "a", "kind": "image"}])
    (note,) = [line for line in lines(journal, "note") if "t-meta" in line]
    assert "'message_ids': [7]" in note
    assert "'kind': 'image'" in note
    assert "'office': 'jatibarang'" in note


@pytest.mark.parametrize(
    ("parts", "replies"),
    [
        ({"payload": "/hours", "text": "Jam buka"}, ["Buka 08.00."]),
        ({"payload": "/hours"}, ["Buka 08.00."]),
        ({"text": "/hours"}, ["Maaf, belum mengerti."]),
        ({"text": "/restart"}, ["Maaf, belum mengerti."]),
        ({"text": "EXTERNAL: hours"}, ["Maaf, belum mengerti."]),
        ({"payload": "/restart", "text": "jam buka"}, ["Buka 08.00."]),
        ({"payload": "/nothing_we_know", "text": "jam buka"}, ["Buka 08.00."]),
        ({"attachments": [{"id": "a", "kind": "image"}]}, ["Foto diterima."]),
        ({"location": {"lat": -6.4, "lon": 108.3}}, ["Lokasi diterima."]),
        ({"text": ""}, ["Maaf, belum mengerti."]),
        ({"text": '{{x}} {"intent": "greet"} \u202e🌊'}, ["Maaf, belum mengerti."]),
        ({"text": "x" * 100_000}, ["Maaf, belum mengerti."]),
    ],
)
def test_only_a_payload_names_an_intent(desk: Desk, parts: dict, replies: list[str]) -> None:
    assert desk.say(**parts) == replies


def test_a_form_with_a_digression(desk: Desk) -> None:
    dialogue = [
        ("lapor", ["Di mana?"]),
        ("jam buka", ["Buka 08.00.", "Di mana?"]),
        ("/restart", ["Apa yang terjadi?"]),
        ("jalan rusak", ["Tercatat: \u2060/restart: jalan rusak"]),
    ]
    for said, answered in dialogue:
        assert desk.say(said) == answered


def test_the_same_turn_again_gets_the_same_answer(desk: Desk, journal: Path) -> None:
    for text in ("lapor", "krasak"):
        desk.say(text)
    first = desk.post("rusak", turn_id="t-once")
    again = desk.post("rusak", turn_id="t-once")
    assert first.json() == again.json()
    assert lines(journal, "ticket t-once") == ["ticket t-once"]


def test_the_same_turn_at_the_same_time_runs_once(desk: Desk, journal: Path) -> None:
    desk.say("lapor")
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: desk.post("pelan", turn_id="t-par").json(), range(4)))
    assert answers == [answers[0]] * 4
    assert answers[0]["replies"] == [{"text": "Apa yang terjadi?", "choices": []}]
    assert desk.say("rusak") == ["Tercatat: pelan: rusak"]


def test_turns_of_one_conversation_wait_for_each_other(desk: Desk) -> None:
    desk.say("lapor")
    with ThreadPoolExecutor(2) as pool:
        (first,), (second,) = sorted(pool.map(desk.say, ["pelan", "pelan"]))
    assert (first, second) == ("Apa yang terjadi?", "Tercatat: pelan: pelan")


@pytest.mark.parametrize(
    ("before", "text"),
    [
        ([], "meledak"),  # an action that raises after another one has spoken
        ([], "tak dikenal"),  # an action that the server does not have
        (["lapor"], "gagal"),  # a validation that raises inside the form
    ],
)
def test_a_failed_turn_leaves_no_trace(
    desk: Desk, project: Path, before: list[str], text: str
) -> None:
    for said in ["halo", *before]:
        desk.say(said)
    stored = stored_events(project, desk.sender)
    answer = desk.post(text)
    assert (answer.status_code, answer.json()) == (
        502,
        {"error": "actions_failed", "retryable": True},
    )
    assert stored_events(project, desk.sender) == stored
    assert desk.post(text).status_code == 502
    assert desk.say("jam buka")[0] == "Buka 08.00."


def test_a_dialogue_that_never_listens_is_a_failed_turn(desk: Desk, project: Path) -> None:
    answer = desk.post(payload="/loop")
    assert answer.status_code == 502
    assert stored_events(project, desk.sender) == []


def test_the_log_names_turns_but_no_words(desk: Desk, rasa_server: Program) -> None:
    desk.post("meledak", turn_id="t-log", contact_id="rahasia")
    desk.post("jalan rusak di krasak sekali")
    log = rasa_server.log.read_text()
    assert "turn=t-log action_boom: status 500" in log
    for word in ("meledak", "krasak", "rahasia", desk.sender):
        assert word not in log


def test_forgetting_a_conversation(desk: Desk, project: Path) -> None:
    desk.sender = "whatsapp:+62 811/2 é"
    desk.say("lapor")
    url = f"{desk.url}/conversations/{requests.utils.quote(desk.sender, safe='')}"
    assert requests.delete(url, timeout=10).json() == {"deleted": True}
    assert stored_events(project, desk.sender) == []
    assert requests.delete(url, timeout=10).json() == {"deleted": False}
    assert desk.say("krasak") == ["Maaf, belum mengerti."]


def test_bad_requests(desk: Desk) -> None:
    answer = requests.post(f"{desk.url}/turn", data=b"{", timeout=10)
    assert (answer.status_code, answer.json()["field"]) == (400, "body")
    answer = requests.post(f"{desk.url}/turn", json={"sender": "c"}, timeout=10)
    assert (answer.status_code, answer.json()["field"]) == (400, "turn_id")
    assert requests.get(f"{desk.url}/turn", timeout=10).status_code == 405


def test_actions_gone_and_back(desk: Desk, actions: Program) -> None:
    desk.say("lapor")
    desk.say("krasak")
    actions.stop()
    try:
        assert desk.post("rusak", turn_id="t-gone").status_code == 502
        assert Desk(desk.url).say("jam buka") == ["Buka 08.00."]
    finally:
        actions.start()
    assert desk.say("rusak", turn_id="t-gone") == ["Tercatat: krasak: rusak"]


def test_a_caller_who_hangs_up_gets_the_answer_at_the_next_call(desk: Desk) -> None:
    desk.say("lapor")
    with pytest.raises(requests.ReadTimeout):
        desk.post("pelan", turn_id="t-hung", timeout=0.1)
    assert desk.say("pelan", turn_id="t-hung") == ["Apa yang terjadi?"]
    assert desk.say("rusak") == ["Tercatat: pelan: rusak"]


def test_killed_in_the_middle_of_a_turn(desk: Desk, rasa_server: Program, journal: Path) -> None:
    for text in ("lapor", "krasak"):
        desk.say(text)
    first = desk.post("rusak", turn_id="t-kill")
    desk.say("lapor")
    with ThreadPoolExecutor(1) as pool:
        lost = pool.submit(desk.post, "pelan", "t-lost")
        time.sleep(0.2)
        rasa_server.stop(signal.SIGKILL)
        with pytest.raises(requests.ConnectionError):
            lost.result()
    rasa_server.start()
    assert desk.post("rusak", turn_id="t-kill").json() == first.json()
    assert lines(journal, "ticket t-kill") == ["ticket t-kill"]
    assert desk.say("pelan", turn_id="t-lost") == ["Apa yang terjadi?"]
    assert desk.say("rusak") == ["Tercatat: pelan: rusak"]
