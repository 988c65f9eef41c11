"""What the worker sends becomes a turn; nothing a resident writes becomes a command."""

from __future__ import annotations

import json

import pytest

from components.failures import BadTurn
from components.inbound import TEXT_LIMIT, Command, read_command, read_turn, safe_text

WHOLE = {"turn_id": "t1", "sender": "c1", "text": "halo"}


def body(**parts: object) -> bytes:
    return json.dumps({**WHOLE, **parts}).encode()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("/restart", "\u2060/restart"),
        ("  \n/session_start", "\u2060/session_start"),
        ('/inform{"desa": "Krasak"}', '\u2060/inform{"desa": "Krasak"}'),
        ("\x00/restart", "\u2060/restart"),
        ("jalan/gang", "jalan/gang"),
        ("EXTERNAL: boom", "EXTERNAL: boom"),
        ("a\x00b\x07c", "abc"),
        ("rusak \ud83d parah", "rusak  parah"),
        ("banjir 🌊 nih", "banjir 🌊 nih"),
        ("NIK 3212345678901234", "NIK 3212********1234"),
        ("   ", ""),
    ],
)
def test_text_stays_text(written: str, read: str) -> None:
    assert safe_text(written) == read
    assert read_turn(body(text=written)).text == read


def test_a_long_text_is_cut_and_a_number_across_the_cut_is_masked() -> None:
    text = safe_text("x" * (TEXT_LIMIT - 9) + " 3212345678901234 " + "y" * 100_000)
    assert len(text) == TEXT_LIMIT
    assert "32123456" not in text


@pytest.mark.parametrize(
    ("payload", "command"),
    [
        ("/affirm", Command("affirm", {})),
        ('/inform{"desa": "Krasak"}', Command("inform", {"desa": "Krasak"})),
        ("/consultation/cost", Command("consultation/cost", {})),
        ("affirm", None),
        ("/inform{", None),
        ("/inform{bad}", None),
        ("/two words", None),
        ("", None),
        (None, None),
    ],
)
def test_payload(payload: str | None, command: Command | None) -> None:
    assert read_command(payload) == command


def test_everything_but_the_text_is_metadata() -> None:
    parts = {
        "office": "jatibarang",
        "message_ids": [4, 5],
        "attachments": [{"id": "a1", "kind": "image"}],
        "location": {"lat": -6.4, "lon": 108.3, "address": "Jl. \x00Raya", "label": None},
        "payload": "/affirm",
        "sent_at": "2026-11-24T10:00:00+07:00",
        "contact_id": "k1",
        "unknown": "left out",
    }
    turn = read_turn(body(**parts))
    wanted = {**parts, "turn_id": "t1"}
    del wanted["unknown"]
    wanted["location"] = {"lat": -6.4, "lon": 108.3, "address": "Jl. Raya", "label": None}
    assert turn.metadata == wanted
    assert turn.command == Command("affirm", {})


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        (b"", "body"),
        (b"\xff\xfe", "body"),
        (b"[1]", "body"),
        (body(turn_id=None), "turn_id"),
        (body(turn_id=" "), "turn_id"),
        (body(sender=True), "sender"),
        (body(sender="x" * 256), "sender"),
        (body(text=5), "text"),
        (body(payload={}), "payload"),
        (body(attachments="a"), "attachments"),
        (body(location=[1, 2]), "location"),
    ],
)
def test_bad_requests_name_the_field(raw: bytes, field: str) -> None:
    with pytest.raises(BadTurn) as caught:
        read_turn(raw)
    assert caught.value.field == field
