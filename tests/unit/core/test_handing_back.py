"""What the bot says about the help of a person."""

from __future__ import annotations

import pytest

from wadul.core.handing_back import helped_words


@pytest.mark.parametrize(
    ("note", "words"),
    [
        ("sudah dibantu soal KK", "Tadi petugas kami sudah membantu Bapak/Ibu soal KK."),
        ("Sdh dibantu petugas ttg sktm.", "Tadi petugas kami sudah membantu Bapak/Ibu soal sktm."),
        ("syarat KK hilang", "Tadi petugas kami sudah membantu Bapak/Ibu soal syarat KK hilang."),
        ("tadi dibantu\nakta anak", "Tadi petugas kami sudah membantu Bapak/Ibu soal akta anak."),
        ("bantuan PKH", "Tadi petugas kami sudah membantu Bapak/Ibu soal bantuan PKH."),
        ("  ", ""),
        ("", ""),
    ],
)
def test_helped_words(note: str, words: str) -> None:
    assert helped_words(note) == words
