"""Greetings, misses and stray words."""

from __future__ import annotations

import pytest
from unit.dialogue.sayings import ROAD, said

from wadul.core.other_bodies import body_for
from wadul.core.report import Draft
from wadul.core.said import Said, is_angry, is_noise, tells_something
from wadul.core.states import Category
from wadul.core.summary import excerpt, summary_lines
from wadul.core.talk import (
    Doubt,
    Misses,
    Stray,
    doubt,
    greeting,
    is_small_talk,
    needs_a_person,
    stray,
)


@pytest.mark.parametrize(
    ("text", "hour", "answer"),
    [
        ("Assalamualaikum", 9, "Wa'alaikumsalam"),
        ("assalamu'alaikum pak camat", 9, "Wa'alaikumsalam"),
        ("Ass wr wb", 9, "Wa'alaikumsalam"),
        ("aslmkm min", 9, "Wa'alaikumsalam"),
        ("asw", 9, "Wa'alaikumsalam"),
        ("samlekum", 9, "Wa'alaikumsalam"),
        ("sampurasun", 9, "Rampes, selamat pagi"),
        ("kula nuwun", 12, "Mangga, selamat siang"),
        ("punten", 16, "Mangga, selamat sore"),
        ("P", 22, "Selamat malam"),
        ("halo masalah ktp", 2, "Selamat malam"),
    ],
)
def test_a_greeting_is_answered_in_kind(text: str, hour: int, answer: str) -> None:
    assert greeting(text, hour) == answer


def test_two_misses_or_one_and_anger_need_a_person() -> None:
    first = Misses().plus(said("eh", ids=["a"]))
    second = first.plus(said("eh", ids=["b", "a"]))
    assert not needs_a_person(first, angry=False)
    assert needs_a_person(first, angry=True)
    assert needs_a_person(second, angry=False)
    assert second.message_ids == ("a", "b")
    assert Misses.from_slot(second.to_slot()) == second
    assert not needs_a_person(Misses.from_slot(None), angry=True)


@pytest.mark.parametrize(
    ("turn", "offered", "fresh", "meaning"),
    [
        (said("ya", "affirm"), False, False, Stray.READY),
        (said("iya bner", "affirm"), False, True, Stray.NOTED),
        (said("ya", "affirm"), True, True, Stray.READY),
        (said("tidak", "deny"), True, True, Stray.DECLINED),
        (said("batal", "cancel"), False, True, Stray.WITHDRAW),
        (said("batal", "cancel"), False, False, Stray.DECLINED),
        (said("eh salah, desanya kalimati", "correct"), False, True, Stray.ADD),
        (said("desa krasak", "inform", desa="krasak"), False, False, Stray.ASK_KIND),
        (said("Budi", "inform"), False, False, Stray.UNCLEAR),
    ],
)
def test_stray_words(turn: Said, offered: bool, fresh: bool, meaning: Stray) -> None:
    assert stray(turn, offered=offered, fresh_ticket=fresh) is meaning


@pytest.mark.parametrize(
    ("text", "service", "alternatives", "made_of_it"),
    [
        ("cara bikin ikd", "ikd", ("out_of_scope", "consultation/procedure"), Doubt.QUESTION),
        ("ktp gmn", "ktp", ("complaint/civil_registration", "consultation/general"), Doubt.KIND),
        ("ikd", "ikd", ("out_of_scope", "thanks"), Doubt.KIND),
        ("lampu jalan depan masjid mati", None, ("complaint/other", "inform"), Doubt.KIND),
        ("lampu", None, ("complaint/other", "inform"), Doubt.NOTHING),
        ("resep rendang daging sapi", None, ("out_of_scope", "greet"), Doubt.NOTHING),
    ],
)
def test_what_may_be_made_of_a_doubtful_turn(
    text: str, service: str | None, alternatives: tuple[str, ...], made_of_it: Doubt
) -> None:
    entities = {"service": service} if service else {}
    turn = said(text, "nlu_fallback", alternatives=alternatives, **entities)
    assert doubt(turn) is made_of_it


@pytest.mark.parametrize(
    ("text", "confidence", "small"),
    [
        ("mantap pelayanannya, makasih", 0.99, True),
        ("makasih", 0.4, True),
        ("terima kasih pemerintah, jalan desa kami jadi kolam ikan", 0.52, False),
    ],
)
def test_small_talk_or_a_complaint_in_disguise(text: str, confidence: float, small: bool) -> None:
    assert is_small_talk(said(text, "thanks", confidence)) is small


@pytest.mark.parametrize(
    ("text", "tells"),
    [
        ("mau lapor", False),
        ("pak, mau wadul", False),
        ("assalamualaikum pak saya mau melapor", False),
        ("mau lapor jalan", False),
        ("mau lapor jalan rusak", True),
        ("reang arep wadul dalane rusak", True),
        ("👍", False),
    ],
)
def test_whether_there_is_a_story(text: str, tells: bool) -> None:
    assert tells_something(said(text, ROAD)) is tells


@pytest.mark.parametrize(
    ("text", "noise"),
    [
        ("\u2060/restart", True),
        ("/loc", True),
        ("???", True),
        ("", True),
        ("zxcvbnm", True),
        ("200", False),
        ("rt 3", False),
        ("مرحبا", False),
        ("g", False),
    ],
)
def test_noise(text: str, noise: bool) -> None:
    assert is_noise(said(text)) is noise


@pytest.mark.parametrize(
    ("text", "angry"),
    [("pelayanan bobrok!!", True), ("sy viralin nih", True), ("jalan rusak parah", False)],
)
def test_anger(text: str, angry: bool) -> None:
    assert is_angry(said(text)) is angry


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("mau bikin paspor", "Kantor Imigrasi"),
        ("perpanjang sim c", "Satlantas Polres"),
        ("bayar pajak motor", "Samsat"),
        ("mati listrik semalaman", "PLN (telepon 123)"),
        ("resep rendang", None),
    ],
)
def test_whose_business_it_is(text: str, body: str | None) -> None:
    assert body_for(text) == body


NAMES = {str(category): str(category) for category in Category}


def test_the_summary_says_what_is_known() -> None:
    draft = Draft(
        category=Category.ROADS_IRRIGATION_DRAINAGE,
        told="jalan rusak\nberlubang",
        desa="Krasak",
        place="RT 3",
        files=2,
        anonymous=True,
    )
    assert summary_lines(draft, NAMES) == [
        "Keluhan: jalan rusak berlubang",
        "Lokasi: Desa Krasak, RT 3",
        "Lampiran: 2 berkas",
        "Dikirim secara anonim",
    ]


def test_the_summary_of_misconduct_repeats_nothing() -> None:
    draft = Draft(category=Category.LEVY_GRATIFICATION, told="pak Anu minta 200rb", anonymous=True)
    assert "Anu" not in "".join(summary_lines(draft, NAMES))


def test_a_long_story_is_cut_at_a_word() -> None:
    line = excerpt("jalan rusak " * 60)
    assert len(line) <= 222
    assert line.endswith("rusak …") or line.endswith("jalan …")
