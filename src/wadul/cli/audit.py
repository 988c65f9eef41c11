"""`wadul audit`: is the audit log as it was written?"""

from __future__ import annotations

from typing import Annotated

import typer

from wadul.bootstrap import bootstrap
from wadul.cli.output import AsJson, console, print_json, says_errors
from wadul.usecases.audit import verify

app = typer.Typer(help="The audit log.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Keeps `verify` a sub-command although it is the only one."""


@app.command("verify")
@says_errors
def verify_command(
    as_json: AsJson = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing when all is well.")] = False,
) -> None:
    """Follow the chain of every office; exit code 1 if an entry was changed or is missing."""
    wadul = bootstrap()
    with wadul.database.transaction() as session:
        count, broken = verify(session)
    if as_json:
        print_json(
            {
                "entries": count,
                "broken": [
                    {"office": b.office_id, "number": b.number, "reason": b.reason} for b in broken
                ],
            }
        )
    elif broken:
        for each in broken:
            console.print(f"{each.office_id}: entry {each.number} {each.reason}.")
    elif not quiet:
        console.print(f"{count} entries, every one as it was written.")
    if broken:
        raise typer.Exit(1)
