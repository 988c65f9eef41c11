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
]


@pytest.mark.parametrize(("said", "code"), SERVICE)
def test_service(said: str, code: str) -> None:
    normal = said if " " in said else " ".join(NORMALISER.normalise(said).split())
    found = list(SERVICES.find(said)) or list(SERVICES.find(normal))
    assert [f.value for f in found] == [code]


@pytest.mark.parametrize(
    "said", ["siang kk", "kk mau nanya", "spot foto", "skip aja", "jalan rusak", ""]
)
def test_no_service(said: str) -> None:
    assert list(SERVICES.find(said)) == []


def test_one_service_is_named_and_the_others_are_alternatives() -> None:
    (found,) = SERVICES.find("akta kelahiran sama kk gimana")
    assert found.value == "birth_certificate"
    assert found.extra == {"category": "civil_registration", "alternatives": ["kk"]}


def test_a_service_that_is_new_in_the_catalogue_is_found() -> None:
    finder = ServiceFinder([Service("cattle_letter", ["surat ternak", "surat jual sapi"], "other")])
    assert [f.value for f in finder.find("mau buat surat jual sapi pak")] == ["cattle_letter"]
