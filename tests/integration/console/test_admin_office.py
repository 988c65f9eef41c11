"""The office's own data from the console: who may change it, what is refused, and in what words."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from integration.console.support import NOW, logged_in
from integration.console.support import Desk as Bench
from wadul.bootstrap import Wadul
from wadul.clock import FixedClock
from wadul.console.desk import Desk
from wadul.console.pages.admin_office import OfficeSection
from wadul.console.problems import sentence
from wadul.console.reader import Reader
from wadul.exceptions import NotFound, NotPermitted, WadulError
from wadul.models import AuditEntry
from wadul.office import CurrentOffices, Office
from wadul.usecases.office_content import FileChanged

pytestmark = pytest.mark.integration

REPOSITORY = Path(__file__).parents[3]
Open = Callable[[str], OfficeSection]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(REPOSITORY / "offices", tmp_path / "offices")
    return tmp_path / "offices"


@pytest.fixture
def offices(folder: Path) -> CurrentOffices:
    return CurrentOffices(folder)


@pytest.fixture
def open_section(desk: Bench, folder: Path, offices: CurrentOffices) -> Iterator[Open]:
    """`open_section("admin")`: the section as this person's browser shows it."""
    settings = desk.settings.model_copy(update={"offices_dir": folder})
    wadul = Wadul(settings, desk.database, FixedClock(NOW), offices)
    reader = Reader(desk.database)

    def make(who: str) -> OfficeSection:
        token = logged_in(desk, who)
        return OfficeSection(Desk(wadul, reader, FixedClock(NOW), token, desk.actor(who)))

    yield make
    reader.close()


@pytest.fixture
def file(folder: Path) -> Path:
    return folder / "jatibarang" / "office.yml"


async def told(section: OfficeSection, start: str, **values: str) -> dict[str, Any]:
    """What the browser sends when the row that begins so is saved with other values."""
    row = next(row for row in await section.rows() if row["id"].startswith(start))
    return {"id": row["id"], "version": row["version"], "values": row["values"] | values}


def text_of(file: Path) -> str:
    return file.read_text()


def by_hand(file: Path, old: str, new: str) -> None:
    file.write_text(file.read_text().replace(old, new))


def now(offices: CurrentOffices) -> Office:
    return offices["jatibarang"]


async def test_a_row_of_each_kind_can_be_saved_as_it_is_and_changes_nothing(
    open_section: Open, file: Path
) -> None:
    section, before = open_section("admin"), text_of(file)
    rows = await section.rows()
    assert len(rows) > 15
    for key in {row["id"].partition(":")[0] for row in rows}:
        await section.save(await told(section, key))
    assert text_of(file) == before


async def test_what_is_saved_counts_at_once_and_is_noted(
    desk: Bench, open_section: Open, offices: CurrentOffices
) -> None:
    section = open_section("admin")
    await section.save(await told(section, "phone", phone="(0234) 271234"))
    await section.save(await told(section, "place", lat="-6,4712", lon="108.3"))
    await section.save(await told(section, "inspector", contact="inspektorat@indramayukab.go.id"))
    await section.save(
        await told(section, "number:1", confirmed_by="Camat", confirmed_on="2026-11-24")
    )
    await section.rows()  # as the page does after each change
    await section.save(
        {
            "id": "",
            "add": "outside",
            "version": "",
            "values": {"name": "Komnas HAM", "contact": "", "note": ""},
        }
    )
    office = now(offices)
    assert office.phone == "(0234) 271234"
    assert office.place is not None
    assert (office.place.lat, office.place.lon) == (-6.4712, 108.3)
    assert office.escalation.inspector.contact == "inspektorat@indramayukab.go.id"
    assert office.emergency_numbers[1].confirmed_by == "Camat"
    assert office.escalation.outside[-1].name == "Komnas HAM"
    await section.act(await told(section, "outside:3") | {"action": "delete"})
    assert [one.name for one in now(offices).escalation.outside][-1] == "KPK"
    with desk.database.transaction() as session:
        noted = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "office_file_changed")
        ).all()
    assert [(entry.actor, entry.subject) for entry in noted] == [("admin", "office.yml")] * 6


