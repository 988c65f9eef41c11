"""Real-shaped payloads, one file each, named after what they show."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from wadul.channels.whatsapp.webhook import (
    IGNORED_STATES,
    STATES,
    NotAMessage,
    fields_of,
    parse_message,
    parse_status,
)
from wadul.core.states import DeliveryState, MessageKind

PAYLOADS = Path(__file__).parent / "payloads"

MESSAGES: list[tuple[str, dict[str, Any]]] = [
    ("text", {"kind": MessageKind.TEXT, "text": "jalan rusak pak", "profile_name": "Warga Uji"}),
    ("photo_without_text", {"kind": MessageKind.IMAGE, "text": ""}),
    ("photo_with_caption", {"kind": MessageKind.IMAGE, "text": "ini jalannya pak"}),
    ("voice_note", {"kind": MessageKind.AUDIO}),
    ("video", {"kind": MessageKind.VIDEO}),
    ("sticker", {"kind": MessageKind.STICKER}),
    ("document", {"kind": MessageKind.DOCUMENT}),
    ("contact_card", {"kind": MessageKind.CONTACT_CARD}),
    ("unknown_file", {"kind": MessageKind.UNKNOWN}),
    (
        "pin",
        {
            "kind": MessageKind.LOCATION,
            "latitude": -6.4739,
            "longitude": 108.3127,
            "place_name": "Balai Desa, Jatibarang",
        },
    ),
    ("pin_beyond_the_earth", {"kind": MessageKind.UNKNOWN, "latitude": None, "longitude": None}),
    ("button", {"kind": MessageKind.BUTTON, "payload": "/affirm", "text": "Ya"}),
    ("list_choice", {"kind": MessageKind.BUTTON, "payload": "/consultation"}),
    ("reply", {"reply_to_external_id": "SM00000000000000000000000000000009"}),
    ("hidden_number", {"address": "whatsapp:ID.4566abcDEF"}),
    ("hidden_number_without_from", {"address": "whatsapp:ID.4566abcDEF"}),
    ("new_fields", {"kind": MessageKind.TEXT}),
    ("nul_and_rtl", {"text": "a\ufffdb \u202eabc\u202c \U0001f64f {{x}}"}),
    ("broken_utf8", {"text": "jalan\ufffd\ufffd rusak"}),
    ("deleted", {"kind": MessageKind.UNKNOWN, "text": ""}),
]

NO_MESSAGES = [
    ("no_sender", "no_sender"),
    ("no_id", "no_message_id"),
    ("new_type", "unknown_message_type"),
    ("sms", "no_sender"),
]


def fields(name: str) -> dict[str, str]:
    return fields_of((PAYLOADS / f"{name}.form").read_bytes())


@pytest.mark.parametrize(("name", "expected"), MESSAGES, ids=[row[0] for row in MESSAGES])
def test_messages(name: str, expected: dict[str, Any]) -> None:
    message = parse_message(fields(name))
    assert {key: getattr(message, key) for key in expected} == expected
    assert message.raw == fields(name)


@pytest.mark.parametrize(("name", "reason"), NO_MESSAGES, ids=[row[0] for row in NO_MESSAGES])
def test_what_is_no_message(name: str, reason: str) -> None:
    with pytest.raises(NotAMessage) as caught:
        parse_message(fields(name))
    assert caught.value.reason == reason


def test_every_payload_is_expected_somewhere() -> None:
    known = {row[0] for row in MESSAGES} | {row[0] for row in NO_MESSAGES}
    assert {file.stem for file in PAYLOADS.glob("*.form")} == known


def test_a_file_is_a_link_to_fetch() -> None:
    (file,) = parse_message(fields("photo_without_text")).files
    assert file.url.endswith("/Media/ME01")
    assert file.declared_type == "image/jpeg"


@pytest.mark.parametrize(
    ("form", "state", "code"),
    [
        ({"MessageStatus": "delivered"}, DeliveryState.DELIVERED, None),
        ({"MessageStatus": "READ"}, DeliveryState.READ, None),
        ({"SmsStatus": "sent", "ErrorCode": "0"}, DeliveryState.SENT, None),
        ({"MessageStatus": "undelivered", "ErrorCode": "63016"}, DeliveryState.FAILED, "63016"),
    ],
)
def test_status_callbacks(form: dict[str, str], state: DeliveryState, code: str | None) -> None:
    report = parse_status({"MessageSid": "SM1"} | form)
    assert report is not None
    assert (report.state, report.error_code) == (state, code)


def test_a_status_of_an_incoming_message_says_nothing() -> None:
    for word in IGNORED_STATES:
        assert parse_status({"MessageSid": "SM1", "MessageStatus": word}) is None
    assert not IGNORED_STATES & set(STATES)


def test_a_status_that_twilio_invents_tomorrow() -> None:
    with pytest.raises(NotAMessage):
        parse_status({"MessageSid": "SM1", "MessageStatus": "teleported"})
