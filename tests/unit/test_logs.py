from __future__ import annotations

import pytest

from wadul.logs import REDACTED, redact

PERSONAL = [
    "whatsapp:+6281234567890",
    "whatsapp:ID.4566abcDEF",
    "from ID.4566abcDEF",
    "081234567890",
    "+62 812-3456-7890",
    "3212131203950001",
    "3212 1312 0395 0001",
]
HARMLESS = ["turn 0192a3", "429", "JTB-261124-7K3F", "12 messages in 60 seconds", "63016", "10:15"]


@pytest.mark.parametrize("value", PERSONAL)
def test_people_are_redacted_by_what_they_look_like(value: str) -> None:
    shown = redact(None, "info", {"event": f"sent to {value}.", "to": value})
    digits = "".join(filter(str.isdigit, value))
    assert REDACTED in str(shown["event"])
    assert digits not in "".join(filter(str.isdigit, str(shown)))


@pytest.mark.parametrize("key", ["text", "body", "address", "profile_name", "signature", "raw"])
def test_peoples_words_are_dropped_by_key(key: str) -> None:
    assert redact(None, "info", {key: "jalan rusak"})[key] == REDACTED


@pytest.mark.parametrize("value", HARMLESS)
def test_what_an_engineer_needs_stays(value: str) -> None:
    assert redact(None, "info", {"event": value})["event"] == value
