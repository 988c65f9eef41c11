"""Every provider error has one remedy."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from wadul.channels.sending import Ambiguous, Misconfigured, Postponed, Refused, WindowClosed
from wadul.channels.whatsapp import errors
from wadul.core.delivery import Remedy


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "63016", WindowClosed),
        (400, "63014", Refused),
        (400, "63024", Refused),
        (400, "21610", Refused),
        (400, "21617", Refused),
        (400, "63018", Postponed),
        (400, "63010", Postponed),
        (400, "30001", Postponed),
        (400, "63007", Misconfigured),
        (401, "20003", Misconfigured),
        (403, None, Misconfigured),
        (404, "20404", Misconfigured),
        (429, "20429", Postponed),
        (429, None, Postponed),
        (503, None, Postponed),
        (500, "20500", Ambiguous),
        (502, None, Ambiguous),
        (504, None, Ambiguous),
        (408, None, Ambiguous),
        (400, "99999", Refused),  # unknown: the status decides
        (400, None, Refused),
    ],
)
def test_what_an_answer_means(status: int, code: str | None, kind: type) -> None:
    error = errors.send_error(status, code)
    assert type(error) is kind
    assert error.code == (code or f"http_{status}")


def test_only_errors_of_one_message_run_out_of_patience() -> None:
    assert errors.send_error(429, "20429").general
    assert errors.send_error(503, None).general
    assert not errors.send_error(400, "63018").general


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        ("63016", Remedy.OPEN_WINDOW),
        ("63018", Remedy.RETRY),
        ("63024", Remedy.GIVE_UP),
        ("31337", Remedy.GIVE_UP),
        ("", Remedy.GIVE_UP),
        ("no number", Remedy.GIVE_UP),
        (None, Remedy.GIVE_UP),
    ],
)
def test_what_a_report_means(code: str | None, remedy: Remedy) -> None:
    assert errors.remedy_for(code) is remedy


def test_codes_of_content_are_final_so_that_plain_text_is_tried() -> None:
    assert all(errors.remedy_for(code) is Remedy.GIVE_UP for code in errors.OF_CONTENT)


def test_each_code_says_what_it_is() -> None:
    source = Path(errors.__file__).read_text()
    lines = re.findall(r"^    (\d{5}): Remedy\.\w+,(.*)$", source, re.M)
    assert len(lines) == len(errors.REMEDIES)
    silent = [code for code, comment in lines if not comment.strip().startswith("#")]
    assert set(silent) <= {"20500", "20503", "63016"}
