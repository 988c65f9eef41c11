"""Villages and services by the names that residents give them."""

from __future__ import annotations

import pytest

from components.catalogue import Catalogue, Place, Service
from components.find_moves import move_finder
from components.find_places import PlaceFinder
from components.find_services import ServiceFinder
from components.normaliser import Normaliser

OFFICE = Catalogue.read()
NORMALISER = Normaliser.from_file()
KNOWN = NORMALISER.known_words | {"bulan", "kali", "mati", "sukarela"}
PLACES = PlaceFinder(OFFICE.places, KNOWN, {"kalimat"}.__contains__)
SERVICES = ServiceFinder(
    OFFICE.services,
    NORMALISER.known_words,
    NORMALISER.expand,
    move_finder(lambda text: list(PLACES.find(text))),
    NORMALISER.split,
)

VILLAGES = [
    ("desa krasak rt 2", "desa", "Krasak"),
    ("di lobener", "desa", "Lobener"),
    ("lobner", "desa", "Lobener"),
    ("lobener lor", "desa", "Lobener Lor"),
    ("bulak lor", "desa", "Bulak Lor"),
    ("jatibarang baru", "desa", "Jatibarang Baru"),
    ("jtbarang br", "desa", "Jatibarang Baru"),
    ("malang smirang", "desa", "Malangsemirang"),
    ("jatiswit lor", "desa", "Jatisawit Lor"),
    ("pilangsarii", "desa", "Pilangsari"),
    ("saya warga lohbener", "out_of_area_place", "Lohbener"),
    ("lohbner", "out_of_area_place", "Lohbener"),
    ("dari widasari", "out_of_area_place", "Widasari"),
    ("ada kali mati di krasak", "desa", "Krasak"),
    ("warga kali mati", "desa", "Kalimati"),
    ("bukan krasak tapi bulak", "desa", "Bulak"),
    ("sanes di desa bulak, di bulak lor pa", "desa", "Bulak Lor"),
    ("krasak bukan bulak", "desa", "Krasak"),
    ("ke bulen", "desa", "Kebulen"),
]


@pytest.mark.parametrize(("said", "entity", "name"), VILLAGES)
def test_place(said: str, entity: str, name: str) -> None:
    assert [(f.entity, f.value) for f in PLACES.find(said)] == [(entity, name)]


@pytest.mark.parametrize(
    "said",
    [
        "kecamatan jatibarang",
        "bulan lalu",
        "prosesnya ke bulan kali",
        "kalimat ini",
        "cape bulak balik",
        "saya bukan warga krasak",
        "sumbangan sukarela",
        "jalan rusak",
        "",
    ],
)
def test_no_place(said: str) -> None:
    assert list(PLACES.find(said)) == []


def test_jatibarang_alone_is_doubtful_and_with_desa_it_is_not() -> None:
    (doubtful,) = PLACES.find("jalan di jatibarang")
    (clear,) = PLACES.find("desa jatibarang")
    assert doubtful.extra == {"ambiguous": True}
    assert doubtful.confidence == 0.5
    assert (clear.value, clear.extra) == ("Jatibarang", {})


def test_a_name_as_near_to_two_places_is_neither() -> None:
    finder = PlaceFinder([Place("Sukamaju", ["Sukamaju"]), Place("Sukamajo", ["Sukamajo"])])
    assert list(finder.find("desa sukamaji")) == []


