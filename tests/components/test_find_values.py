"""Amounts, days, clock times, addresses and ticket numbers as residents type them."""

from __future__ import annotations

from datetime import date

import pytest

from components.find_clock import find_clock
from components.find_dates import find_dates
from components.find_money import find_money
from components.find_numbers import find_rt_rw, find_ticket_number

MONDAY, TUESDAY, WEDNESDAY, SUNDAY = (date(2026, 11, day) for day in (23, 24, 25, 29))

MONEY = [
    ("diminta 50rb", 50_000),
    ("50 ribu", 50_000),
    ("bayar 1jt", 1_000_000),
    ("1,5jt", 1_500_000),
    ("rp.20.000", 20_000),
    ("Rp 1.250.000,", 1_250_000),
    ("gocap", 50_000),
    ("2ratus ribu", 200_000),
    ("dimintai 2ratus", 200_000),
    ("ada yg nawarin jasa 150", 150_000),
    ("dijaluki duit 200", 200_000),
    ("seket ewu", 50_000),
    ("seratus ribu", 100_000),
    ("dua ratus ribu", 200_000),
    ("selawe ewu", 25_000),
    ("setengah juta", 500_000),
    ("25k", 25_000),
    ("500 perak", 500),
    ("dua puluh lima ribu", 25_000),
    ("seratus lima puluh ribu", 150_000),
    ("dua ratus lima puluh ribu", 250_000),
    ("duaratuslimapuluhribu", 250_000),
    ("seratus dua puluh lima ribu lima ratus", 125_500),
    ("satu setengah juta", 1_500_000),
    ("sejuta setengah", 1_500_000),
    ("sejuta dua ratus", 1_200_000),
    ("dua juta lima ratus ribu", 2_500_000),
    ("1jt 200rb", 1_200_000),
    ("1jt2", 1_200_000),
    ("1jt200", 1_200_000),
    ("100-200rb", 100_000),
    ("500rb sampai 1jt", 500_000),
    ("rongpuluh limang ewu", 25_000),
    ("rong atus seket ewu", 250_000),
    ("dijaluki satus seket", 150_000),
    ("jaluk seket", 50_000),
    ("salawe rebu", 25_000),
    ("goceng", 5_000),
    ("ceban", 10_000),
    ("cepek ribu", 100_000),
    ("gopek", 500_000),
    ("seceng", 1_000),
    ("bantuan 600rb anak saya", 600_000),
    ("ditarik 20rb bulan kemarin", 20_000),
    ("bayar 50rb 2 kali", 50_000),
    ("uang 2 lembar 50rb", 50_000),
]


@pytest.mark.parametrize(("said", "rupiah"), MONEY)
def test_money(said: str, rupiah: int) -> None:
    assert [f.value for f in find_money(said)] == [rupiah]


@pytest.mark.parametrize(
    "said",
    [
        "rt 3 rw 2",
        "jalan 200 m dari pasar",
        "anak saya 17 tahun",
        "jam 8",
        "nomor 1",
        "",
        "🙏",
        "petugas minta 2 lembar",
        "bayar 3 kali",
        "rokok 2 bungkus",
        "minta 10 persen",
        "belum dibayar 14 hari",
        "seratus meter",
        "satu loket buat seratus orang",
        "kurang lebih seribu meter",
        "nuwun sewu pak",
        "bayar ke 0812******90",
        "dua puluh lima",
    ],
)
def test_no_money(said: str) -> None:
    assert list(find_money(said)) == []


def test_two_amounts_stay_two() -> None:
    said = "bukan 100rb 150rb"
    assert [(f.value, said[f.start : f.end]) for f in find_money(said)] == [
        (100_000, "100rb"),
        (150_000, "150rb"),
    ]


