"""`wadul nlu report|save-story`: what the training did for residents; conversations as tests."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from wadul.bootstrap import bootstrap
from wadul.cli.output import AsJson, Office, console, print_json, print_table, says_errors
from wadul.cli.users import office_id
from wadul.core.dates import local_date
from wadul.supervisor.model import ensure_model
from wadul.training import story
from wadul.training.project import Project
from wadul.training.report import Week, training_report

_REASONS = {
    "asked": "diminta warga",
    "not_understood": "tidak dipahami",
    "anger": "kesal",
    "operator": "diambil petugas",
}


@says_errors
def report_command(
    weeks: Annotated[int, typer.Option("--weeks", min=1, help="Berapa minggu terakhir.")] = 8,
    office: Office = "",
    as_json: AsJson = False,
) -> None:
    """Berapa bagian pesan yang dipahami tanpa petugas, dan mengapa petugas perlu turun tangan."""
    wadul = bootstrap()
    content = wadul.offices[office_id(wadul, office)]
    today = local_date(wadul.clock.now(), content.timezone)
    with wadul.database.transaction() as session:
        report = training_report(session, content, weeks=weeks, today=today)
    if as_json:
        print_json(
            {
                "office": content.id,
                "weeks": [week.as_dict() for week in report.weeks],
                "mistaken": [asdict(each) for each in report.mistaken],
            }
        )
        return
    columns = ("minggu", "giliran", "dipahami", "tak jelas", "ke petugas", "laporan", "salah kira")
    print_table(f"{content.name}, per minggu", columns, map(_row, report.weeks))
    if report.mistaken:
        print_table(
            "Laporan yang semula dikira lain (data pribadi disamarkan)",
            ("nomor", "pesan", "dikira", "ternyata"),
            (
                (each.number, each.text, each.label, f"{each.kind}/{each.category}")
                for each in report.mistaken
            ),
        )


@says_errors
def save_story_command(
    address: Annotated[str, typer.Argument(help="Alamat warga, mis. whatsapp:+6281…")],
    name: Annotated[str, typer.Option("--name", help="Judul cerita.")] = "",
    last: Annotated[int, typer.Option("--last", min=1, help="Berapa giliran terakhir.")] = 20,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tunjukkan saja.")] = False,
) -> None:
    """Simpan percakapan nyata (disamarkan) sebagai cerita uji di tests/conversations."""
    wadul = bootstrap()
    with wadul.database.transaction() as session:
        said = story.said_in(session, address, last=last)
    told = story.tell(wadul.settings, ensure_model(wadul.settings), said, name=name)
    if dry_run:
        print(told.text)
        return
    path = story.save(Project.of(wadul.settings), told)
    console.print(f"{told.turns} giliran disimpan sebagai “{told.name}” di {path}.")


def _row(week: Week) -> tuple[object, ...]:
    share = "" if week.share is None else f"{week.share:.0%}"
    causes = ", ".join(f"{_REASONS[why]} {count}" for why, count in week.hand_offs.most_common())
    mistaken = sum(week.mistaken.values())
    return (week.monday, week.turns, share, week.unclear, causes, week.complaints, mistaken)
