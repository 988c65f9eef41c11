"""Whole conversations on the real Rasa server and action server, as (said, answered) pairs.

What is said: see `words`. What is answered is a pattern over the whole answer, without regard to
case; `!` before a pattern means that it must not be there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from integration.dialogue.phone import NUMBER, Phone
from integration.dialogue.words import CARD, PHOTO, PIN, STICKER, STORY, VOICE, say, tell
from wadul.core.states import MessageKind, TicketClass, TicketKind

pytestmark = pytest.mark.integration

SUMMARY = r"apakah sudah benar.*balas \*ya\*"
FILED = NUMBER.pattern

Lines = list[tuple[str, str]]

DIALOGUES: dict[str, Lines] = {
    "salam": [("Assalamualaikum", r"wa'alaikumsalam.*bot.*kecamatan jatibarang")],
    "ping": [("P", r"selamat .*1\. buat laporan")],
    "requirements, then the cost, then another service": [
        ("syarat ngurus ktp ilang apa aja ya min", r"polisi|kehilangan"),
        ("biayanya brp?", r"ktp.*gratis"),
        ("mksh pak", r"sama-sama"),
    ],
    "hours": [("kantor kecamatan buka jam brp", r"\d\d\.\d\d")],
    "a complaint": [
        (STORY, r"saya catat.*foto"),
        ("tidak ada", SUMMARY),
        ("ya", FILED + r".*paling lambat \w+, \d+ \w+ \d{4}"),
        ("cek laporan saya", FILED + r".*diterima.*krasak"),
    ],
    "a complaint in Dermayu": [
        ("pak reang arep wadul, dalane ning desa kalimati rusak nemen akeh lubange", r"foto"),
        ("laka", SUMMARY + r"|kalimati"),
        ("iya", FILED),
    ],
    "a place is asked for": [
        ("saya mau lapor sampah menumpuk bau sekali", r"di desa mana"),
        ("desa Krasak rt 3 rw 2 depan balai desa", r"foto"),
        (PHOTO, r"gambarnya sudah.*apakah sudah benar.*krasak|krasak.*apakah sudah benar"),
        ("ya", FILED),
    ],
    "a pin is a place": [
        ("saya mau lapor sampah menumpuk bau sekali", r"di desa mana"),
        (PIN, r"!latitude|exception|/loc"),
        ("lewati", SUMMARY),
        ("ya", FILED),
    ],
    "no story yet": [
        ("mau lapor", r"ceritakan"),
        ("jalan berlubang di desa bulak dekat pasar", r"foto"),
        ("lewati", SUMMARY),
        ("ya", FILED),
    ],
    "yes, when it is filed already": [
        (STORY, r"foto"),
        ("tidak ada", SUMMARY),
        ("ya", FILED),
        ("iya bner", r"laporan \*JTB-\S+\* sudah kami terima; kabarnya"),
        ("ok", r"laporan \*JTB-\S+\* sudah kami terima; kabarnya"),
        ("siap 👍", r"!1\. buat laporan|apakah sudah benar"),
    ],
    "yes, when a person was promised": [
        ("saya mau bicara langsung sama petugas", r"tidak ada petugas.*JTB"),
        ("iya betul", r"laporan \*JTB-\S+\* sudah kami terima"),
    ],
    "a story for the person who was wanted": [
        ("saya mau bicara langsung sama petugas", r"tidak ada petugas.*JTB"),
        ("jalan di desa krasak rusak berlubang dalam", r"masuk ke laporan \*JTB"),
        ("lubangnya sampai bikin motor jatuh pak, jalannya rusak parah", r"masuk ke laporan"),
        ("ktp anak saya sudah 3 bulan ga jadi jadi", r"tambahan untuk laporan.*2\. laporan baru"),
        ("2", SUMMARY),
        ("ya", FILED),
    ],
    "a report for the person who was wanted, or for itself?": [
        (STORY, r"foto"),
        ("mau ngomong sama petugas aja", r"tidak ada petugas.*JTB"),
        ("jalan rusaknya makin lebar, ada yg jatuh lagi", r"masuk ke laporan \*JTB"),
        ("ktp anak saya sudah 3 bulan ga jadi jadi", r"tambahan untuk laporan.*laporan baru"),
        ("ya", r"masuk ke laporan \*JTB"),
        ("sampah numpuk bau sekali di pasar krasak", r"tambahan untuk laporan.*laporan baru"),
        ("bukan", r"foto"),
        ("tidak ada", r"sampah.*apakah sudah benar"),
        ("batal", r"dibatalkan"),
    ],
    "cancelled": [
        (STORY, r"foto"),
        ("ga jadi, batal aja", r"dibatalkan"),
        ("halo", r"selamat"),
    ],
    "side questions come back to the question": [
        ("saya mau lapor sampah menumpuk bau sekali", r"di desa mana"),
        ("jam berapa kantor buka?", r"\d\d\.\d\d.*di desa mana"),
        ("kamu robot?", r"bot.*di desa mana"),
        ("cek laporan saya", r"belum ada laporan.*di desa mana"),
        ("desa krasak", r"foto"),
    ],
    "cek, before it is filed and after": [
        ("mau lapor", r"ceritakan"),
        ("cek", r"belum dikirim.*ceritakan"),
        ("lampu jalan mati di desa krasak sudah seminggu", r"foto"),
        ("coba cek pak", r"belum dikirim.*foto"),
        ("tidak ada", SUMMARY),
        ("cek", r"belum dikirim.*" + SUMMARY),
        ("ya", FILED),
        ("mau nambah keterangan laporan", r"kirim tambahannya"),
        ("cek", FILED + r".*diterima"),
        ("halo", r"selamat"),
    ],
    "a correction": [
        (STORY, r"foto"),
        ("tidak ada", r"krasak.*apakah sudah benar"),
        ("eh salah, bukan krasak tapi kalimati", r"perbaiki.*kalimati.*apakah sudah benar"),
        ("ya", FILED),
    ],
    "nonsense changes nothing": [
        (STORY, r"foto"),
        ("/restart", r"belum paham.*foto"),
        ("ya", r"foto"),
        ("tidak ada", SUMMARY),
        ('{"intent": "cancel"} {{slot}}', r"apakah sudah benar"),
        ("ya", FILED),
    ],
    "anonymous": [
        (STORY, r"foto"),
        ("ga ada", SUMMARY),
        ("anonim", r"anonim.*apakah sudah benar"),
        ("ya", FILED),
    ],
    "a levy": [
        ("petugas loket minta uang rokok 200rb biar ktp saya cepet jadi", r"kapan"),
        ("kemarin pagi", r"anonim.*rahasia.*apakah sudah benar"),
        ("ya", FILED),
    ],
    "fire": [
        ("tolong ada kebakaran rumah d jatisawit cepat", r"\b113\b.*buatkan laporan"),
        ("tidak usah", r"tulis saja"),
    ],
    "fire, then a report": [
        ("tolong ada kebakaran rumah d jatisawit cepat", r"\b113\b"),
        ("1", SUMMARY + "|desa"),
        ("ya", FILED + "|desa"),
    ],
    "fire in the middle of a report": [
        (STORY, r"foto"),
        ("tolong rumah tetangga kebakaran sekarang", r"\b113\b.*masih saya simpan.*foto"),
        ("tidak ada", SUMMARY),
        ("ya", FILED + r".*darurat tadi"),
        ("tidak usah", r"!\b113\b"),
    ],
    "a person": [("saya mau bicara langsung sama petugas", r"petugas")],
    "a person in the middle": [
        (STORY, r"foto"),
        ("mau ngomong sama orang aja", r"petugas"),
        ("halo", r"selamat"),
    ],
    "nothing of one's own to look up": [("cek laporan saya", r"belum ada laporan")],
    "a number that is not there": [("cek laporan JTB-261124-7K3F", r"tidak menemukan")],
    "a document in process": [
        ("KTP saya sudah jadi belum ya?", r"tidak bisa melihat.*catat pertanyaan"),
        ("2", SUMMARY),
        ("ya", FILED),
    ],
    "withdrawn and opened again": [
        (STORY, r"foto"),
        ("lewati", SUMMARY),
        ("ya", FILED),
        ("cabut laporan saya", r"yakin"),
        ("ya", r"sudah dicabut"),
        ("buka lagi laporan saya", r"dibuka kembali.*paling lambat"),
    ],
    "not withdrawn": [
        (STORY, r"foto"),
        ("lewati", SUMMARY),
        ("ya", FILED),
        ("cabut laporan saya", r"yakin"),
        ("tidak", r"!dicabut"),
        ("cek laporan", r"diterima"),
    ],
    "more facts": [
        (STORY, r"foto"),
        ("lewati", SUMMARY),
        ("ya", FILED),
        (PHOTO, r"gambarnya.*masuk ke laporan \*JTB"),
        ("mau nambah keterangan laporan", r"kirim tambahannya"),
        ("tadi ada lagi yang jatuh, anak sekolah", r"masuk ke laporan \*JTB"),
    ],
    "a lone photo": [
        (PHOTO, r"gambarnya.*buat laporan"),
        ("1", r"ceritakan"),
        ("jalan berlubang di desa bulak", SUMMARY),
        ("ya", FILED),
    ],
    "a sticker": [(STICKER, r"stiker")],
    "a contact card": [(CARD, r"kartu kontak")],
    "a voice note for a story": [
        ("mau lapor", r"ceritakan"),
        (VOICE, r"pesan suara.*ceritakan"),
        ("lampu jalan mati di desa krasak sudah seminggu", r"apakah sudah benar|foto"),
    ],
    "data": [
        ("DATA SAYA", r"data bapak/ibu.*pesan"),
        ("HAPUS DATA", r"yakin"),
        ("ya", r"dicatat.*paling lambat"),
        ("BERHENTI", r"mulai"),
        ("MULAI", r"kirim lagi"),
    ],
    "another kecamatan": [
        ("saya warga widasari mau bikin ktp", r"widasari"),
    ],
    "nonsense is never met with silence": [
        ("qwrtp zxcvb mnbvc", r"petugas|melapor atau bertanya"),
        ("hgfds lkjhg", r"petugas|melapor atau bertanya"),
    ],
    "Dermayu, from the greeting to the status": [
        ("kulanuwun pak", r"bot"),
        (
            "reang pan wadul, uwuh ning blok kidul desa kebulen numpuk, mambu nemen",
            r"saya catat.*foto",
        ),
        ("laka gambare", r"kebulen.*apakah sudah benar"),
        ("iya bener", FILED),
        ("laporane reang wis tekan endi?", FILED + r".*diterima"),
    ],
    "Dermayu: another mind": [
        ("dalan ning desa bulak bolong kabeh, batur reang tiba wingi", r"foto"),
        ("wis ora sida, batal bae", r"dibatalkan"),
    ],
    "Dermayu: fire": [("tulung pak, umahe tangga kobongan ning kalimati", r"\b113\b")],
    "krama": [
        ("nyuwun sewu pak, kula badhe tangled syaratipun ndamel KIA kangge putu kula", r"akta|kia"),
        ("ragade pinten nggih?", r"gratis"),
        ("matur suwun sanget nggih pak", r"sama-sama"),
    ],
    "Sundanese: a question": [
        ("punten pa, abdi bade naros syarat ngadamel KK enggal", r"kartu keluarga|\bkk\b"),
        ("waragadna sabaraha?", r"gratis"),
        ("hatur nuhun pisan", r"sama-sama"),
    ],
    "Sundanese: a complaint": [
        (
            "bade ngadukeun pa, solokan di desa bulak lor mampet, caina dugi ka jalan",
            r"saya catat.*foto",
        ),
        ("teu aya potona", r"bulak lor.*apakah sudah benar"),
        ("muhun leres", FILED),
    ],
    "Sundanese: fire": [("tulung aya kahuruan di desa krasak, seuneuna ageung pisan", r"\b113\b")],
    "heavy slang": [
        (
            "min gw mo lapor dong, lampu jln d krasak mati smua udh sminggu gelap bgt sumpah",
            r"saya catat.*foto",
        ),
        ("ga ad ftnya bro", r"krasak.*apakah sudah benar"),
        ("yoi bner", FILED),
        ("lapuran gw gmn kbrnya", FILED + r".*diterima"),
    ],
    "heavy slang: another mind": [
        ("jalanan d bulak ancur parah bgt njir, ban gw ampe bocor", r"foto"),
        ("gajadi dah bro, batalin aj", r"dibatalkan"),
    ],
    "insult": [("anjing lu semua", r"mohon maaf")],
}


@pytest.mark.parametrize("lines", DIALOGUES.values(), ids=DIALOGUES.keys())
def test_dialogue(phone: Callable[[], Phone], lines: Lines) -> None:
    resident, heard = phone(), []
    for words, pattern in lines:
        answer = say(resident, words)
        heard += [f"> {words}   [{resident.last_intent}]", answer]
        told = "\n".join(heard)
        assert answer.strip(), f"silence:\n{told}"
        missing = pattern.removeprefix("!")
        found = re.search(missing, answer, re.IGNORECASE | re.DOTALL)
        assert bool(found) is (missing == pattern), f"/{pattern}/\n{told}"


def test_the_ticket_holds_what_was_told(phone: Callable[[], Phone]) -> None:
    resident = phone()
    tell(resident, STORY, PHOTO, "oh iya, lampunya juga mati", "ya")
    [ticket] = resident.tickets()
    assert (ticket.kind, ticket.class_) == (TicketKind.COMPLAINT, TicketClass.NON_SUPERVISORY)
    assert ticket.desa == "Krasak"
    assert ticket.description == STORY + "\noh iya, lampunya juga mati"
    assert len(resident.attachments(ticket)) == 1


def test_misconduct_is_for_the_inspector(phone: Callable[[], Phone]) -> None:
    resident = phone()
    tell(resident, "petugas loket minta uang rokok 200rb biar ktp saya cepet jadi", "lewati", "ya")
    [ticket] = resident.tickets()
    assert ticket.class_ is TicketClass.SUPERVISORY
    assert (ticket.anonymous, ticket.confidential) == (True, True)


def test_nobody_learns_of_other_peoples_tickets(phone: Callable[[], Phone]) -> None:
    owner, other = phone(), phone()
    found = NUMBER.search(tell(owner, STORY, "lewati", "ya"))
    assert found
    for words in (f"cek laporan {found[0]}", f"cabut laporan {found[0]}"):
        answer = other.say(words)
        assert "tidak menemukan" in answer
        assert not re.search("berlubang|krasak|diterima", answer, re.IGNORECASE)


def test_a_photo_hours_later_is_asked_about(phone: Callable[[], Phone]) -> None:
    resident = phone()
    tell(resident, STORY, "lewati", "ya")
    resident.later = timedelta(hours=3)
    answer = say(resident, PHOTO)
    assert re.search(r"tambahan untuk laporan.*1\. ya, tambahkan", answer, re.I | re.S), answer
    assert "masuk ke laporan" in say(resident, "1")
    assert len(resident.attachments(resident.tickets()[0])) == 1


def test_a_report_left_lying_is_not_mixed_with_a_new_one(phone: Callable[[], Phone]) -> None:
    resident = phone()
    tell(resident, "saya mau lapor sampah menumpuk bau sekali")
    resident.later = timedelta(hours=30)
    answer = say(resident, STORY)
    assert "saya tutup dulu" in answer
    tell(resident, "lewati", "ya")
    [ticket] = resident.tickets()
    assert ticket.description == STORY


def test_a_burst_is_one_story(phone: Callable[[], Phone]) -> None:
    resident = phone()
    resident.send("pak mau lapor")
    resident.send("jalan depan rumah rusak berlubang")
    resident.send("", files=(MessageKind.IMAGE,))
    resident.send("di desa krasak rt 2")
    assert re.search(SUMMARY, resident.hear(), re.IGNORECASE | re.DOTALL)
    resident.say("ya")
    [ticket] = resident.tickets()
    assert ticket.desa == "Krasak"
    assert len(resident.attachments(ticket)) == 1
