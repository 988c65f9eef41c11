from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wadul.training import markup
from wadul.training.markup import entities, escaped, one_line, plain
from wadul.training.masking import EMAIL, NAME, masked, masked_numbers

MASKING = Path(__file__).parents[3] / "components" / "masking.py"


@given(st.text(alphabet=st.sampled_from("[](){}\\u: ab\"'-#|é🙂")))
def test_what_is_escaped_reads_as_it_was(text: str) -> None:
    assert plain(escaped(text)) == text
    assert entities(escaped(text)) == []


@given(st.text())
def test_one_line_is_one_line(text: str) -> None:
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert one_line(line) == line


def test_markup_is_read_as_rasa_does() -> None:
    source = (
        'urus [kartu](service:kk) di [krasak]{"entity": "desa", "value": "Krasak"}'
        ' [x][{"entity": "a"}]'
    )

    assert plain(source) == "urus kartu di krasak x"
    assert entities(source) == [("service", "kk"), ("desa", "Krasak"), ("a", "x")]


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("nama saya Budi Santoso mau lapor", f"nama saya {NAME} mau lapor"),
        ("ktp atas nama siti rohmah belum jadi", f"ktp atas nama {NAME} belum jadi"),
        ("a.n. Karsidi, rt 3", f"a.n. {NAME}, rt 3"),
        ("saya Wartini dari Krasak", f"saya {NAME} dari Krasak"),
        ("tolong Pak Dulkamid minta uang", f"tolong Pak {NAME} minta uang"),
        ("nama saya salah di KK", "nama saya salah di KK"),
        ("Pak Camat tolong", "Pak Camat tolong"),
        ("namanya beda di akta", "namanya beda di akta"),
        ("surel budi.s@contoh.id ya", f"surel {EMAIL} ya"),
        ("nik 3212130101900001", "nik 3212********0001"),
        ("wa 0812-3456-7890", "wa 0812******90"),
        ("laporan JTB-261124-7K3F rp 1.500.000", "laporan JTB-261124-7K3F rp 1.500.000"),
    ],
)
def test_people_are_hidden(text: str, hidden: str) -> None:
    assert masked(text) == hidden
    assert masked(hidden) == hidden


@given(st.text(alphabet="0123456789 .-+Oo()a", max_size=40))
def test_numbers_are_hidden_as_the_rasa_process_does(text: str) -> None:
    spec = importlib.util.spec_from_file_location("components_masking", MASKING)
    assert spec is not None
    assert spec.loader is not None
    theirs = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(theirs)
    assert masked_numbers(text) == theirs.mask_personal_numbers(text)


def test_marked_entities_are_read_back() -> None:
    text = "bikin [ktp] di krasak utara"
    source = markup.marked(
        text, [markup.Span(15, 21, "desa", "Krasak"), markup.Span(0, 5, "service")]
    )
    assert source == "[bikin](service) [[][]ktp] di [krasak](desa:Krasak) utara"
    assert markup.plain(source) == text
    assert markup.entities(source) == [("service", "bikin"), ("desa", "Krasak")]


@pytest.mark.parametrize(
    "spans",
    [
        [markup.Span(3, 3, "desa")],
        [markup.Span(0, 99, "desa")],
        [markup.Span(6, 11, "desa")],
        [markup.Span(0, 5, "desa"), markup.Span(3, 8, "rt")],
    ],
)
def test_entities_that_cannot_be_marked(spans: list[markup.Span]) -> None:
    with pytest.raises(ValueError, match="no entity"):
        markup.marked("bikin [ktp] di krasak", spans)
