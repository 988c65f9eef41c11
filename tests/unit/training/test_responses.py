"""Rewording the bot's answers: one line of domain.yml, everything else as it was."""

from __future__ import annotations

import pytest

from wadul.exceptions import InvalidInput, NotFound
from wadul.training import responses
from wadul.training.exceptions import ChangedMeanwhile
from wadul.training.project import Project

RESPONSES = """\
slots:
  number:
    type: any
    mappings: []
# jawaban
responses:
  # menyapa
  utter_greet:
    - text: "Halo dari {office}."  # dua bunyi
      buttons:
        - {title: "Lapor", payload: "/complaint"}
    # yang kedua
    - text: 'Selamat datang.'
  utter_number:
  - text: |
      Nomor *{number}*:
      dicatat.
    condition:
    - type: slot
      name: number
      value: x

  # sesudahnya
  utter_flow: [{text: "Satu"}]
"""


@pytest.fixture
def domain(project: Project) -> Project:
    project.domain.write_text(project.domain.read_text() + RESPONSES)
    return project


def _digest(project: Project) -> str:
    return responses.load(project).digest


def test_what_there_is(domain: Project) -> None:
    found = responses.load(domain).variants
    assert [(each.response, each.number, each.of) for each in found] == [
        ("utter_greet", 0, 2),
        ("utter_greet", 1, 2),
        ("utter_number", 0, 1),
        ("utter_flow", 0, 1),
    ]
    assert found[0].buttons == ("Lapor",)
    assert found[0].blanks == {"office"}
    assert found[2].when == "number = x"
    assert found[2].text == "Nomor *{number}*:\ndicatat.\n"


@pytest.mark.parametrize(
    ("response", "number", "text", "old", "new"),
    [
        (
            "utter_greet",
            0,
            'Hai "Bapak"\n{office}',
            '    - text: "Halo dari {office}."  # dua bunyi\n',
            '    - text: "Hai \\"Bapak\\"\\n{office}"  # dua bunyi\n',
        ),
        (
            "utter_greet",
            1,
            "Silakan.",
            "    - text: 'Selamat datang.'\n",
            '    - text: "Silakan."\n',
        ),
        (
            "utter_number",
            0,
            "Nomornya {number}",
            "  - text: |\n      Nomor *{number}*:\n      dicatat.\n",
            '  - text: "Nomornya {number}"\n',
        ),
        ("utter_flow", 0, "Dua", '[{text: "Satu"}]', '[{text: "Dua"}]'),
    ],
)
def test_editing(
    domain: Project, response: str, number: int, text: str, old: str, new: str
) -> None:
    before = domain.domain.read_text()
    responses.edit(domain, response, number, text, seen=_digest(domain))
    assert domain.domain.read_text() == before.replace(old, new)


def test_another_way_to_say_it_and_back(domain: Project) -> None:
    before = domain.domain.read_text()
    responses.add(domain, "utter_greet", "Ada yang bisa dibantu?", seen=_digest(domain))
    assert domain.domain.read_text() == before.replace(
        "    - text: 'Selamat datang.'\n",
        "    - text: 'Selamat datang.'\n    - text: \"Ada yang bisa dibantu?\"\n",
    )
    responses.remove(domain, "utter_greet", 2, seen=_digest(domain))
    assert domain.domain.read_text() == before
    responses.remove(domain, "utter_greet", 0, seen=_digest(domain))
    assert responses.load(domain).variants[0].text == "Selamat datang."
    assert "# yang kedua" in domain.domain.read_text()
    responses.add(domain, "utter_number", "Nomor: {number}", seen=_digest(domain))
    assert '  - text: "Nomor: {number}"\n\n  # sesudahnya' in domain.domain.read_text()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("  ", "kosong"),
        ("x" * 1601, "lebih dari 1600"),
        ("Nomor {nomor}", r"isian \{nomor\} tidak dikenal. Isian jawaban ini: \{office\}"),
        ("Nomor {number", "tidak berpasangan"),
        ("Nomor }", "tidak berpasangan"),
    ],
)
def test_texts_that_cannot_be(domain: Project, text: str, words: str) -> None:
    before = domain.domain.read_text()
    with pytest.raises(InvalidInput, match=words):
        responses.edit(domain, "utter_greet", 0, text, seen=_digest(domain))
    assert domain.domain.read_text() == before


def test_what_would_leave_the_bot_without_an_answer(domain: Project) -> None:
    with pytest.raises(InvalidInput, match="hanya punya satu bunyi"):
        responses.remove(domain, "utter_number", 0, seen=_digest(domain))
    with pytest.raises(NotFound):
        responses.edit(domain, "utter_gone", 0, "x", seen=_digest(domain))


def test_a_hand_edit_is_not_overwritten(domain: Project) -> None:
    seen = _digest(domain)
    domain.domain.write_text(domain.domain.read_text() + "# tangan\n")
    with pytest.raises(ChangedMeanwhile):
        responses.edit(domain, "utter_greet", 0, "Hai", seen=seen)
    assert domain.domain.read_text().endswith("# tangan\n")
