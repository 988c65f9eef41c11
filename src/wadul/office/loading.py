"""Reads and checks all offices of a folder: one sub-folder per office, nothing but YAML.

offices/<id>/office.yml  services/<code>.yml  faq.yml  templates.yml
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from wadul.office.models import Office, Service, by_order
from wadul.office.problems import OfficeContentError, Problem
from wadul.office.profile import read_profile
from wadul.office.reading import Fields, Report, read_yaml
from wadul.office.services import read_faq_entry, read_service
from wadul.office.templates import read_template
from wadul.office.text import plain

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Checked:
    """What a folder holds. `offices` is empty when any problem is an error."""

    offices: dict[str, Office]
    problems: tuple[Problem, ...]

    @property
    def has_errors(self) -> bool:
        return any(problem.severity == "error" for problem in self.problems)


def load_offices(folder: Path) -> dict[str, Office]:
    """All offices by id. Raises OfficeContentError with every problem of every file."""
    checked = check_offices(folder)
    if checked.has_errors:
        raise OfficeContentError(checked.problems)
    return checked.offices


def check_offices(folder: Path, today: date | None = None) -> Checked:
    """Reads everything and collects the problems.

    With `today`, also warns of what is out of date and refuses confirmations from the future.
    """
    report = Report()
    offices: dict[str, Office] = {}
    folders = _office_folders(folder)
    if not folders:
        report.add(
            str(folder.name), 0, "", "tidak ada folder kantor di sini; buat satu folder per kantor."
        )
    taken: dict[str, str] = {}
    for office_folder in folders:
        office = _read_office(office_folder, report, today, taken)
        if office is not None:
            offices[office.id] = office
    return Checked({} if report.has_errors else offices, tuple(report.problems))


def _office_folders(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(p for p in folder.iterdir() if p.is_dir() and not p.name.startswith((".", "_")))


def _read_office(
    folder: Path, report: Report, today: date | None, taken: dict[str, str]
) -> Office | None:
    services = _read_services(folder, report, today)
    codes = {path.stem for path in _service_files(folder)}
    faq = _read_list(
        folder / "faq.yml", report, lambda fields: read_faq_entry(fields, codes, today)
    )
    templates = _read_list(folder / "templates.yml", report, read_template)
    _no_twins(f"{folder.name}/faq.yml", "id", [(e.id, line) for e, line in faq], report)
    _no_twins(
        f"{folder.name}/faq.yml",
        "aliases",
        [(plain(alias), line) for e, line in faq for alias in {*e.aliases}],
        report,
    )
    for key, pairs in (
        ("name", [(t.name, line) for t, line in templates]),
        ("used_for", [(t.used_for, line) for t, line in templates]),
    ):
        _no_twins(f"{folder.name}/templates.yml", key, pairs, report)

    file = f"{folder.name}/office.yml"
    document = read_yaml(folder / "office.yml", file, report)
    fields = _mapping(document, file, report)
    if fields is None:
        return None
    return read_profile(
        fields,
        folder_name=folder.name,
        services=by_order(services),
        faq=tuple(entry for entry, _ in faq),
        templates=tuple(template for template, _ in templates),
        today=today,
        taken=taken,
    )


def _read_services(folder: Path, report: Report, today: date | None) -> list[Service]:
    files = _service_files(folder)
    if not files:
        report.add(
            f"{folder.name}/services",
            0,
            "",
            "belum ada layanan; buat satu berkas .yml per layanan.",
        )
    services: list[Service] = []
    aliases: dict[str, str] = {}
    for path in files:
        file = f"{folder.name}/services/{path.name}"
        fields = _mapping(read_yaml(path, file, report), file, report)
        if fields is not None:
            services.append(read_service(fields, path.stem, aliases, today))
    return services


def _service_files(folder: Path) -> list[Path]:
    return sorted((folder / "services").glob("*.yml"))


def _read_list(path: Path, report: Report, read: Callable[[Fields], T]) -> list[tuple[T, int]]:
    """The entries of a file that is one list, each with its line."""
    file = f"{path.parent.name}/{path.name}"
    document = read_yaml(path, file, report)
    if document is None:
        return []
    if not isinstance(document, CommentedSeq):
        report.add(file, 1, "", 'berkas ini harus berupa daftar; setiap isi diawali "- ".')
        return []
    found = []
    for number, item in enumerate(document):
        line = int(document.lc.item(number)[0]) + 1
        if isinstance(item, CommentedMap):
            found.append((read(Fields(item, file, report)), line))
        else:
            report.add(file, line, "", "setiap isi daftar harus berupa pasangan kolom: nilai.")
    return found


def _mapping(document: object, file: str, report: Report) -> Fields | None:
    if document is None:
        return None
    if isinstance(document, CommentedMap):
        return Fields(document, file, report)
    report.add(file, 1, "", "berkas ini harus berisi pasangan kolom: nilai.")
    return None


def _no_twins(file: str, key: str, values: list[tuple[str, int]], report: Report) -> None:
    first: dict[str, int] = {}
    for value, line in values:
        if value in first:
            report.add(file, line, key, f'"{value}" sudah dipakai di baris {first[value]}.')
        elif value:
            first[value] = line
