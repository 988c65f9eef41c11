"""The language a resident writes in."""

from __future__ import annotations

import pytest

from wadul.core.languages import other_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("reang arep gawe ktp, priben carane?", "javanese"),
        ("kula badhe tanglet, KK kula ical", "javanese"),
        ("punten abdi hoyong naros kumaha ngadamel KTP", "sundanese"),
        ("pak mau tanya syarat bikin kk", None),
        ("suwun ya pak", None),
        ("", None),
    ],
)
def test_other_language(text: str, language: str | None) -> None:
    assert other_language(text) == language
