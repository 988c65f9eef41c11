"""Changing YAML as text: only the lines of what changes are others afterwards."""

from __future__ import annotations

import difflib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from wadul.exceptions import NotFound
from wadul.usecases.office_yaml import (
    Change,
    add_item,
    remove_item,
    set_in,
    set_values,
    value_at,
)

FILE = """\
# Kepala.
name: Kecamatan Contoh  # resmi
place: {lat: -6.4, lon: 108.3}  # kira-kira
# Yang utama di atas.
numbers:
  - kind: other
    label: Darurat
    number: "112"
    note: null
  # Damkar menurut papan di pasar.
  - kind: fire
    label: Damkar
    number: "113"

escalation:
  inspector:
    name: Inspektorat
    contact: null
  # Lembaga lain.
  outside:
    - {name: "KPK", contact: "198"}  # bebas pulsa
    - {name: "Ombudsman"}
empty: []
# Teks panjang.
notice: >-
  Saya bot.
  Ketik HAPUS.
# Kaki.
"""


def difference(change: Change) -> list[str]:
    lines = difflib.unified_diff(FILE.splitlines(), change(FILE).splitlines(), n=0, lineterm="")
    return [line for line in lines if line[:3] not in ("---", "+++") and line[:2] != "@@"]


CHANGES = [
    (
        "a key of the file",
        set_values({"name": "Kecamatan: Baru"}),
        ["-name: Kecamatan Contoh  # resmi", '+name: "Kecamatan: Baru"'],
    ),
    (
        "a key of an entry",
        set_in(("numbers", 0), {"number": "119", "note": "Gratis"}),
        ['-    number: "112"', "-    note: null", '+    number: "119"', "+    note: Gratis"],
    ),
    (
        "a key that an entry did not have",
        set_in(("numbers", 1), {"note": "Pos Jatibarang", "contact": None}),
        ["+    note: Pos Jatibarang"],
    ),
    (
        "a key far inside",
        set_in(("escalation", "inspector"), {"contact": "+62 234 1"}),
        ["-    contact: null", '+    contact: "+62 234 1"'],
    ),
    (
        "an entry in braces",
        set_in(("escalation", "outside", 0), {"contact": "198, atau {web}"}),
        [
            '-    - {name: "KPK", contact: "198"}  # bebas pulsa',
            '+    - {name: "KPK", contact: "198, atau {web}"}  # bebas pulsa',
        ],
    ),
    (
        "a new key in braces",
        set_in(("escalation", "outside", 1), {"contact": "137"}),
        ['-    - {name: "Ombudsman"}', '+    - {name: "Ombudsman", contact: "137"}'],
    ),
    (
        "a mapping in braces at the top",
        set_in(("place",), {"lat": -6.5}),
        [
            "-place: {lat: -6.4, lon: 108.3}  # kira-kira",
            "+place: {lat: -6.5, lon: 108.3}  # kira-kira",
        ],
    ),
    (
        "one more entry",
        add_item(("numbers",), {"kind": "crime", "label": "Polisi", "number": "110"}),
        ["+  - kind: crime", "+    label: Polisi", '+    number: "110"'],
    ),
    (
        "one more entry in braces",
        add_item(("escalation", "outside"), {"name": "Komnas"}),
        ['+    - {name: "Komnas"}'],
    ),
    ("the first entry", add_item(("empty",), {"a": "b"}), ["-empty: []", "+empty:", "+  - a: b"]),
    (
        "one entry less",
        remove_item(("numbers",), 1),
        ["-  - kind: fire", "-    label: Damkar", '-    number: "113"'],
    ),
    (
        "a long text keeps its fold",
        set_values({"notice": "Saya bot. Ketik HAPUS DATA.\nTerima kasih."}),
        [
            "-  Saya bot.",
            "-  Ketik HAPUS.",
            "+  Saya bot. Ketik HAPUS DATA.",
            "+",
            "+  Terima kasih.",
        ],
    ),
    ("nothing new", set_in(("numbers", 0), {"number": "112", "note": None}), []),
]


@pytest.mark.parametrize(
    ("change", "lines"), [row[1:] for row in CHANGES], ids=[r[0] for r in CHANGES]
)
def test_only_its_own_lines_change(change: Change, lines: list[str]) -> None:
    assert difference(change) == lines


def test_comments_stay_where_they_are_after_many_changes() -> None:
    text = FILE
    for change in (
        remove_item(("escalation", "outside"), 0),
        add_item(("numbers",), {"kind": "flood", "label": "Basarnas", "number": "115"}),
        set_in(("numbers", 1), {"label": "Damkar: pos"}),
        set_values({"notice": "Baru.", "empty": []}),
        remove_item(("numbers",), 0),
    ):
        text = change(text)
    comments = [line.strip() for line in FILE.splitlines() if line.lstrip().startswith("#")]
    assert [line.strip() for line in text.splitlines() if line.lstrip().startswith("#")] == comments
    read = YAML(typ="safe").load(text)
    assert [one["number"] for one in read["numbers"]] == ["113", "115"]
    assert read["escalation"]["outside"] == [{"name": "Ombudsman"}]
    assert value_at(text, ("numbers", 0, "label")) == "Damkar: pos"


def test_the_last_entry_leaves_an_empty_list() -> None:
    text = remove_item(("numbers",), 0)(remove_item(("numbers",), 1)(FILE))
    assert YAML(typ="safe").load(text)["numbers"] == []
    assert YAML(typ="safe").load(text)["escalation"]["inspector"]["name"] == "Inspektorat"


@pytest.mark.parametrize(
    "change",
    [
        set_in(("numbers", 7), {"number": "1"}),
        set_in(("name",), {"number": "1"}),
        set_in(("nowhere",), {"number": "1"}),
        remove_item(("numbers",), -1),
        remove_item(("numbers",), 2),
        remove_item(("place",), 0),
        add_item(("name", "x"), {"a": "b"}),
    ],
)
def test_what_is_not_there_is_not_changed(change: Change) -> None:
    with pytest.raises(NotFound):
        change(FILE)


words = st.text(alphabet="ab1 :#-{}[]&*!|>'\"%@`,?+~.\n=yn", max_size=30).map(str.strip)


@given(words)
def test_any_words_come_back_as_they_were_written(text: str) -> None:
    for way, key in (
        ((), "name"),
        ((), "notice"),
        (("numbers", 0), "number"),
        (("escalation", "outside", 0), "contact"),
    ):
        after = set_in(way, {key: text})(FILE)
        assert value_at(after, (*way, key)) == text
        assert value_at(after, ("numbers", 1, "number")) == "113"
