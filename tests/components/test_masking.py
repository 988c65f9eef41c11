"""What is hidden before anything is stored, and what must stay readable."""

from __future__ import annotations

import pytest

from components.masking import mask_personal_numbers

HIDDEN = [
    ("NIK saya 3212130101900001", "NIK saya 3212********0001"),
    ("nik 3212 1301 0190 0001 ya", "nik 3212********0001 ya"),
    ("32.12.13.010190.0001", "3212********0001"),
    ("3212-1301-0190-0001", "3212********0001"),
    ("32121301O19OOO01", "3212********0001"),
    ("rt 2 3212130101900001 rw 3", "rt 2 3212********0001 rw 3"),
    ("kurang satu 321213010190001", "kurang satu 3212*******0001"),
    ("wa 081234567890", "wa 0812******90"),
    ("wa0812-3456-7890", "wa0812******90"),
    ("hub +62 812-3456-7890 pak", "hub 6281*******90 pak"),
    ("6281234567890", "6281*******90"),
    ("anak di +966 50 123 4567", "anak di 9665******67"),
    ("0812 3456 7890 1234", "0812******90 1234"),
    ("kantor (0234) 351234", "kantor 0234****34"),
    ("nomerku 81234567890", "nomerku 8123*****90"),
]


@pytest.mark.parametrize(("said", "kept"), HIDDEN)
def test_personal_numbers_are_hidden(said: str, kept: str) -> None:
    assert mask_personal_numbers(said) == kept


@pytest.mark.parametrize(("said", "kept"), HIDDEN)
def test_masking_twice_changes_nothing(said: str, kept: str) -> None:
    assert mask_personal_numbers(kept) == kept


@pytest.mark.parametrize(
    "said",
    [
        "JTB-261124-7K3F",
        "diminta Rp1.500.000 tgl 24-11-2026 jam 08.30",
        "dimintai 200rb, 1.250.000.000 juga",
        "telepon 112 atau 1500537",
        "rt 003 rw 02 blok 12",
        "kode pos 45273",
        "oOoOoOoOoOoOoOoOoOoO",
        "",
    ],
)
def test_other_numbers_stay(said: str) -> None:
    assert mask_personal_numbers(said) == said