async def test_a_supervisor_may_not(open_section: Open, file: Path) -> None:
    section, before = open_section("ningsih"), text_of(file)
    with pytest.raises(NotPermitted):
        await section.save(await told(section, "phone", phone="(0234) 271234"))
    assert text_of(file) == before


BAD = [
    ("name", {"name": ""}, "Nama: teks ini tidak boleh kosong."),
    ("name", {"name": "x" * 81}, "paling panjang 80 huruf"),
    ("phone", {"phone": "menyusul"}, 'Telepon: harus nomor telepon, misalnya "(0234) 123456".'),
    ("email", {"email": "kantor di jatibarang"}, "Surel: harus alamat surel"),
    ("website", {"website": "javascript:alert(1)"}, "Situs: harus alamat situs"),
    ("place", {"lat": "sana"}, "Garis lintang dan garis bujur harus angka"),
    ("place", {"lat": ""}, "Garis lintang dan garis bujur harus angka"),
    ("place", {"lat": "64"}, "Garis lintang: garis lintang di Indonesia antara"),
    ("place", {"lat": "nan"}, "Garis lintang: garis lintang di Indonesia antara"),
    ("notice", {"notice": " "}, "Pemberitahuan data pribadi: teks ini tidak boleh kosong."),
    ("notice", {"notice": "x" * 801}, "paling panjang 800 huruf"),
    ("number:0", {"number": "seratus"}, "Nomor: harus nomor telepon"),
    ("number:0", {"kind": "gempa"}, 'Untuk: "gempa" tidak dikenal'),
    ("number:0", {"confirmed_by": "Camat"}, "Isi nama dan tanggal konfirmasi bersama-sama"),
    (
        "number:0",
        {"confirmed_by": "Camat", "confirmed_on": "2026-11-25"},
        "Tanggal konfirmasi belum tiba.",
    ),
    (
        "profile",
        {"confirmed_by": "Camat", "confirmed_on": "2026-11-24", "valid_until": "2026-11-01"},
        "tidak boleh sebelum tanggal konfirmasi",
    ),
    ("profile", {"valid_until": "kapan-kapan"}, "Berlaku sampai: harus tanggal"),
    ("whatsapp", {"whatsapp": "menyusul"}, "Nomor WhatsApp kantor: harus seperti"),
    ("whatsapp", {"whatsapp": ""}, "Nomor WhatsApp kantor: "),
    ("limits", {"supervisory": "61"}, "Pengaduan pengawasan: isi angka bulat dari 1 sampai 60"),
    ("limits", {"information": "0"}, "Permintaan informasi: isi angka bulat dari 1 sampai 5"),
    ("limits", {"aspiration": "dua"}, "Aspirasi: isi angka bulat"),
    ("village:0", {"spellings": "bulak"}, 'Ejaan yang dikenal: "bulak" sudah dipakai'),
    ("village:0", {"spellings": " , "}, "Ejaan yang dikenal: "),
    ("village:0", {"lat": "sana"}, "Garis lintang dan garis bujur harus angka"),
    ("supervisor", {"name": ""}, "Nama: teks ini tidak boleh kosong."),
]


@pytest.mark.parametrize(("row", "values", "words"), BAD)
async def test_unfit_input_is_refused_in_words_and_changes_nothing(
    open_section: Open, file: Path, row: str, values: dict[str, str], words: str
) -> None:
    section, before = open_section("admin"), text_of(file)
    with pytest.raises(WadulError) as caught:
        await section.save(await told(section, row, **values))
    assert words in sentence(caught.value)
    assert text_of(file) == before


