"""A number, the words, an ordinal, a keycap: all name a choice; more than that names none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wadul.core.choices import Choice, choices_of, numbered, resolve

MENU = [
    Choice("Lapor/pengaduan", "/complaint"),
    Choice("Tanya layanan", "/consultation"),
    Choice("Cek laporan", "/ticket_status"),
    Choice("Bicara dengan petugas", "/human_request"),
]
YES_NO = [Choice("Ya, kirim", "/affirm"), Choice("Tidak, batal", "/deny")]
FILING = [Choice("KTP hilang", "/a"), Choice("KTP rusak", "/b"), Choice("KTP", "/c")]


@pytest.mark.parametrize(
    ("said", "payload"),
    [
        ("1", "/complaint"),
        (" 2. ", "/consultation"),
        ("3)", "/ticket_status"),
        ("(4)", "/human_request"),
        ("no 2", "/consultation"),
        ("No. 2", "/consultation"),
        ("nomor 3 pak", "/ticket_status"),
        ("yang ke 3", "/ticket_status"),
        ("yg ke-3", "/ticket_status"),
        ("ke3", "/ticket_status"),
        ("yang ketiga", "/ticket_status"),
        ("yg pertama aja", "/complaint"),
        ("yang terakhir", "/human_request"),
        ("satu", "/complaint"),
        ("pilih dua", "/consultation"),
        ("loro", "/consultation"),  # Dermayu
        ("tilu", None),  # Sundanese, but see below
        ("1️⃣", "/complaint"),
        ("②", "/consultation"),
        ("３", "/ticket_status"),  # full width
        ("٢", "/consultation"),  # Arabic-Indic digit
        ("ok 2", "/consultation"),
        ("2 aja min", "/consultation"),
        ("2 2", "/consultation"),
        ("tanya layanan", "/consultation"),
        ("TANYA LAYANAN!!", "/consultation"),
        ("mau tanya layanan pak", "/consultation"),
        ("cek laporan", "/ticket_status"),
        ("cek", "/ticket_status"),
        ("bicara dengan petugas 🙏", "/human_request"),
        ("0", None),
        ("5", None),
        ("12", None),
        ("2 hari", None),
        ("rt 2", None),
        ("1 dan 2", None),
        ("1 2", None),
        ("jalan rusak sudah 2 minggu", None),
        ("08123456789", None),
        ("ya", None),
        ("", None),
        ("🙏", None),
    ],
)
def test_menu(said: str, payload: str | None) -> None:
    if said == "tilu":
        payload = "/ticket_status"
    chosen = resolve(said, MENU)
    assert (chosen and chosen.payload) == payload


@pytest.mark.parametrize(
    ("said", "choices", "payload"),
    [
        ("ya", YES_NO, "/affirm"),
        ("tidak", YES_NO, "/deny"),
        ("ya kirim", YES_NO, "/affirm"),
        ("batal", YES_NO, None),
        ("ktp", FILING, "/c"),
        ("ktp hilang", FILING, "/a"),
        ("hilang", FILING, None),
        ("1", [], None),
        ("1", [Choice("1. Ya", "/affirm")], "/affirm"),
        ("2024", [Choice("2024", "/y2024"), Choice("2025", "/y2025")], "/y2024"),
    ],
)
def test_titles(said: str, choices: list[Choice], payload: str | None) -> None:
    chosen = resolve(said, choices)
    assert (chosen and chosen.payload) == payload


titles = st.text(
    st.characters(categories=("Lu", "Ll"), max_codepoint=0x24F), min_size=1, max_size=12
)


@given(st.lists(titles, min_size=1, max_size=10, unique_by=str.casefold), st.data())
def test_every_number_and_every_title_is_understood(names: list[str], data: st.DataObject) -> None:
    choices = [Choice(name, f"/p{index}") for index, name in enumerate(names)]
    index = data.draw(st.integers(0, len(names) - 1))
    by_title = resolve(names[index], choices)
    assert by_title is None or by_title == choices[index] or _alike(by_title.title, names[index])
    if not any(_alike(name, str(index + 1)) for name in names):
        assert resolve(f"{index + 1}", choices) == choices[index]
        assert resolve(f"nomor {index + 1}", choices) == choices[index]


def _alike(one: str, other: str) -> bool:
    import unicodedata

    return (
        unicodedata.normalize("NFKC", one).casefold()
        == unicodedata.normalize("NFKC", other).casefold()
    )


@given(st.text(max_size=200))
def test_any_text_at_all(text: str) -> None:
    chosen = resolve(text, MENU)
    assert chosen is None or chosen in MENU


def test_numbered_list() -> None:
    assert numbered([Choice("Ya", "/affirm"), Choice("2) Tidak", "/deny")]) == "1. Ya\n2. Tidak"


def test_choices_from_rasa() -> None:
    rows = [
        {"title": " Ya ", "payload": "/affirm"},
        {"title": "Iya", "payload": "/affirm"},
        {"title": "", "payload": "/deny"},
        {"title": "Tidak"},
        {"title": None, "payload": None},
    ]
    assert choices_of(rows) == [Choice("Ya", "/affirm")]
