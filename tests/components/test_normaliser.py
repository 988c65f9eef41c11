"""Chat language becomes plain Indonesian, and a "not" never gets lost."""

from __future__ import annotations

import re

import pytest

from components.normaliser import Normaliser
from components.spelling import Spelling

NORMALISER = Normaliser.from_file()

PLAIN = [
    ("sy mo bkin ktp gmn crnya", "saya mau membuat ktp bagaimana cara"),
    ("lamaaaa bgttttt", "lama sekali"),
    ("bolak2", "bolak bolak"),
    ("rt2 rw3", "rt 2 rw 3"),
    ("s4y4 g4k bisa", "saya tidak bisa"),
    ("ktpsayahilang", "ktp saya hilang"),
    ("gabisa", "tidak bisa"),
    ("surat pengantar kelakuan baik", "surat pengantar kelakuan baik"),
    ("kepriben kien KTP-e reang durung dadi", "bagaimana ini ktp nya saya belum jadi"),
    ("kula badhe tangled, KK kula dereng dados", "saya mau bertanya , kk saya belum jadi"),
    ("punten abdi bade naros syarat KK", "punten saya mau bertanya syarat kk"),
    ("𝗺𝗮𝘂 𝗹𝗮𝗽𝗼𝗿", "mau lapor"),
    ("jalan rusak. tolong!!! wkwkwk...", "jalan rusak . tolong ! haha"),
    ("heeh pak", "ya pak"),
    ("hehe", "haha"),
    ("p", "p"),
    ("", ""),
]


@pytest.mark.parametrize(("said", "plain"), PLAIN)
def test_plain(said: str, plain: str) -> None:
    assert NORMALISER.normalise(said) == plain


FALSE_FRIENDS = [
    ("itu aja", "itu saja"),
    ("aja suwe-suwe", "jangan lama - lama"),
    ("mau esuk reang teka", "tadi pagi saya datang"),
    ("mau lapor", "mau lapor"),
    ("mau beli tanah", "mau beli tanah"),
    ("reang beli bisa teka", "saya tidak bisa datang"),
    ("kita pada takon, durung ana jawabane", "saya pada bertanya , belum ada jawabannya"),
    ("kita warga sini", "kita warga sini"),
    ("seminggu dua kali", "seminggu dua kali"),
    ("asw pak", "assalamualaikum pak"),
    ("asma ibu kambuh", "asma ibu kambuh"),
    ("jenenge sapa, asma bapane sapa", "namanya siapa , nama bapaknya siapa"),
    ("tindak lanjut laporan", "tindak lanjut laporan"),
    ("sinyal lemah", "sinyal lemah"),
    ("nomorku", "nomorku"),
    ("akta ku mana", "akta ku mana"),
]


@pytest.mark.parametrize(("said", "plain"), FALSE_FRIENDS)
def test_false_friends_are_decided_by_their_neighbours(said: str, plain: str) -> None:
    assert NORMALISER.normalise(said) == plain


_NOT = r"\b(?:tidak|belum|bukan|jangan|tanpa)\b"
NEGATIONS = [
    ("bukan ga mau bayar", 2),
    ("ora beli", 1),
    ("ga ada yg ga dilayani", 2),
    ("blm jadi jg ga dikabarin", 2),
    ("boten wonten ingkang mboten dilayani", 2),
    ("teu acan rengse, ulah kitu", 3),
    ("gausah", 1),
    ("reang durung", 1),
    ("laka wong", 1),
    ("euweuh jalmi", 1),
]


@pytest.mark.parametrize(("said", "at_least"), NEGATIONS)
def test_no_negation_is_dropped(said: str, at_least: int) -> None:
    assert len(re.findall(_NOT, NORMALISER.normalise(said))) >= at_least


def test_every_word_leaves_at_least_one_word() -> None:
    for form in NORMALISER.known_words:
        assert NORMALISER.normalise(f"{form} krasak").split()[-1] == "krasak"
        assert len(NORMALISER.normalise(form).split()) >= 1


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("bnjir", "banjir"),
        ("bnjr", "banjir"),
        ("domsili", "domisili"),
        ("pasar", "pasar"),
        ("xyz", "xyz"),
    ],
)
def test_spelling(typed: str, meant: str) -> None:
    assert Spelling(["banjir", "domisili", "pasar", "pisau"]).repair(typed) == meant


@pytest.mark.parametrize(
    ("normal", "novelty"),
    [
        ("jalan rusak parah", 0.0),
        ("jalan mulus", 0.0),
        ("bakso enak jalan", 2 / 3),
        ("bakso bakso jalan", 0.0),
        ("p p p 1 ?", 0.0),
    ],
)
def test_novelty_counts_each_new_word_once_and_no_single_one(normal: str, novelty: float) -> None:
    normaliser = Normaliser.from_file()
    normaliser.meet(["jalan", "rusak", "parah"])
    assert normaliser.novelty(normal) == pytest.approx(novelty)
