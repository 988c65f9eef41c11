"""`wadul report`: what was done, in numbers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from wadul.bootstrap import bootstrap
from wadul.cli.output import AsJson, Office, print_json, print_table, says_errors
from wadul.cli.users import office_id
from wadul.core.dates import local_date
from wadul.exceptions import InvalidInput
from wadul.queries.report import summary

app = typer.Typer(help="Reports.", no_args_is_help=True)

_DAY = "%Y-%m-%d"


@app.callback()
def group() -> None:
    """Keeps `summary` a sub-command although it is the only one."""


@app.command("summary")
@says_errors
def summary_command(
    first: Annotated[
        datetime | None, typer.Option("--from", formats=[_DAY], help="First day; default 1 Jan.")
    ] = None,
    last: Annotated[
        datetime | None, typer.Option("--to", formats=[_DAY], help="Last day; default today.")
    ] = None,
    office: Office = "",
    as_json: AsJson = False,
) -> None:
    """Tickets filed in a period: to do, in work, done, in time, by class, category and desa."""
    wadul = bootstrap()
    content = wadul.offices[office_id(wadul, office)]
    end = last.date() if last else local_date(wadul.clock.now(), content.timezone)
    start = first.date() if first else end.replace(month=1, day=1)
    if start > end:
        raise InvalidInput("the first day is after the last day")
    with wadul.database.transaction() as session:
        numbers = summary(session, content, start, end)
    if as_json:
        print_json(numbers)
        return
    groups = {key: value for key, value in numbers.items() if isinstance(value, dict)}
    single = [(key, value) for key, value in numbers.items() if key not in groups]
    print_table(f"{content.name}, {start} – {end}", ("figure", "value"), single)
    for name, counts in groups.items():
        print_table(name.replace("_", " "), (name.partition("_")[2], "tickets"), counts.items())
