"""What a turn is with regard to the question that was asked."""

from __future__ import annotations

import pytest
from unit.dialogue.sayings import said

from wadul.core.moves import Move, privacy_wish, read_move
from wadul.core.report import Question as Q
from wadul.core.said import Said
from wadul.core.states import MessageKind

READINGS: list[tuple[Q, Said, Move]] = [
    # yes and no in all their shapes, whatever the classifier thinks
    (Q.CONFIRMED, said("ya", "inform"), Move.YES),
    (Q.CONFIRMED, said("Ya, sudah benar pak", "inform"), Move.YES),
    (Q.CONFIRMED, said("nggih leres", "nlu_fallback"), Move.YES),
    (Q.CONFIRMED, said("👍", "nlu_fallback", 1.0), Move.YES),
    (Q.CONFIRMED, said("ya kirim laporannya", "complaint/other"), Move.YES),
    (Q.CONFIRMED, said("iya min bener itu", "affirm"), Move.YES),
    (Q.CONFIRMED, said("kirim", "inform"), Move.YES),
    (Q.CONFIRMED, said("tidak", "deny"), Move.NO),
    (Q.CONFIRMED, said("belum bener", "affirm"), Move.NO),
    (Q.PHOTO, said("ga ada fotonya", "deny"), Move.NO),
    (Q.PHOTO, said("tidak ada", "skip"), Move.NO),
    (Q.PHOTO, said("lewati", "nlu_fallback"), Move.NO),
    (Q.PHOTO, said("gausah pak makasih", "thanks"), Move.NO),
    (Q.PHOTO, said("laka", "nlu_fallback"), Move.NO),
    (Q.PHOTO, said("ya", "affirm"), Move.YES),
    (Q.WANTED, said("Ya, buatkan", "affirm", 1.0, tapped=True), Move.YES),
    (Q.WANTED, said("Tidak usah", "deny", 1.0, tapped=True), Move.NO),
    # giving up, but not a story in which something was cancelled
    (Q.PHOTO, said("ga jadi, batal aja", "cancel"), Move.CANCEL),
    (Q.LOCATION, said("batal", "inform"), Move.CANCEL),
    (Q.STORY, said("ora sida pak", "nlu_fallback"), Move.CANCEL),
    (Q.CONFIRMED, said("wis ora usah", "cancel", 0.9), Move.NO),
    (Q.CONFIRMED, said("cabut laporan saya", "ticket_withdraw"), Move.CANCEL),
    (Q.PHOTO, said('{"intent": "cancel"} {{slot}}', "out_of_scope"), Move.ASIDE),
    (Q.CONFIRMED, said("jangan dibatalkan pak", "cancel"), Move.ANSWER),
    (
        Q.STORY,
        said("acara kami batal karena petugas tidak datang dan tidak memberi kabar", "complaint"),
        Move.ANSWER,
    ),
    # before everything else
    (Q.PHOTO, said("tolong rumah tetangga kebakaran", "emergency/fire"), Move.EMERGENCY),
    (Q.LOCATION, said("depan pos damkar", "emergency/fire", 0.4), Move.ANSWER),
    (Q.PHOTO, said("BERHENTI", "privacy_stop"), Move.STOP),
    (Q.PHOTO, said("hapus data", "privacy_erase"), Move.ERASE),
    (Q.LOCATION, said("mau ngomong sama orang aja", "human_request"), Move.HUMAN),
    # another matter
    (Q.LOCATION, said("jam berapa buka?", "consultation/hours"), Move.ASIDE),
    (Q.PHOTO, said("kamu robot ya", "bot_challenge"), Move.ASIDE),
    (Q.STORY, said("assalamualaikum", "greet"), Move.ASIDE),
    (Q.CONFIRMED, said("cek laporan saya", "ticket_status"), Move.ASIDE),
    (Q.CONFIRMED, said("makasih pak", "thanks"), Move.ASIDE),
    (Q.CONFIRMED, said("cek laporan", "ticket_status", 0.99), Move.ASIDE),
    # is it still there?
    (Q.STORY, said("cek", "greet", 0.97), Move.CHECK),
    (Q.LOCATION, said("coba cek dong pak", "nlu_fallback", 0.3), Move.CHECK),
    (Q.CONFIRMED, said("chek", "insult", 0.61), Move.CHECK),
    (Q.WANTED, said("cek", "greet", 0.97), Move.ASIDE),
    (Q.STORY, said("cek jalan di krasak rusak", "complaint/other"), Move.ANSWER),
    (Q.PHOTO, said("cek", "greet", files=[MessageKind.IMAGE]), Move.ASIDE),
    # an answer that only sounds like another matter
    (
        Q.LOCATION,
        said("desa krasak depan kantor kecamatan", "consultation/place", desa="krasak"),
        Move.ANSWER,
    ),
    (Q.LOCATION, said("deket kantor kuwu", "consultation/place"), Move.ANSWER),
    (Q.LOCATION, said("blok pulo", "consultation/general", 0.45), Move.ANSWER),
    (Q.STORY, said("pelayanan bobrok, antri tiga jam tidak dilayani", "insult"), Move.ANSWER),
    # corrections
    (Q.PHOTO, said("eh salah, maksudnya kalimati", "correct", desa="kalimati"), Move.CORRECTION),
    (Q.PHOTO, said("bukan krasak tapi kalimati", "inform"), Move.CORRECTION),
    (Q.CONFIRMED, said("desanya kalimati", "inform", desa="kalimati"), Move.CORRECTION),
    # names and secrets
    (Q.CONFIRMED, said("anonim", "anonymity"), Move.PRIVACY),
    (Q.CONFIRMED, said("rahasia", "nlu_fallback"), Move.PRIVACY),
    (Q.LOCATION, said("jgn bilang2 sy yg lapor", "anonymity"), Move.PRIVACY),
    (Q.STORY, said("mau lapor tapi jangan sebut nama", "anonymity"), Move.ANSWER),
    # nothing at all
    (Q.PHOTO, said("\u2060/restart", "nlu_fallback"), Move.NOISE),
    (Q.PHOTO, said("...", "nlu_fallback"), Move.NOISE),
    (Q.LOCATION, said("zxcvbnm", "nlu_fallback"), Move.NOISE),
    (Q.LOCATION, said("مرحبا", "nlu_fallback"), Move.ANSWER),
    (Q.PHOTO, said("", "", files=[MessageKind.IMAGE]), Move.ANSWER),
    (Q.LOCATION, said("wetan kali", "nlu_fallback", 0.9), Move.ANSWER),
]


@pytest.mark.parametrize(
    ("asked", "turn", "move"), READINGS, ids=[f"{q}: {s.text}"[:60] for q, s, _ in READINGS]
)
def test_a_turn_is_read_with_the_question_in_mind(asked: Q, turn: Said, move: Move) -> None:
    assert read_move(asked, turn) is move


@pytest.mark.parametrize(
    ("text", "label", "wish"),
    [
        ("anonim", "anonymity", (True, None)),
        ("tanpa nama aja", "inform", (True, None)),
        ("rahasia", "inform", (None, True)),
        ("anonim dan rahasia", "inform", (True, True)),
        ("tolong nama saya dirahasiakan", "anonymity", (True, None)),
        ("ga usah anonim", "inform", (False, None)),
        ("tidak rahasia", "inform", (None, False)),
        ("terbuka saja", "inform", (False, False)),
        ("wedi konangan kang", "anonymity", (True, True)),
        ("jalan rusak", "complaint", None),
    ],
)
def test_wishes_about_names_and_secrecy(
    text: str, label: str, wish: tuple[bool | None, bool | None] | None
) -> None:
    assert privacy_wish(said(text, label)) == wish
