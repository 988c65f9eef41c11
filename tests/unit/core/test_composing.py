from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wadul.core.choices import Choice
from wadul.core.composing import Part, clean_text, compose
from wadul.core.splitting import size

YES, NO = Choice("Ya", "/affirm"), Choice("Tidak", "/deny")


@pytest.mark.parametrize(
    ("texts", "choices", "parts"),
    [
        ([], [], []),
        (["", "  "], [], []),
        (["Halo."], [], [Part("Halo.")]),
        (["Halo.", "", "Ada lagi?"], [], [Part("Halo.\n\nAda lagi?")]),
        (["Sudah benar?"], [YES, NO], [Part("Sudah benar?\n\n1. Ya\n2. Tidak", (YES, NO))]),
        ([], [YES], [Part("1. Ya", (YES,))]),
        (["a\x00b\ud800"], [], [Part("ab\ufffd")]),
    ],
)
def test_one_message(texts: list[str], choices: list[Choice], parts: list[Part]) -> None:
    assert compose(texts, choices) == parts


def test_a_long_answer_is_split_and_its_choices_stay_together() -> None:
    sentence = "Kalimat yang cukup panjang untuk mengisi pesan. "
    parts = compose([sentence * 50], [YES, NO])
    assert len(parts) == 2
    assert parts[0].choices == ()
    assert parts[-1].choices == (YES, NO)
    assert parts[-1].text.endswith("1. Ya\n2. Tidak")


def test_a_list_that_does_not_fit_any_more_gets_its_own_message() -> None:
    parts = compose(["x" * 1595], [YES, NO])
    assert [part.text for part in parts] == ["x" * 1595, "1. Ya\n2. Tidak"]


@given(
    st.lists(st.text(max_size=900), max_size=5),
    st.lists(st.builds(Choice, st.text("abc", min_size=1), st.just("/p")), max_size=12),
)
def test_every_part_can_be_sent_and_stored(texts: list[str], choices: list[Choice]) -> None:
    parts = compose(texts, choices)
    for part in parts:
        assert 0 < size(part.text) <= 1600
        assert clean_text(part.text) == part.text
        part.text.encode()
    assert all(not part.choices for part in parts[:-1])
