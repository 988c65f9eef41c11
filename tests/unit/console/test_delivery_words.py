"""Every reason for which a message may not arrive is told in words that say what to do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from wadul.channels.whatsapp import errors
from wadul.console.delivery_words import delivery_error
from wadul.core.delivery import Remedy
from wadul.usecases.outbox import WINDOW_CLOSED

CHANNEL = Path(errors.__file__).parent
# Raised by the channel itself, like `Postponed("unreachable")`.
OWN = {
    code
    for file in CHANNEL.glob("*.py")
    for code in re.findall(
        r"(?:Ambiguous|Misconfigured|Postponed|Refused|WindowClosed)\(\"(\w+)\"", file.read_text()
    )
}


def test_the_channels_own_codes_are_found() -> None:
    assert {"unreachable", "no_answer"} <= OWN


@pytest.mark.parametrize("code", sorted({*map(str, errors.REMEDIES), *OWN, WINDOW_CLOSED}))
def test_every_code_has_a_sentence(code: str) -> None:
    assert re.fullmatch(r"[A-Z].+\.", delivery_error(code))
    assert code not in delivery_error(code), "only an unknown code is shown as a number"


@pytest.mark.parametrize(
    "code", [str(code) for code, what in errors.REMEDIES.items() if what is Remedy.FIX_SETTINGS]
)
def test_what_the_office_must_repair_sends_operators_to_the_admin(code: str) -> None:
    assert delivery_error(code).endswith("Hubungi admin.")


@pytest.mark.parametrize("code", sorted(OWN - {"21655"}))
def test_whatsapp_is_not_blamed_for_a_line_that_is_down(code: str) -> None:
    assert "WhatsApp" not in delivery_error(code)


@pytest.mark.parametrize(("code", "told"), [(None, ""), ("", ""), ("http_502", "kode http_502")])
def test_what_nobody_wrote_down(code: str | None, told: str) -> None:
    assert told in delivery_error(code)
    assert bool(delivery_error(code)) is bool(code)
    assert "WhatsApp" not in delivery_error(code)
