"""The office's files from the console: only the value changes, and nobody is overwritten."""

from __future__ import annotations

import shutil
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path

import pytest

from wadul.exceptions import NotFound
from wadul.office import Office, load_offices
from wadul.usecases.office_content import (
    FileChanged,
    UnfitContent,
    edit_office_file,
    version_of,
)
from wadul.usecases.office_yaml import set_entry, set_values

REPOSITORY = Path(__file__).parents[3]
OFFICE = "jatibarang"
KK = "services/kk.yml"


@pytest.fixture
def offices(tmp_path: Path) -> Path:
    shutil.copytree(REPOSITORY / "offices", tmp_path / "offices")
    return tmp_path / "offices"


def lines(offices: Path, file: str) -> list[str]:
    return (offices / OFFICE / file).read_text().splitlines()


def changed(before: list[str], after: list[str]) -> list[tuple[str, str]]:
    assert len(before) == len(after)
    return [(old, new) for old, new in zip(before, after, strict=True) if old != new]


def test_one_value_changes_and_every_other_line_stays(offices: Path) -> None:
    before = lines(offices, KK)
    office = edit_office_file(
        offices,
        OFFICE,
        KK,
        set_values({"cost": "Gratis: tanpa biaya"}),
        version=version_of(offices, OFFICE, KK),
    )
    differences = changed(before, lines(offices, KK))
    assert [new for _, new in differences] == ['cost: "Gratis: tanpa biaya"']
    service = office.service("kk")
    assert service is not None
    assert service.cost == "Gratis: tanpa biaya"


def test_comments_and_their_places_are_kept(offices: Path) -> None:
    file = offices / OFFICE / KK
    file.write_text(file.read_text().replace("cost:", "# Dicek bendahara tiap Januari.\ncost:", 1))
    comments = [line for line in lines(offices, KK) if line.lstrip().startswith("#")]
    edit_office_file(
        offices,
        OFFICE,
        KK,
        set_values({"cost": "Gratis", "requirements": ["KTP asli", "Surat pengantar: RT"]}),
        version=version_of(offices, OFFICE, KK),
    )
    after = lines(offices, KK)
    assert [line for line in after if line.lstrip().startswith("#")] == comments
    place = after.index("# Dicek bendahara tiap Januari.")
    assert after[place + 1] == "cost: Gratis"


def test_an_entry_of_a_list_is_changed_alone(offices: Path) -> None:
    file = "templates.yml"
    name = load_offices(offices)[OFFICE].templates[0].name
    before = lines(offices, file)
    edit_office_file(
        offices,
        OFFICE,
        file,
        set_entry(name, {"content_sid": f"HX{'a' * 32}"}),
        version=version_of(offices, OFFICE, file),
    )
    differences = changed(before, lines(offices, file))
    assert len(differences) == 1
    assert differences[0][1].strip() == f"content_sid: HX{'a' * 32}"


def test_a_hand_edit_meanwhile_is_not_overwritten(offices: Path) -> None:
    shown = version_of(offices, OFFICE, KK)
    file = offices / OFFICE / KK
    by_hand = file.read_text() + "# catatan tangan\n"
    file.write_text(by_hand)
    with pytest.raises(FileChanged):
        edit_office_file(offices, OFFICE, KK, set_values({"cost": "Gratis"}), version=shown)
    assert file.read_text() == by_hand


def test_of_two_saves_at_the_same_moment_the_later_one_is_told(offices: Path) -> None:
    shown = version_of(offices, OFFICE, KK)
    later: Future[Office]

    def change(content: str) -> str:
        """The other one saves meanwhile; it may wait, but not overwrite or be overwritten."""
        nonlocal later
        later = threads.submit(
            edit_office_file, offices, OFFICE, KK, set_values({"cost": "Rp5.000"}), version=shown
        )
        wait([later], timeout=1)
        return set_values({"cost": "Gratis"})(content)

    with ThreadPoolExecutor(1) as threads:
        edit_office_file(offices, OFFICE, KK, change, version=shown)
        with pytest.raises(FileChanged):
            later.result(30)
    assert any("Gratis" in line for line in lines(offices, KK))


@pytest.mark.parametrize(
    "values",
    [
        {"confirmed_on": "kemarin"},
        {"requirements": []},
        {"short_name": ""},
    ],
)
def test_unfit_content_is_refused_with_words_and_changes_nothing(
    offices: Path, values: dict[str, object]
) -> None:
    before = lines(offices, KK)
    with pytest.raises(UnfitContent) as caught:
        edit_office_file(
            offices, OFFICE, KK, set_values(values), version=version_of(offices, OFFICE, KK)
        )
    assert caught.value.sentence
    assert lines(offices, KK) == before


@pytest.mark.parametrize("value", ["a: b # c", "- x", "'kutip\"", "{x}", "100%", "*tebal*", "ya"])
def test_any_words_come_back_as_they_were_written(offices: Path, value: str) -> None:
    office = edit_office_file(
        offices,
        OFFICE,
        KK,
        set_values({"cost": value}),
        version=version_of(offices, OFFICE, KK),
    )
    service = office.service("kk")
    assert service is not None
    assert service.cost == value


@pytest.mark.parametrize("file", ["../../pyproject.toml", "services/none.yml", "/etc/passwd"])
def test_no_other_file_is_reached(offices: Path, file: str) -> None:
    with pytest.raises(NotFound):
        version_of(offices, OFFICE, file)
