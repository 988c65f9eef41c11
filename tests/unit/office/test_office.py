"""What other parts ask an office."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from wadul.core.deadlines import Limits
from wadul.office import Office, load_offices, office_for_address

from .conftest import REPOSITORY

WIB = ZoneInfo("Asia/Jakarta")


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=WIB)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-11-24 07:59", "2026-11-24 08:00"),
        ("2026-11-24 08:00", "2026-11-24 08:00"),
        ("2026-11-24 11:59", "2026-11-24 11:59"),
        ("2026-11-24 12:00", "2026-11-24 13:00"),  # the break
        ("2026-11-24 14:59", "2026-11-24 14:59"),
        ("2026-11-24 15:00", "2026-11-26 08:00"),  # the 25th is the office's own holiday
        ("2026-11-27 11:00", "2026-11-30 08:00"),  # Friday is short, then the week-end
        ("2026-12-23 16:00", "2026-12-28 08:00"),  # cuti bersama, Christmas, week-end
        ("2027-02-09 13:59", "2027-02-09 13:59"),  # Ramadan: no break
        ("2027-02-09 14:00", "2027-02-10 08:00"),
        ("2027-03-01 14:30", "2027-03-01 14:30"),  # after Ramadan the usual hours are back
    ],
)
def test_opening(contoh: Office, now: str, opens: str) -> None:
    at = _at(now)
    assert contoh.next_opening(at) == contoh.next_opening(at.astimezone(UTC)) == _at(opens)
    assert contoh.is_open(at) is (now == opens)


def test_next_closing(contoh: Office) -> None:
    assert contoh.next_closing(_at("2026-11-24 09:00")) == _at("2026-11-24 12:00")
    assert contoh.next_closing(_at("2026-11-24 13:00")) == _at("2026-11-24 15:00")
    assert contoh.next_closing(_at("2026-11-24 12:30")) is None


def test_holiday_names(contoh: Office) -> None:
    assert contoh.holiday_name(date(2026, 11, 25)) == "Hari Contoh"
    assert contoh.holiday_name(date(2026, 12, 25)) == "Hari Raya Natal"
    assert contoh.holiday_name(date(2026, 11, 24)) is None
    assert contoh.extra_holiday_dates == {date(2026, 11, 25)}


def test_limits(contoh: Office, jatibarang: Office) -> None:
    assert contoh.limits == Limits(information=4)
    assert jatibarang.limits == Limits()


@pytest.mark.parametrize(
    ("today", "confirmed"),
    [("2026-10-31", False), ("2026-11-01", True), ("2026-12-31", True), ("2027-01-01", False)],
)
def test_confirmed_from_and_until(contoh: Office, today: str, confirmed: bool) -> None:
    assert contoh.is_confirmed(date.fromisoformat(today)) is confirmed


def test_unconfirmed_service(contoh: Office) -> None:
    service = contoh.service("ktp_lost")
    assert service is not None
    assert not service.is_confirmed(date(2026, 11, 24))
    assert contoh.service("ktp_new") is None


@pytest.mark.parametrize(
    ("said", "village", "neighbour"),
    [
        ("Lobener", "Lobener", None),
        ("desa LOBNER", "Lobener", None),
        ("lobener  lor", "Lobener Lor", None),
        ("lohbener", None, "Lohbener"),
        ("kec. Lohbener", None, "Lohbener"),
        ("patrol", None, None),
        ("kecamatan patrol", None, "Patrol"),
        ("kec patrol", None, "Patrol"),
        ("loh", None, None),
        ("", None, None),
    ],
)
def test_places(contoh: Office, said: str, village: str | None, neighbour: str | None) -> None:
    found, outside = contoh.village_named(said), contoh.neighbour_named(said)
    assert (found and found.name, outside and outside.name) == (village, neighbour)


def test_village_by_code(contoh: Office) -> None:
    village = contoh.village("32.12.13.2015")
    assert village is not None
    assert village.name == "Lobener Lor"
    assert contoh.village("32.12.13.2001") is None


def test_message_template(contoh: Office) -> None:
    template = contoh.template_for("ticket_received")
    assert template is not None
    values = {"ticket_number": "CTH-1", "due_date": "  14\n Desember      2026 "}
    assert template.content_variables(values) == {"1": "CTH-1", "2": "14 Desember 2026"}
    assert template.render(values) == (
        "Laporan CTH-1 dijawab paling lambat 14 Desember 2026. Terima kasih."
    )
    assert template.content_variables({**values, "due_date": " \n"})["2"] == "-"
    with pytest.raises(KeyError):
        template.render({"ticket_number": "CTH-1"})
    assert contoh.template_for("survey") is None


def test_second_office_needs_yaml_only(tmp_path: Path) -> None:
    folder = tmp_path / "offices"
    shutil.copytree(REPOSITORY / "offices", folder)
    shutil.copytree(folder / "jatibarang", folder / "contoh")
    profile = folder / "contoh" / "office.yml"
    text = profile.read_text(encoding="utf-8")
    for old, new in (
        ("id: jatibarang", "id: contoh"),
        ("code: JTB", "code: CTH"),
        ("whatsapp:+14155238886", "whatsapp:+6281200000001"),
    ):
        assert text.count(old) == 1
        text = text.replace(old, new)
    profile.write_text(text, encoding="utf-8")

    offices = load_offices(folder)

    assert sorted(offices) == ["contoh", "jatibarang"]
    assert office_for_address(offices, "WhatsApp: +6281200000001") is offices["contoh"]
    assert office_for_address(offices, "whatsapp:+14155238886") is offices["jatibarang"]
    assert office_for_address(offices, "whatsapp:+6281200000002") is None
    assert offices["contoh"].code == "CTH"


def test_two_offices_may_not_share_a_code_or_number(tmp_path: Path) -> None:
    folder = tmp_path / "offices"
    shutil.copytree(REPOSITORY / "offices" / "jatibarang", folder / "jatibarang")
    shutil.copytree(REPOSITORY / "offices" / "jatibarang", folder / "contoh")
    profile = folder / "contoh" / "office.yml"
    text = profile.read_text(encoding="utf-8")
    profile.write_text(text.replace("id: jatibarang", "id: contoh"), encoding="utf-8")
    with pytest.raises(Exception, match="kantor contoh") as caught:
        load_offices(folder)
    assert "JTB" in str(caught.value)
    assert "whatsapp:+14155238886" in str(caught.value)
