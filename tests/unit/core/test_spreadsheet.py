"""No cell of an export is computed by the spreadsheet that opens it."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wadul.core.spreadsheet import SEPARATOR, as_text, csv_line

FORMULA_SIGNS = "=+-@＝＋－＠"


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("jalan rusak", "jalan rusak"),
        ("", ""),
        ("2026-11-24", "2026-11-24"),
        ("JTB-261124-7K3F", "JTB-261124-7K3F"),
        ("RT 3 - RW 1", "RT 3 - RW 1"),
        ("a=b", "a=b"),
        ('=HYPERLINK("http://x")', '\'=HYPERLINK("http://x")'),
        ("+6281200000001", "'+6281200000001"),
        ("-1+1", "'-1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1+1", "'\t'=1+1"),
        ("\rhalo", "'\rhalo"),
        ("  =1+1", "'  =1+1"),
        ("＝1+1", "'＝1+1"),
        ("aman;=1+1", "aman;'=1+1"),
        ('aman,"=1+1', "aman,\"'=1+1"),
        ("baris\n=1+1", "baris\n'=1+1"),
    ],
)
def test_what_begins_like_a_formula_becomes_text(cell: str, shown: str) -> None:
    assert as_text(cell) == shown


def test_a_line_is_quoted_and_ends_as_spreadsheets_expect() -> None:
    assert csv_line(["a;b", 'kata "baru"', "=1"]) == '"a;b";"kata ""baru""";"\'=1"\r\n'


@given(st.lists(st.text(alphabet=f"{FORMULA_SIGNS}ab;,|\t\r\n \"'"), min_size=1, max_size=4))
def test_read_with_any_separator_no_cell_is_a_formula(cells: list[str]) -> None:
    line = csv_line(cells)
    for separator in (SEPARATOR, ",", "\t", "|"):
        for row in csv.reader(io.StringIO(line, newline=""), delimiter=separator):
            assert not [cell for cell in row if cell.lstrip(' "')[:1] in tuple(FORMULA_SIGNS)]


@given(st.lists(st.text(alphabet="abc ;,\"'"), min_size=1, max_size=4))
def test_ordinary_words_come_back_as_they_were(cells: list[str]) -> None:
    assert list(csv.reader(io.StringIO(csv_line(cells), newline=""), delimiter=SEPARATOR)) == [
        cells
    ]
