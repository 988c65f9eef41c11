from __future__ import annotations

from itertools import accumulate
from pathlib import Path
from time import process_time

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from wadul.training import markup, personal_numbers
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


def test_numbers_are_hidden_as_the_rasa_process_does() -> None:
    assert Path(personal_numbers.__file__).read_text() == MASKING.read_text()
    assert masked_numbers("nik 3212 1301\n0190 0001") == "nik 3212********0001"


GAPS = st.sampled_from([" ", "  ", ".", "-", " - ", "/", "_", ",", ":", "\t", "\n", "—", "\u200b"])
SIZES = st.sampled_from([(16,), (4, 4, 4, 4), (6, 6, 4), (8, 8), (6, 2, 2, 2, 4), (2, 2, 2, 6, 4)])
STYLES = st.sampled_from(["0123456789", "O123456789", "0l23456789", "０１２３４５６７８９"])


@given(
    st.integers(1, 28),
    st.integers(1, 12),
    st.integers(0, 99),
    st.integers(1, 9999),
    GAPS,
    SIZES,
    STYLES,
)
@example(1, 1, 90, 1, "\n", (4, 4, 4, 4), "0123456789")
@example(1, 1, 0, 1, ",", (4, 4, 4, 4), "0l23456789")
def test_an_identity_is_hidden_however_it_is_grouped(
    day: int, month: int, year: int, serial: int, gap: str, sizes: tuple[int, ...], style: str
) -> None:
    nik = f"321213{day:02}{month:02}{year:02}{serial:04}"
    ends = list(accumulate(sizes))
    typed = nik.translate(str.maketrans("0123456789", style))
    assume(sum(map(str.isalpha, typed)) * 2 <= len(typed))  # more letters than digits are a word
    written = gap.join(typed[end - size : end] for end, size in zip(ends, sizes, strict=True))
    assert masked_numbers(f"nik {written} ya") == f"nik {nik[:4]}********{nik[-4:]} ya"


PIECES = (
    "0812 62 +62 3212 1301 0190 0001 321213 08 628 00 0 812 7890 17-08-2025 08.30 1.500.000 O l a"
    " * *** ( ) + - . , / _ : \u200b — １ 3212130101900001 0812******90 JTB-261124-7234"
    " -6.4731,108.3123"
).split(" ")


@given(st.lists(st.sampled_from([*PIECES, " ", "\n"]), max_size=14).map("".join))
def test_hiding_numbers_twice_changes_nothing(text: str) -> None:
    once = masked_numbers(text)
    assert masked_numbers(once) == once


KEPT = st.sampled_from(
    "17-08-2025 24/11/2026 2026-11-24 08.00-16.00 08:30 1.500.000 2.500.000,00 12 JTB-261124-7K3F"
    " JTB-261124-7234 -6.473156,108.308956".split()
)


@given(st.lists(KEPT, max_size=8), st.sampled_from([" ", ", ", "\n", " dan "]))
def test_dates_hours_amounts_and_tickets_stay(parts: list[str], between: str) -> None:
    text = between.join(parts)
    assert masked_numbers(text) == text


@pytest.mark.parametrize("unit", ["1", "0", " ", "1 ", "1   ", "62", "O", "+1 ", "*"])
def test_a_long_text_is_read_in_one_go(unit: str) -> None:
    text = unit * (5_000 // len(unit))
    started = process_time()
    masked_numbers(text)
    masked_numbers(text + "a")
    assert process_time() - started < 0.2


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
