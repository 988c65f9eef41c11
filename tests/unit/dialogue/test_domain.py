"""The repository's own rules about what the bot knows and says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from wadul.core.intake import Outcome
from wadul.core.report import Question
from wadul.core.states import MessageKind, TicketKind

ROOT = Path(__file__).parents[3]
SOURCES = [*(ROOT / "actions").glob("*.py"), *(ROOT / "src/wadul/core").glob("*.py")]


def load(path: Path) -> dict[str, Any]:
    return dict(YAML(typ="safe").load(path))


DOMAIN = load(ROOT / "domain.yml")
RULES = [r for file in sorted((ROOT / "data/rules").glob("*.yml")) for r in load(file)["rules"]]
RESPONSES: dict[str, list[dict[str, Any]]] = DOMAIN["responses"]


def steps(name: str) -> set[str]:
    return {step[name] for rule in RULES for step in rule["steps"] if name in step}


def named_in_code() -> set[str]:
    """Responses named whole in the code; the ones put together are listed here."""
    text = "\n".join(path.read_text() for path in SOURCES)
    found = set(re.findall(r"\"(utter_[a-z_]+[a-z])\"", text))
    found |= {
        f"utter_ask_{question}" for question in Question if question is not Question.CONFIRMED
    }
    found |= {f"utter_ask_{question}_again" for question in ("location", "photo")}
    found |= {f"utter_ask_story_{kind}" for kind in ("aspiration", "information")}
    found |= {f"utter_begun_{kind}" for kind in TicketKind}
    found |= {"utter_cancelled", "utter_dropped", "utter_summary", "utter_summary_supervisory"}
    found |= {"utter_summary_private"}
    found |= {f"utter_filed_{kind}" for kind in TicketKind if kind != "consultation"}
    found |= {"utter_filed_supervisory"}
    told_about = set(MessageKind) - {MessageKind.TEXT, MessageKind.BUTTON, MessageKind.LOCATION}
    found |= {f"utter_got_{kind}" for kind in told_about}
    found |= {f"utter_{name}_here" for name in ("greet", "no_tickets", "no_answer")}
    return found


def test_every_intent_has_a_rule() -> None:
    assert steps("intent") == set(DOMAIN["intents"])


def test_every_action_is_used_and_exists() -> None:
    forms = set(DOMAIN["forms"])
    expected = set(DOMAIN["actions"]) - {f"validate_{form}" for form in forms}
    assert steps("action") | {"action_default_fallback"} == expected | forms | {"action_listen"}
    text = "\n".join(path.read_text() for path in SOURCES)
    missing = [name for name in DOMAIN["actions"] if f'return "{name}"' not in text]
    assert not missing


def test_every_response_is_said_and_every_said_one_exists() -> None:
    assert named_in_code() == set(RESPONSES)


def test_every_ending_of_a_report_has_a_rule() -> None:
    endings = {
        slot["outcome"]
        for rule in RULES
        for step in rule["steps"]
        for slot in step.get("slot_was_set", [])
        if slot.get("outcome")
    }
    assert endings == set(Outcome) == set(DOMAIN["slots"]["outcome"]["values"])


def texts() -> Iterator[tuple[str, str, list[dict[str, str]]]]:
    for name, variants in RESPONSES.items():
        for variant in variants:
            yield name, variant["text"], variant.get("buttons", [])


def test_choices_are_few_and_lead_somewhere() -> None:
    for name, text, buttons in texts():
        assert len(buttons) <= 3, name
        assert not re.search(r"^\d[.)]", text, re.MULTILINE), f"{name}: the worker numbers choices"
        for button in buttons:
            label = re.fullmatch(r"/([a-z_]+)(/[a-z_]+)?(\{.*\})?", button["payload"])
            assert label, name
            assert label[1] in DOMAIN["intents"], name
            assert len(button["title"]) <= 24, name


# What a cooperative resident takes a question for, by its first words that fit: a question must
# not hold a word of an earlier line, or it would get that line's answer.
TAKEN_FOR = [
    ("confirmed", r"apakah.*(benar|sesuai|betul)|sudah (benar|sesuai)|konfirmasi|setuju"),
    ("privacy", r"rahasia|anonim|nama.*(tampil|disembunyi)"),
    ("photo", r"foto|bukti|lampiran|gambar"),
    ("name", r"nama"),
    ("incident", r"kapan|tanggal|waktu kejadian"),
    ("location", r"desa|lokasi|di mana|dimana|alamat|tempat"),
    ("remedy", r"harapan|penyelesaian"),
    ("story", r"ceritakan|uraian|jelaskan|masalah|keluhan"),
    ("other", ""),
]
QUESTIONS = {
    "utter_summary": "confirmed",
    "utter_summary_supervisory": "confirmed",
    "utter_summary_short": "confirmed",
    "utter_summary_private": "confirmed",
    "utter_ask_photo": "photo",
    "utter_ask_photo_again": "photo",
    "utter_ask_incident": "incident",
    "utter_ask_location": "location",
    "utter_ask_location_again": "location",
    "utter_ask_desa_sure": "location",
    "utter_ask_story": "story",
    "utter_ask_wanted": "other",
}


@pytest.mark.parametrize(("name", "expected"), QUESTIONS.items())
@pytest.mark.parametrize("before", ["", "utter_begun_complaint", "utter_not_understood_here"])
def test_a_question_asks_one_thing(name: str, expected: str, before: str) -> None:
    opening = RESPONSES[before][0]["text"] if before else ""
    text = opening + "\n\n" + RESPONSES[name][0]["text"]
    kind = next(k for k, pattern in TAKEN_FOR if re.search(pattern, text, re.I | re.S))
    assert kind == expected