SERVICE = [
    ("syarat bikin ktp", "ktp_new"),
    ("ktp saya hilang", "ktp_lost"),
    ("ktpsayahilang", "ktp_lost"),
    ("KTP-e rusak", "ktp_damaged"),
    ("sirat pindag ke bandung", "moving_out"),
    ("pindah dari krasak ke bulak", "moving_within"),
    ("abdi ti bandung bade pindah ka krasak", "moving_in"),
    ("akte kelahiran anak", "birth_certificate"),
    ("akta kematian", "death_certificate"),
    ("prsyrtn izn krmaian", "crowd_permit"),
    ("sktmnya", "sktm"),
    ("surat ahli waris", "inheritance"),
    ("eh salah maksudnya KK bkn KTP", "kk"),
    ("katp", "ktp_new"),
    # "kk" is a Kartu Keluarga unless somebody is spoken to.
    ("kk saya belum jadi", "kk"),
    ("kk sy blm jd", "kk"),
    ("maaf kk saya belum jadi", "kk"),
    ("pagi kk hilang lapor kemana", "kk"),
    ("kk mau diganti", "kk"),
    ("kk bisa diurus online?", "kk"),
    # Joined, spelt out, doubled.
    ("ktphilang", "ktp_lost"),
    ("ktprusak", "ktp_damaged"),
    ("syaratktp", "ktp_new"),
    ("aktekelahiran", "birth_certificate"),
    ("bikinkk", "kk"),
    ("prosespecahkk", "kk"),
    ("s k t m", "sktm"),
    ("S.K.T.M", "sktm"),
    ("es ka te em", "sktm"),
    ("ikade", "ikd"),
    ("katepe hilang", "ktp_lost"),
    ("izin rame2", "crowd_permit"),
    # What is denied is not meant.
    ("ktp tidak hilang cuma rusak", "ktp_damaged"),
    ("bukan ktp hilang tapi rusak", "ktp_damaged"),
    ("bukan KK, KTP", "ktp_new"),
    ("dudu akta lahir, maksude akta kematian", "death_certificate"),
    ("akta bukan akte tanah", "birth_certificate"),
    # One word of a name far from the other, or inside a verb.
    ("dompet saya hilang di angkot sama isinya termasuk ktp", "ktp_lost"),
    ("ibu meninggal di rumah, apa bisa bikin aktanya", "death_certificate"),
    ("mau menghibahkan tanah", "land_deed"),
    ("ktpnya terkelupas", "ktp_damaged"),
    # The document, not what is done with it.
    ("ngurusin ktp rusak", "ktp_damaged"),
    ("sktm minta ttd camat", "sktm"),
    ("minta ttd camat", "legalisation"),
    ("legalisir akta lahir", "legalisation"),
    ("akte buat tiyang sedo", "death_certificate"),
    ("akta jual beli", "land_deed"),
    ("istri mau jadi warga sini", "moving_in"),
    ("baru pindah dari kota depok", "moving_in"),
    ("pindah ke luar jawa", "moving_out"),
    ("kartu indonesia sehat mati", "bpjs_pbi"),
    ("anggaran desa", "village_fund"),
]


@pytest.mark.parametrize(("said", "code"), SERVICE)
def test_service(said: str, code: str) -> None:
    assert [f.value for f in SERVICES.find(said)] == [code]


@pytest.mark.parametrize(
    "said",
    [
        "siang kk",
        "makasih kk infonya",
        "kk mau nanya",
        "kk saya mau tanya dong",
        "akte nikah",
        "bikin akta cerai",
        "akta perkawinan",
        "akta notaris",
        "bayar pajak motor",
        "loket pindah ke krasak",
        "loketnya pindah ke bulak",
        "hajatan di jalan ga ada izin",
        "bukan ktp hilang",
        "banyu beli tekan sawah",
        "rekaman suara petugas",
        "spot foto",
        "skip aja",
        "jalan rusak",
        "",
    ],
)
def test_no_service(said: str) -> None:
    assert list(SERVICES.find(said)) == []


def test_one_service_is_named_and_the_others_are_alternatives() -> None:
    (found,) = SERVICES.find("akta kelahiran sama kk gimana")
    assert found.value == "birth_certificate"
    assert found.extra == {"category": "civil_registration", "alternatives": ["kk"]}


def test_joined_words_are_found_where_they_stand() -> None:
    (found,) = SERVICES.find("min ktphilang kemarin")
    assert (found.start, found.end) == (4, 13)


def test_letters_without_end_are_read_at_once() -> None:
    assert list(SERVICES.find("k " * 1_000)) == []


def test_a_service_that_is_new_in_the_catalogue_is_found() -> None:
    finder = ServiceFinder([Service("cattle_letter", ["surat ternak", "surat jual sapi"], "other")])
    assert [f.value for f in finder.find("mau buat surat jual sapi pak")] == ["cattle_letter"]
