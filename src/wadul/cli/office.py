"""`wadul office …`: looks after the offices' content files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table

from wadul.office import Checked, Office, Problem, Severity, check_offices

app = typer.Typer(help="Memeriksa isi kantor (folder offices/).", no_args_is_help=True)


@app.callback()
def _office() -> None:
    """Memeriksa isi kantor (folder offices/)."""


@app.command("check")
def check(
    folder: Annotated[
        Path, typer.Argument(help="Folder yang berisi satu folder per kantor.")
    ] = Path("offices"),
    as_json: Annotated[bool, typer.Option("--json", help="Tampilkan sebagai JSON.")] = False,
) -> None:
    """Memeriksa semua berkas kantor; selesai dengan kode 1 bila ada kesalahan."""
    now = datetime.now(UTC)
    checked = check_offices(folder, now.astimezone(ZoneInfo("Asia/Jakarta")).date())
    if as_json:
        typer.echo(json.dumps(_as_json(checked, now), ensure_ascii=False, indent=2))
    else:
        _print(folder, checked, now)
    if checked.has_errors:
        raise typer.Exit(1)


def _as_json(checked: Checked, now: datetime) -> dict[str, object]:
    return {
        "ok": not checked.has_errors,
        "problems": [problem.as_dict() for problem in checked.problems],
        "offices": [
            {
                "id": office.id,
                "code": office.code,
                "name": office.name,
                "villages": len(office.villages),
                "services": len(office.services),
                "services_confirmed": _confirmed(office, now),
                "faq": len(office.faq),
                "templates": len(office.templates),
                "templates_approved": _approved(office),
            }
            for office in checked.offices.values()
        ],
    }


def _confirmed(office: Office, now: datetime) -> int:
    today = now.astimezone(office.zone).date()
    return sum(service.is_confirmed(today) for service in office.services)


def _approved(office: Office) -> int:
    return sum(template.content_sid is not None for template in office.templates)


def _print(folder: Path, checked: Checked, now: datetime) -> None:
    console = Console(highlight=False)
    errors = [p for p in checked.problems if p.severity is Severity.ERROR]
    warnings = [p for p in checked.problems if p.severity is Severity.WARNING]
    if errors:
        _print_problems(console, "Kesalahan (harus diperbaiki)", "bold red", errors)
    if warnings:
        _print_problems(console, "Peringatan", "bold yellow", warnings)
    if errors:
        console.print(f"{len(errors)} kesalahan di {folder}.", style="bold red", markup=False)
        return
    console.print(_summary(checked, now))
    console.print("Semua berkas kantor dapat dipakai.", style="bold green")


def _print_problems(console: Console, title: str, style: str, problems: Sequence[Problem]) -> None:
    console.print(title, style=style)
    for problem in problems:
        console.print(f"  {problem}", markup=False, soft_wrap=True)
    console.print()


def _summary(checked: Checked, now: datetime) -> Table:
    table = Table(title="Isi kantor")
    for heading in ("Kantor", "Kode", "Desa", "Layanan", "Dikonfirmasi", "Tanya jawab", "Templat"):
        table.add_column(heading)
    for office in checked.offices.values():
        table.add_row(
            office.name,
            office.code,
            str(len(office.villages)),
            str(len(office.services)),
            f"{_confirmed(office, now)} dari {len(office.services)}",
            str(len(office.faq)),
            f"{_approved(office)} dari {len(office.templates)} disetujui",
        )
    return table