DATES = [
    ("kmrn", "2026-11-23"),
    ("wingi sore", "2026-11-23"),
    ("kamari", "2026-11-23"),
    ("td pagi", "2026-11-24"),
    ("mau esuk", "2026-11-24"),
    ("tadi malam", "2026-11-23"),
    ("3 hr yg lalu", "2026-11-21"),
    ("telung dina kepungkur", "2026-11-21"),
    ("2 minggu lalu", "2026-11-10"),
    ("bln wingi", "2026-10-24"),
    ("besok", "2026-11-25"),
    ("lusa", "2026-11-26"),
    ("hari senin kemarin", "2026-11-23"),
    ("senin depan", "2026-11-30"),
    ("jumat", "2026-11-20"),
    ("jum'at", "2026-11-20"),
    ("jum’at", "2026-11-20"),
    ("mau lapor, hari senin petugasnya kasar", "2026-11-23"),
    ("hari rabu saya mau datang", "2026-11-25"),
    ("tgl 17 bulan lalu", "2026-10-17"),
    ("tanggal 3 kemarin", "2026-11-03"),
    ("tgl 24 kemarin", "2026-10-24"),
    ("kemarin tgl 31", "2026-10-31"),
    ("tgl 3 bulan depan", "2026-12-03"),
    ("tgl 17 bulan 8", "2026-08-17"),
    ("jalan depan balai desa rusak dari tgl 5", "2026-11-05"),
    ("17 agustus kemarin", "2026-08-17"),
    ("17 bulan lalu", "2025-06-24"),
    ("sebulan yg lalu", "2026-10-24"),
    ("sewulan kepungkur", "2026-10-24"),
    ("sewulan wingi", "2026-10-24"),
    ("bulan depan", "2026-12-24"),
    ("akhir bulan lalu", "2026-10-31"),
    ("awal bulan ini", "2026-11-01"),
    ("3 hari lagi", "2026-11-27"),
    ("seminggu maning", "2026-12-01"),
    ("dua puluh hari lalu", "2026-11-04"),
    ("rong dina kepungkur", "2026-11-22"),
    ("2 mggu kmrn", "2026-11-10"),
    ("dua minggu kamari", "2026-11-10"),
    ("minggu kapengker", "2026-11-17"),
    ("abdi bade ka kantor enjing", "2026-11-25"),
    ("wingi bengi", "2026-11-23"),
    ("malam tadi", "2026-11-23"),
    ("tgl 5", "2026-11-05"),
    ("17 agustus", "2026-08-17"),
    ("17/08/2026", "2026-08-17"),
    ("1-2-26", "2026-02-01"),
]


@pytest.mark.parametrize(("said", "day"), DATES)
def test_dates(said: str, day: str) -> None:
    assert [f.value for f in find_dates(said, TUESDAY)] == [day]


# The same words on Monday, Tuesday, Wednesday and Sunday, as days of November (31 is 1 December).
NAMED_DAYS = [
    ("hari selasa kemarin", (17, 17, 24, 24)),
    ("selasa wingi", (17, 17, 24, 24)),
    ("kemis wingi", (19, 19, 19, 26)),
    ("kemarin hari rabu", (18, 18, 18, 25)),
    ("senin besok", (30, 30, 30, 30)),
    ("besok senin", (30, 30, 30, 30)),
    ("selasa sesuk", (24, 31, 31, 31)),
    ("hari minggu kemarin", (22, 22, 22, 22)),
    ("minggu kemarin", (16, 17, 18, 22)),
    ("minggu wingi", (16, 17, 18, 22)),
    ("minggu kamari", (16, 17, 18, 22)),
    ("senin minggu lalu", (16, 16, 16, 16)),
    ("malam minggu kemarin", (21, 21, 21, 28)),
    ("kemarin minggu", (22, 22, 22, 22)),
    ("senin malam kemarin", (16, 23, 23, 23)),
    ("kemarin", (22, 23, 24, 28)),
    ("rabu", (18, 18, 25, 25)),
]


@pytest.mark.parametrize(("said", "days"), NAMED_DAYS)
def test_a_weekday_or_week_is_not_yesterday(said: str, days: tuple[int, ...]) -> None:
    first = date(2026, 11, 1)
    found = [
        [(date.fromisoformat(str(f.value)) - first).days + 1 for f in find_dates(said, today)]
        for today in (MONDAY, TUESDAY, WEDNESDAY, SUNDAY)
    ]
    assert found == [[day] for day in days]


@pytest.mark.parametrize(
    "said",
    [
        "sudah seminggu",
        "udah 3 hari belum diangkut",
        "rt 02/03",
        "31/02/2026",
        "32 mei",
        "",
        "minggu",
        "akad nikah",
        "dari kemarin-kemarin",
        "besok2 terus",
        "lebaran kemarin",
        "agustus wingi",
        "tahun kemarin",
        "beberapa hari yg lalu",
        "satu dua hari lalu",
        "tiap malam minggu",
        "setiap tgl 5",
        "bulan ini",
        "sugeng enjing pak, kula badhe tangled",
    ],
)
def test_no_dates(said: str) -> None:
    assert list(find_dates(said, TUESDAY)) == []


