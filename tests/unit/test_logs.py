from __future__ import annotations

import logging
import sys

import pytest

from wadul.exceptions import DatabaseUnavailable
from wadul.logs import REDACTED, RedactedFormatter, redact, type_and_place

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


def test_exceptions_are_shown_by_type_and_place_and_only_ours_with_words() -> None:
    try:
        try:
            raise ValueError(PERSONAL[5])
        except ValueError as error:
            raise DatabaseUnavailable from error
    except DatabaseUnavailable:
        record = logging.LogRecord("x", 40, __file__, 1, "no %s", (PERSONAL[3],), sys.exc_info())
    shown = RedactedFormatter("%(message)s").format(record)
    assert shown.startswith(f"no {REDACTED}\n")
    assert shown.endswith("wadul.exceptions.DatabaseUnavailable: The database is locked or gone.")
    assert "builtins.ValueError\n\nwhich led to" in shown
    assert shown.count("test_logs.py") == 2
    assert PERSONAL[5] not in shown
    assert record.exc_info
    assert type_and_place(record.exc_info) in shown