async def test_whoever_comes_second_is_told(open_section: Open, offices: CurrentOffices) -> None:
    first, second = open_section("admin"), open_section("admin")
    late = await told(second, "number:0", label="Panggilan darurat")
    gone = await told(second, "number:4") | {"action": "delete"}
    await first.act(await told(first, "number:0") | {"action": "delete"})
    with pytest.raises(FileChanged) as caught:
        await second.save(late)
    with pytest.raises(FileChanged):
        await second.act(gone)
    assert "diubah orang lain" in sentence(caught.value)
    assert [one.number for one in now(offices).emergency_numbers] == ["113", "110", "119", "115"]


async def test_an_entry_is_not_taken_for_the_one_that_stood_there(
    open_section: Open, file: Path
) -> None:
    """The page shows an entry, the file another one in its place, changed by hand just now."""
    section = open_section("admin")
    shown = await told(section, "number:0", label="Panggilan darurat")
    by_hand(file, 'number: "112"', 'number: "911"')
    await section.rows()
    with pytest.raises(FileChanged):
        await section.save(shown | {"version": section._version})


async def test_numbers_limits_and_spellings_are_written_as_the_file_has_them(
    open_section: Open, offices: CurrentOffices, file: Path
) -> None:
    section = open_section("admin")
    await section.save(
        await told(section, "whatsapp", whatsapp="+62 812-3456-7890\n0813 1111 2222")
    )
    await section.rows()
    await section.save(await told(section, "limits", information="3"))
    await section.rows()
    spellings = "sukalila, suka lila,\n sukalilo , suka lila"
    await section.save(
        await told(section, "village:0", spellings=spellings, lat="-6,47", lon="108,3")
    )
    office = now(offices)
    assert office.whatsapp == ("whatsapp:+6281234567890", "whatsapp:+6281311112222")
    assert (office.limits.information, office.limits.supervisory) == (3, 60)
    village = office.villages[0]
    assert village.spellings == ("sukalila", "suka lila", "sukalilo")
    assert village.place is not None
    assert village.place.lat == -6.47
    lines = text_of(file).splitlines()
    assert "    spellings: [sukalila, suka lila, sukalilo]" in lines
    assert "  information: 3" in lines
    assert '  - "whatsapp:+6281234567890"' in lines


async def test_limits_that_the_file_leaves_to_the_law_can_be_set(
    open_section: Open, offices: CurrentOffices, file: Path
) -> None:
    text = text_of(file)
    begin, end = text.index("limits:"), text.index("# Nomor darurat, yang")
    by_hand(file, text[begin:end], "")
    section = open_section("admin")
    await section.save(await told(section, "limits", verification="2"))
    assert now(offices).limits.verification == 2


async def test_a_village_cannot_be_deleted(open_section: Open, file: Path) -> None:
    section, before = open_section("admin"), text_of(file)
    with pytest.raises(WadulError):
        await section.act(await told(section, "village:0") | {"action": "delete"})
    assert text_of(file) == before


@pytest.mark.parametrize("key", ["number:9:112", "number:x:112", "outside", "villages:0:Bulak", ""])
async def test_what_no_row_shows_cannot_be_changed(
    open_section: Open, file: Path, key: str
) -> None:
    section, before = open_section("admin"), text_of(file)
    shown = await told(section, "number:0")
    with pytest.raises(NotFound):
        await section.save(shown | {"id": key})
    with pytest.raises(NotFound):
        await section.act(shown | {"id": key, "action": "delete"})
    with pytest.raises(NotFound):
        await section.save(shown | {"id": "", "add": "villages"})
    assert text_of(file) == before


async def test_the_last_emergency_number_stays(open_section: Open) -> None:
    section = open_section("admin")
    for _ in range(4):
        await section.act(await told(section, "number:0") | {"action": "delete"})
    with pytest.raises(WadulError) as caught:
        await section.act(await told(section, "number:0") | {"action": "delete"})
    assert "paling sedikit 1" in sentence(caught.value)
