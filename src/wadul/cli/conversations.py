"""`wadul conversations`: what was said."""

from __future__ import annotations

from typing import Annotated

import typer

from wadul.bootstrap import bootstrap
from wadul.cli.output import AsJson, print_json, print_table, says_errors
from wadul.queries.conversations import show_conversation

app = typer.Typer(help="Conversations.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Keeps `show` a sub-command although it is the only one."""


@app.command("show")
@says_errors
def show_command(
    address: Annotated[str, typer.Argument(help="Channel address, e.g. whatsapp:+6281…")],
    as_json: AsJson = False,
) -> None:
    """The messages with one resident, both directions, with delivery state."""
    wadul = bootstrap()
    with wadul.database.transaction() as session:
        conversation = show_conversation(session, address)
    if as_json:
        print_json(conversation)
        return
    print_table(
        f"{conversation['address']} · {conversation['office']} · {conversation['handled_by']}",
        ("at", "", "text", "status"),
        (
            (m["at"][:19], "→" if m["direction"] == "in" else "←", m["text"], m["status"])
            for m in conversation["messages"]
        ),
    )
