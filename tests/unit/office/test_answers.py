"""What residents read, as tables: what is asked, what must and must not be in the answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from wadul.office import EMERGENCY_KINDS, Office, find_faq
from wadul.office.answers import (
    ASPECTS,
    LIMIT,
    UNCONFIRMED,
    answer_contact,
    answer_emergency,
    answer_faq,
    answer_hours,
    answer_place,
    answer_service,
    list_services,
)

TODAY = date(2026, 11, 24)


def _answer(office: Office, code: str, aspect: str | None) -> str:
    service = office.service(code)
    assert service is not None
    return answer_service(service, aspect, TODAY, office)


@pytest.mark.parametrize(
    ("code", "aspect", "expected"),
    [
        ("ktp_lost", "requirements", ["*KTP-el hilang*", "1. Surat keterangan hilang"]),
        ("ktp_lost", "cost", ["Gratis (tidak dipungut biaya)", "meminta uang"]),
        ("ktp_lost", "duration", ["*Lama pelayanan:*"]),
        ("ktp_lost", "place", ["Disdukcapil", "Diputuskan oleh"]),
        ("ktp_lost", "procedure", ["*Langkah:*", "1. Minta surat", "\n2. "]),
        ("ktp_lost", "hours", ["Senin–Kamis 07.30–15.30", "Jumat 07.30–14.30"]),
        ("ktp_lost", "contact", ["*petugas*"]),
        ("kk", None, ["*Syarat:*", "*Biaya:* Gratis", "*Lama:*", "*Tempat:*", "caranya"]),
        ("kk", "general", ["*Syarat:*"]),
        ("inheritance", "cost", ["meterai Rp10.000"]),
        ("land_deed", "cost", ["1%"]),
        ("pbg", "cost", ["retribusi"]),
        ("kia", "requirements", ["2×3"]),
        ("ktp_new", "requirements", ["tidak dapat diwakilkan", "RT/RW"]),
    ],
)  # fmt: skip
def test_service(jatibarang: Office, code: str, aspect: str | None, expected: list[str]) -> None:
    text = _answer(jatibarang, code, aspect)
    assert [part for part in expected if part not in text] == []
    assert text.endswith("\n\n" + UNCONFIRMED)


@pytest.mark.parametrize("aspect", [None, *ASPECTS])
def test_every_answer_fits_and_is_tidy(jatibarang: Office, aspect: str | None) -> None:
    for service in jatibarang.services:
        text = answer_service(service, aspect, TODAY, jatibarang)
        assert 0 < len(text) <= LIMIT
        assert "None" not in text
        assert "\n\n\n" not in text
        assert text.count("*") % 2 == 0


def test_unknown_aspect(jatibarang: Office) -> None:
    with pytest.raises(ValueError, match="price"):
        _answer(jatibarang, "kk", "price")


def test_confirmed_service_says_no_more_than_it_must(contoh: Office) -> None:
    service = contoh.service("ktp_lost")
    assert service is not None
    confirmed = replace(service, confirmed_by="Camat", confirmed_on=date(2026, 11, 1))
    assert UNCONFIRMED not in answer_service(confirmed, "cost", TODAY)
    expired = replace(confirmed, valid_until=date(2026, 11, 23))
    assert UNCONFIRMED in answer_service(expired, "cost", TODAY)


def test_service_names_its_own_hours_and_contact(contoh: Office) -> None:
    service = contoh.service("ktp_lost")
    assert service is not None
    own = replace(service, hours="Selasa pagi", contact="0812-0000")
    assert "Selasa pagi" in answer_service(own, "hours", TODAY, contoh)
    assert "0812-0000" in answer_service(own, "contact", TODAY, contoh)
    assert "(0234) 123456" in answer_service(service, "contact", TODAY, contoh)
    assert "jam pelayanan kantor" in answer_service(service, "hours", TODAY)


def test_too_long_content_is_cut_at_a_line_but_still_warns(contoh: Office) -> None:
    service = contoh.service("ktp_lost")
    assert service is not None
    long = replace(service, requirements=tuple(f"Syarat {n} {'x' * 190}" for n in range(30)))
    text = answer_service(long, "requirements", TODAY)
    assert len(text) <= LIMIT
    assert text.endswith(UNCONFIRMED)
    assert "*petugas*" in text
    shown = [line for line in text.splitlines() if "Syarat " in line]
    assert all(line.endswith("x" * 190) for line in shown)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-24T02:00", "Selasa, 24 November 2026, 09.00 WIB: *buka*, istirahat pukul 12.00."),
        ("2026-11-24T06:00", "13.00 WIB: *buka*, tutup pukul 15.00."),
        ("2026-11-24T05:30", "*tutup*. Buka lagi hari ini pukul 13.00."),
        ("2026-11-24T09:00", "*tutup*. Buka lagi Kamis, 26 November 2026 pukul 08.00."),
        ("2026-11-25T02:00", "*tutup* (Hari Contoh). Buka lagi Kamis"),
        ("2026-12-25T02:00", "*tutup* (Hari Raya Natal). Buka lagi Senin, 28 Desember 2026"),
    ],
)
def test_hours_now(contoh: Office, now: str, expected: str) -> None:
    text = answer_hours(contoh, datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert expected in text
    assert UNCONFIRMED not in text


def test_hours_of_the_week(contoh: Office) -> None:
    usual = answer_hours(contoh, datetime(2026, 11, 24, tzinfo=UTC))
    assert "Senin–Kamis: 08.00–15.00 (istirahat 12.00–13.00)\n" in usual
    assert "Jumat: 08.00–11.00\nSabtu–Minggu: tutup" in usual
    ramadan = answer_hours(contoh, datetime(2027, 2, 9, tzinfo=UTC))
    assert "Jam khusus: Bulan Ramadan (sampai Minggu, 28 Februari 2027)" in ramadan
    assert "Senin–Jumat: 08.00–14.00" in ramadan


def test_place_and_map(contoh: Office, jatibarang: Office) -> None:
    assert "?q=-6.4,108.3" in answer_place(contoh, TODAY)
    draft = answer_place(jatibarang, TODAY)
    assert "maps" not in draft
    assert draft.endswith(UNCONFIRMED)


def test_contact(contoh: Office, jatibarang: Office) -> None:
    assert "Telepon: (0234) 123456" in answer_contact(contoh, TODAY)
    assert "belum tersedia" in answer_contact(jatibarang, TODAY)


@pytest.mark.parametrize(
    ("kind", "numbers"),
    [
        ("fire", ["112", "113"]),
        ("crime", ["112", "110"]),
        ("medical", ["112", "119"]),
        ("flood", ["112", "115"]),
        ("other", ["112", "113", "110", "119", "115"]),
        ("snake", ["112", "113", "110", "119", "115"]),
    ],
)
def test_emergency_numbers_come_first(jatibarang: Office, kind: str, numbers: list[str]) -> None:
    lines = answer_emergency(jatibarang, kind).splitlines()
    shown = [line.split("*")[1] for line in lines[1 : len(numbers) + 1]]
    assert shown == numbers
    assert lines[0].startswith("*DARURAT")
    assert lines[-1] == UNCONFIRMED
    assert len("\n".join(lines)) < 500


def test_emergency_words_match_the_kinds(contoh: Office) -> None:
    assert len({answer_emergency(contoh, kind) for kind in EMERGENCY_KINDS}) == len(EMERGENCY_KINDS)


def test_list_numbers_are_positions(jatibarang: Office) -> None:
    lines = list_services(jatibarang).splitlines()
    numbered = [line for line in lines if line[:1].isdigit()]
    assert numbered == [f"{n}. {s.short_name}" for n, s in enumerate(jatibarang.services, 1)]
    assert len("\n".join(lines)) <= LIMIT


@pytest.mark.parametrize(
    ("said", "entry"),
    [
        ("pak ini siapa ya", "who_is_bot"),
        ("perlu surat rt ga min", "neighbourhood_letter"),
        ("bikin sim dimana", "driving_licence"),
        ("sim", "driving_licence"),
        ("saya lagi bikin laporan soal sim salabim", None),
        ("listrik mati nih pak", "electricity_water"),
        ("jam bukanya berapa", "opening_hours"),
        ("buka jam berapa", "opening_hours"),
        ("jam pira buka", "opening_hours"),
        ("boleh lapor tanpa nama ga", "anonymous_report"),
        ("jalan rusak di krasak", None),
        ("ktp saya belum jadi", None),
        ("", None),
    ],
)
def test_find_faq(jatibarang: Office, said: str, entry: str | None) -> None:
    found = find_faq(jatibarang, said)
    assert (found and found.id) == entry


def test_faq_answers(contoh: Office, jatibarang: Office) -> None:
    hours = contoh.faq_entry("hours")
    about = contoh.faq_entry("lost_card")
    assert hours is not None
    assert about is not None
    assert answer_faq(contoh, hours, TODAY).startswith("Kecamatan Contoh buka Senin–Kamis: 08.00")
    assert answer_faq(contoh, hours, TODAY).endswith(UNCONFIRMED)
    assert answer_faq(contoh, about, TODAY) == "Lapor polisi."
    for entry in jatibarang.faq:
        text = answer_faq(jatibarang, entry, TODAY)
        assert len(text) <= LIMIT
        assert "{" not in text
