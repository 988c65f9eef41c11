"""What the action server writes when an action raises: its type and place, nobody's words."""

from __future__ import annotations

import json
import os
import sys
import urllib.error
import urllib.request
from pathlib import Path
from uuid import uuid4

import pytest

from integration.conftest import free_port
from integration.dialogue.conftest import start, wait_for

pytestmark = pytest.mark.integration

NIK, PHONE = "3212131203950001", "0812-3456-7890"
WORDS = f"jalan rusak, NIK {NIK}, HP {PHONE}"


def test_an_exception_that_quotes_a_resident_is_logged_without_the_words(tmp_path: Path) -> None:
    log, port = tmp_path / "actions.log", free_port()
    environment = os.environ | {
        "WADUL_VAR_DIR": str(tmp_path),
        "WADUL_DATABASE_URL": f"sqlite:///{tmp_path}/wadul.db",  # without a table: SQL is logged
        "WADUL_ACTIONS_PORT": str(port),
        "WADUL_SIMULATOR": "on",
    }
    with log.open("wb") as file:
        server = start([sys.executable, "-m", "actions"], environment, file)
    try:
        wait_for(f"http://127.0.0.1:{port}/health", server, log)
        for office in (WORDS, "jatibarang"):
            assert _call(port, office) == 500
    finally:
        server.terminate()
        server.wait(20)
    written = log.read_text()
    for word in (NIK, PHONE, "jalan rusak", "[parameters:"):
        assert word not in written
    assert "builtins.KeyError" in written
    assert "actions/turn.py" in written
    assert "sqlalchemy.exc.OperationalError" in written
    assert "wadul/usecases/hand_offs.py" in written


def _call(port: int, office: str) -> int:
    """`office`: one that does not exist makes an exception that quotes it."""
    call = {
        "next_action": "action_hand_off",
        "domain": {},
        "tracker": {
            "sender_id": str(uuid4()),
            "slots": {},
            "latest_message": {
                "text": WORDS,
                "metadata": {
                    "turn_id": str(uuid4()),
                    "office": office,
                    "contact_id": str(uuid4()),
                    "message_ids": [str(uuid4())],
                },
            },
        },
    }
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/webhook",
        data=json.dumps(call).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
