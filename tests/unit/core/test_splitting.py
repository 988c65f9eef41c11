"""Splitting keeps everything, fits every phone, and cuts where a reader would pause."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wadul.core.splitting import LIMIT, size, split_text, truncate

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"  # one emoji of five code points
WAVE = "\U0001f44b\U0001f3fd"  # a hand with a skin tone
FLAG = "\U0001f1ee\U0001f1e9"
ACUTE = "e\u0301"

graphemes = st.sampled_from(["a", "b", ".", " ", "\n", "!", "?", FAMILY, WAVE, FLAG, ACUTE, "1"])
texts = st.one_of(st.text(max_size=400), st.lists(graphemes, max_size=200).map("".join))


def bare(text: str) -> str:
    return "".join(text.split())


@given(texts, st.integers(20, 120))
@example("a" * 100 + FAMILY, 20)
@example(" \u0301" * 30, 20)
def test_nothing_is_lost_and_every_piece_fits(text: str, limit: int) -> None:
    pieces = split_text(text, limit)
    assert bare("".join(pieces)) == bare(text)
    assert all(piece and size(piece) <= limit for piece in pieces)


@given(st.lists(st.sampled_from([FAMILY, WAVE, FLAG, ACUTE, "x"]), min_size=1, max_size=80))
def test_no_character_of_a_reader_is_cut(characters: list[str]) -> None:
    pieces = split_text("".join(characters), 21)
    seen: list[str] = []
    for piece in pieces:
        while piece:
            whole = next(c for c in (FAMILY, WAVE, FLAG, ACUTE, "x") if piece.startswith(c))
            seen.append(whole)
            piece = piece.removeprefix(whole)
    assert seen == characters


@given(st.lists(st.text("abcdefghij", min_size=1, max_size=12), min_size=1, max_size=60))
def test_words_stay_whole(words: list[str]) -> None:
    pieces = split_text(" ".join(words), 30)
    assert " ".join(pieces).split() == words


@pytest.mark.parametrize(
    ("text", "limit", "pieces"),
    [
        ("", 20, []),
        ("   \n ", 20, []),
        ("Halo.\n\nApa kabar?", 40, ["Halo.\n\nApa kabar?"]),
        ("Satu kalimat. Kalimat kedua di sini.", 25, ["Satu kalimat.", "Kalimat kedua di sini."]),
        ("Baris satu\nBaris dua\nBaris tiga", 22, ["Baris satu\nBaris dua", "Baris tiga"]),
        ("Datang ke Jl. Raya Barat", 16, ["Datang ke Jl.", "Raya Barat"]),
        (
            "Kantor buka. Alamat Jl. Mayor Dasuki",
            28,
            ["Kantor buka.", "Alamat Jl. Mayor Dasuki"],
        ),
        ("Sudah? Belum! Tunggu saja ya", 16, ["Sudah? Belum!", "Tunggu saja ya"]),
        ("aaaa bbbb cccc", 9, ["aaaa bbbb", "cccc"]),
    ],
)
def test_where_it_is_cut(text: str, limit: int, pieces: list[str]) -> None:
    assert split_text(text, limit) == pieces


def test_an_address_stays_whole() -> None:
    url = "https://contoh.go.id/" + "x" * 60
    pieces = split_text("Keterangan lengkapnya ada di " + url + " silakan dibuka", 90)
    assert url in pieces[1]


def test_what_fits_is_one_message() -> None:
    text = "Paragraf.\n\n" * 130
    assert size(text) < LIMIT
    assert len(split_text(text)) == 1


def test_emoji_count_as_phones_count_them() -> None:
    assert size("a\U0001f600") == 3
    assert all(size(piece) <= 1600 for piece in split_text("\U0001f600" * 1000))


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [("Jalan", 20, "Jalan"), ("Jalan dan jembatan", 10, "Jalan dan…"), ("ab" + FAMILY, 5, "ab…")],
)
def test_truncate(text: str, limit: int, short: str) -> None:
    assert truncate(text, limit) == short
