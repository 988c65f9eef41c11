"""`wadul audit`: is the audit log as it was written?"""

from __future__ import annotations

from typing import Annotated

import typer

from wadul.bootstrap import bootstrap
from wadul.cli.output import AsJson, console, print_json, says_errors
from wadul.exceptions import InvalidInput
from wadul.usecases.audit import Head, heads, verify

app = typer.Typer(help="The audit log.", no_args_is_help=True)


Noted = Annotated[
    list[str],
    typer.Option("--noted", help="OFFICE:NUMBER:HASH as `wadul audit head` said; may be repeated."),
]


@app.command("head")
@says_errors
def head_command(as_json: AsJson = False) -> None:
    """The newest entry of each office: note it outside this machine."""
    wadul = bootstrap()
    with wadul.database.transaction() as session:
        found = heads(session)
    if as_json:
        print_json([{"office": h.office_id, "number": h.number, "hash": h.hash} for h in found])
    else:
        for head in found:
            typer.echo(f"{head.office_id}:{head.number}:{head.hash}")


@app.command("verify")
@says_errors
def verify_command(
    noted: Noted = [],  # noqa: B006 - typer wants a list
    as_json: AsJson = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing when all is well.")] = False,
) -> None:
    """Follow the chain of every office; exit code 1 if an entry was changed or is missing."""
    known = [_head(each) for each in noted]
    wadul = bootstrap()
    with wadul.database.transaction() as session:
        count, broken = verify(session, known)
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


def _head(told: str) -> Head:
    """Raises `InvalidInput`."""
    office_id, _, rest = told.partition(":")
    number, _, digest = rest.partition(":")
    if not (office_id and number.isdecimal() and len(digest) == 64):
        raise InvalidInput("say what was noted as OFFICE:NUMBER:HASH")
    return Head(office_id, int(number), digest)
