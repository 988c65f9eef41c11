"""The real content of the first office keeps its promises."""

from __future__ import annotations

import re

import pytest

from wadul.office import TEMPLATE_USES, Office

SERVICES = """
ktp_new ktp_lost ktp_damaged kk kia moving_within moving_out moving_in birth_certificate
death_certificate ikd sktm sku domicile legalisation marriage_dispensation inheritance skck_letter
crowd_permit nib pbg pbb land_deed social_aid bpjs_pbi other_recommendation village_fund
""".split()


def test_every_service_of_the_design(jatibarang: Office) -> None:
    assert {service.code for service in jatibarang.services} == set(SERVICES)


def test_nothing_claims_to_be_confirmed(jatibarang: Office) -> None:
    content = [jatibarang, *jatibarang.services, *jatibarang.faq, *jatibarang.emergency_numbers]
    assert all(item.confirmed_by is None and item.confirmed_on is None for item in content)


def test_services_are_rich_in_names(jatibarang: Office) -> None:
    assert [s.code for s in jatibarang.services if len(s.aliases) < 15] == []


def test_fifteen_villages_with_consecutive_codes(jatibarang: Office) -> None:
    assert [v.code for v in jatibarang.villages] == [f"32.12.13.{n}" for n in range(2001, 2016)]
    assert all(len(v.spellings) > 3 for v in jatibarang.villages)
    assert [v.name for v in jatibarang.villages if v.ambiguous] == ["Jatibarang"]


def test_thirty_other_kecamatan(jatibarang: Office) -> None:
    assert sum(n.kind == "kecamatan" for n in jatibarang.neighbours) == 30


@pytest.mark.parametrize(
    ("said", "village", "neighbour"),
    [
        ("malang smirang", "Malangsemirang", None),
        ("jtbarang br", "Jatibarang Baru", None),
        ("lobner", "Lobener", None),
        ("jatiswit lor", "Jatisawit Lor", None),
        ("Kebulean", "Kebulen", None),
        ("lohbener", None, "Lohbener"),
        ("widasari", None, "Widasari"),
        ("sliyeg", None, "Sliyeg"),
        ("indramayu", None, None),
        ("kec indramayu", None, "Indramayu"),
        ("arahan", None, None),
    ],
)
def test_spellings(
    jatibarang: Office, said: str, village: str | None, neighbour: str | None
) -> None:
    found, outside = jatibarang.village_named(said), jatibarang.neighbour_named(said)
    assert (found and found.name, outside and outside.name) == (village, neighbour)


def test_a_template_for_every_use(jatibarang: Office) -> None:
    assert {template.used_for for template in jatibarang.templates} == set(TEMPLATE_USES)


def test_first_emergency_number_is_112(jatibarang: Office) -> None:
    assert jatibarang.emergency_numbers[0].number == "112"


def test_dissolved_saber_pungli_is_not_advertised(jatibarang: Office) -> None:
    texts = [jatibarang.notice, *(e.answer for e in jatibarang.faq)]
    texts += [note for s in jatibarang.services for note in s.notes]
    for text in texts:
        assert not re.search(r"\b1?193\b|saberpungli", text)
        assert "Saber Pungli" not in text or "dibubarkan" in text
