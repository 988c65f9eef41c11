"""The line under a name in the list of conversations."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from wadul.console.present import preview
from wadul.core.states import Author, DeliveryState, MessageKind
from wadul.queries.inbox_rows import Preview


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("*Jam pelayanan*\nSenin", "Bot: Jam pelayanan Senin"),
        ("2*3*4, * lain *, ** dan *ini", "Bot: 2*3*4, * lain *, ** dan *ini"),
        ("*a* dan *b c*.", "Bot: a dan b c."),
    ],
)
def test_whatsapps_bold_has_no_stars(text: str, shown: str) -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    found = Preview(at, text, MessageKind.TEXT, Author.BOT, DeliveryState.SENT)
    assert preview(found) == shown
