"""`wadul nlu check`: what is wrong with the language data, before anybody trains on it."""

from __future__ import annotations

import time
from collections import Counter
from typing import Annotated

import typer
from rich.text import Text

from wadul.cli.output import AsJson, console, print_json, says_errors
from wadul.settings import Settings
from wadul.training.checks import Finding, Severity, check, rasa_validation, same_meaning
from wadul.training.project import Project
from wadul.training.rasa import RasaPrograms

_SHOWN = 12  # findings of one kind


@says_errors
def check_command(
    full: Annotated[
        bool, typer.Option("--full", help="Juga pemeriksaan Rasa sendiri (setengah menit).")
    ] = False,
    meaning: Annotated[
        bool,
        typer.Option(
            "--meaning", help="Juga kalimat yang semakna dengan kata lain (beberapa menit)."
        ),
    ] = False,
    everything: Annotated[bool, typer.Option("--all", help="Tunjukkan semua temuan.")] = False,
    as_json: AsJson = False,
) -> None:
    """Periksa data bahasa; selesai dengan kode 1 bila ada kesalahan."""
    started = time.monotonic()
    settings = Settings()
    project, rasa = Project.of(settings), RasaPrograms.of(settings)
    more = [rasa_validation(project, rasa)] if full else []
    more += [same_meaning(project, rasa)] if meaning else []
    findings = check(project, more)
    counts = Counter(finding.severity for finding in findings)
    errors, warnings = counts[Severity.ERROR], counts[Severity.WARNING]
    if as_json:
        print_json(
            {
                "ok": not errors,
                "errors": errors,
                "warnings": warnings,
                "seconds": round(time.monotonic() - started, 2),
                "findings": [finding.as_dict() for finding in findings],
            }
        )
    else:
        _print(findings, everything)
        console.print(f"{errors} kesalahan, {warnings} peringatan.")
    if errors:
        raise typer.Exit(1)


def _print(findings: list[Finding], everything: bool) -> None:
    shown: Counter[str] = Counter()
    for finding in findings:
        shown[finding.code] += 1
        if shown[finding.code] > _SHOWN and not everything:
            continue
        wrong = finding.severity is Severity.ERROR
        place = f"{finding.file}:{finding.line}" if finding.line else finding.file
        console.print(Text("✗ " if wrong else "! ", "red" if wrong else "yellow"), end="")
        console.print(Text(f"{place}  {finding.message}"))
        console.print(Text(f"  → {finding.advice}", "dim"))
    for code, count in shown.items():
        if count > _SHOWN and not everything:
            console.print(f"… dan {count - _SHOWN} temuan {code} lagi (--all menunjukkan semua).")