CLOCK = [
    ("jam 8an", "08:00"),
    ("stgh 9", "08:30"),
    ("setengah sembilan", "08:30"),
    ("jam 9 kurang 10", "08:50"),
    ("jam 9 lewat 15", "09:15"),
    ("pukul 08.30", "08:30"),
    ("jam 2 siang", "14:00"),
    ("jam 8 malam", "20:00"),
    ("jam 12 malam", "00:00"),
    ("jam 1 malam", "01:00"),
    ("jam pitu bengi", "19:00"),
    ("ba'da dzuhur", "12:30"),
    ("bakda maghrib", "18:15"),
    ("ba’da dzuhur", "12:30"),
    ("sabada ashar", "15:30"),
    ("setengah satu", "12:30"),
    ("stgh 1", "12:30"),
    ("setengah satu malam", "00:30"),
    ("setengah dua belas", "11:30"),
    ("setengah dua", "13:30"),
    ("jam 9 siang", "09:00"),
    ("jam 11 siang", "11:00"),
    ("jam 2 siangan", "14:00"),
    ("jam 6 sore", "18:00"),
    ("jam 9 kurang seperempat", "08:45"),
    ("jam 9 lewat seprapat", "09:15"),
    ("jam 9 kurang 10 menit", "08:50"),
    ("jam 12 kurang 5 malam", "23:55"),
    ("jam dua belas", "12:00"),
    ("jam sebelas kurang dua puluh", "10:40"),
    ("jam tujuh tiga puluh", "07:30"),
    ("jam 12.30 dini hari", "00:30"),
    ("tgl 5 jam 8", "08:00"),
]


@pytest.mark.parametrize(("said", "time"), CLOCK)
def test_clock(said: str, time: str) -> None:
    assert [f.value for f in find_clock(said)] == [time]


@pytest.mark.parametrize(
    "said",
    [
        "buka 24 jam?",
        "jam berapa",
        "nunggu 3 jam",
        "nunggu 3 jam 20 menit",
        "dua jam 15 menit",
        "setengah dua juta",
        "1.50",
        "",
    ],
)
def test_no_clock(said: str) -> None:
    assert list(find_clock(said)) == []


ADDRESSES = [
    ("rt 3 rw 2", [("rt", "03"), ("rw", "02")]),
    ("blok pulo rt03/02", [("rt", "03"), ("rw", "02")]),
    ("RT/RW 003/002", [("rt", "03"), ("rw", "02")]),
    ("rt.004", [("rt", "04")]),
    ("Budi desa krasak rt 2", [("rt", "02")]),
    ("rw 5", [("rw", "05")]),
    ("smart 5", []),
    ("art 3", []),
    ("pak rt 3 hari ga dateng", []),
    ("rt 12 minggu ga diangkut", []),
    ("di rt 3 hari ini", [("rt", "03")]),
    ("di rt 3 jam 8", [("rt", "03")]),
]


@pytest.mark.parametrize(("said", "found"), ADDRESSES)
def test_rt_and_rw(said: str, found: list[tuple[str, str]]) -> None:
    assert [(f.entity, f.value) for f in find_rt_rw(said)] == found


@pytest.mark.parametrize(
    "said",
    [
        "JTB-261124-7K3F",
        "jtb 261124 7k3f",
        "laporan JTB2611247K3F.",
        "jtb–261124–7k3f",
        "JTB-26l124-7K3F",
        "JTB 26-11-24-7K3F",
        "JTB:261124:7K3F",
        "JTB—261124—7K3F",
        "JTB-261124-7K3Fnya gimana",
        "𝗝𝗧𝗕-𝟮𝟲𝟭𝟭𝟮𝟰-𝟳𝗞𝟯𝗙",
        "yang 261124-7K3F itu",
    ],
)
def test_ticket_number(said: str) -> None:
    assert [f.value for f in find_ticket_number(said, ["JTB"])] == ["JTB-261124-7K3F"]


def test_a_number_without_a_code_belongs_to_the_only_office() -> None:
    assert list(find_ticket_number("261124-7K3F", ["JTB", "SLY"])) == []


@pytest.mark.parametrize(
    "said",
    [
        "JTB-261124",
        "ABC-261124-7K3F",
        "JTB-2611247-K3F0X",
        "081234-56AB",
        "261124-5678",
        "321213-261124-7K3F",
        "",
    ],
)
def test_no_ticket_number(said: str) -> None:
    assert list(find_ticket_number(said, ["JTB"])) == []


def test_offsets_point_at_what_was_said() -> None:
    said = "kmrn jam 8 dimintai 50rb di rt 2"
    spans = [*find_dates(said, TUESDAY), *find_clock(said), *find_money(said), *find_rt_rw(said)]
    assert [said[f.start : f.end] for f in spans] == ["kmrn", "jam 8", "50rb", "2"]
