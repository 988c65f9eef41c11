"""Residents write as they talk at home, on the whole running system, over signed webhooks."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from e2e.running import PUBLIC, Resident, System, TwilioThread
from integration.worker.fakes import ACCOUNT_SID, AUTH_TOKEN

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
NUMBER = re.compile(r"JTB-\d{6}-\w{4}")

Lines = list[tuple[str, str]]

CONVERSATIONS: dict[str, tuple[str, Lines]] = {
    "Dermayu": (
        "Pilangsari",
        [
            ("pak, kien kali ning desa pilangsari akeh uwuhe, banyune mambu nemen", r"foto"),
            ("laka potoe", r"apakah sudah benar"),
            ("iya wis bener", NUMBER.pattern),
        ],
    ),
    "Sundanese": (
        "Sukalila",
        [
            ("punten, bade lapor jalan di desa sukalila ruksak parah, seueur logakna", r"foto"),
            ("teu gaduh potona pa", r"apakah sudah benar"),
            ("muhun", NUMBER.pattern),
        ],
    ),
    "heavy slang": (
        "Krasak",
        [
            ("woy min bantuin dong, got dkt rmh gw d krasak mampet mulu bau bgt anjir", r"foto"),
            ("gada ft", r"apakah sudah benar"),
            ("yoii", NUMBER.pattern),
        ],
    ),
}


@pytest.fixture(scope="module")
def phones() -> Iterator[TwilioThread]:
    thread = TwilioThread()
    thread.start()
    yield thread
    thread.stop()


@pytest.fixture(scope="module")
def running(phones: TwilioThread, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    url = f"http://127.0.0.1:{phones.port}"
    with System(
        tmp_path_factory.mktemp("languages"),
        WADUL_SIMULATOR="off",
        WADUL_PUBLIC_URL=PUBLIC,
        WADUL_TWILIO_ACCOUNT_SID=ACCOUNT_SID,
        WADUL_TWILIO_AUTH_TOKEN=AUTH_TOKEN,
        WADUL_TWILIO_API_URL=url,
        WADUL_TWILIO_CONTENT_URL=url,
    ) as system:
        yield system


@pytest.mark.parametrize("language", CONVERSATIONS)
def test_a_complaint_is_filed(running: System, phones: TwilioThread, language: str) -> None:
    desa, lines = CONVERSATIONS[language]
    number = list(CONVERSATIONS).index(language)
    resident = Resident(running, phones.twilio, f"whatsapp:+62813000000{number:02d}")
    answer = ""
    for words, pattern in lines:
        answer = resident.says(words)
        assert re.search(pattern, answer, re.IGNORECASE | re.DOTALL), f"{words}: {answer}"
    found = NUMBER.search(answer)
    assert found
    ticket = running.cli("tickets", "show", found[0])
    assert (ticket["kind"], ticket["desa"]) == ("complaint", desa)
    assert ticket["description"] == lines[0][0]
