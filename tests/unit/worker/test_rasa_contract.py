"""What Rasa is asked, and what its answer may look like."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from wadul.core.choices import Choice
from wadul.core.states import MessageKind
from wadul.usecases.turns import Answer, OpenTurn, Reply
from wadul.worker.rasa import answer_of, request_of

ID = UUID("019ab000-0000-7000-8000-000000000001")


def test_request() -> None:
    turn = OpenTurn(
        office_id="jatibarang",
        conversation_id=ID,
        turn_id=ID,
        attempts=0,
        contact_id=ID,
        text="ini fotonya",
        message_ids=(ID,),
        attachments=((ID, MessageKind.IMAGE),),
        location={"lat": -6.4, "lon": 108.3, "address": "Jatibarang", "label": None},
        payload="/affirm",
        sent_at=datetime(2026, 11, 24, 3, 0, tzinfo=UTC),
    )
    assert request_of(turn) == {
        "turn_id": str(ID),
        "sender": str(ID),
        "office": "jatibarang",
        "text": "ini fotonya",
        "message_ids": [str(ID)],
        "attachments": [{"id": str(ID), "kind": "image"}],
        "location": {"lat": -6.4, "lon": 108.3, "address": "Jatibarang", "label": None},
        "payload": "/affirm",
        "sent_at": "2026-11-24T03:00:00+00:00",
        "contact_id": str(ID),
    }
    assert "ini fotonya" not in repr(turn)


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        (
            {
                "turn_id": "x",
                "replies": [{"text": "Halo", "choices": [{"title": "Ya", "payload": "/affirm"}]}],
                "intent": {"name": "complaint", "label": "complaint/land", "confidence": 0.7},
            },
            Answer((Reply("Halo", (Choice("Ya", "/affirm"),)),), "complaint/land", 0.7),
        ),
        ({"replies": []}, Answer(())),
        (
            {"replies": [{"text": None, "choices": None}], "intent": {"name": "greet"}},
            Answer((Reply(""),), "greet"),
        ),
        ({"replies": [], "intent": None}, Answer(())),
        (
            {
                "replies": [],
                "entities": [{"entity": "desa", "value": "Krasak", "start": 8, "end": 14}],
            },
            Answer((), entities=({"entity": "desa", "value": "Krasak", "start": 8, "end": 14},)),
        ),
    ],
)
def test_answer(body: dict[str, Any], answer: Answer) -> None:
    assert answer_of(body) == answer


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        "ok",
        None,
        {"replies": None},
        {"replies": ["Halo"]},
        {"replies": [], "intent": "greet"},
        {"replies": [], "intent": {"confidence": "sure"}},
    ],
)
def test_another_shape(body: Any) -> None:
    with pytest.raises((ValueError, TypeError, KeyError, AttributeError)):
        answer_of(body)
