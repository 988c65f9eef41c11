"""The command `wadul`."""

from __future__ import annotations

import typer

from wadul.cli import audit, conversations, nlu, office, privacy, report, tickets, users
from wadul.cli.output import says_errors
from wadul.cli.run import migrate_command, run_command, train_command

app = typer.Typer(
    help="Wadul: the WhatsApp front desk of a sub-district office.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(tickets.app, name="tickets")
app.add_typer(conversations.app, name="conversations")
app.add_typer(users.app, name="users")
app.add_typer(office.app, name="office")
app.add_typer(nlu.app, name="nlu")
app.add_typer(report.app, name="report")
app.add_typer(privacy.app, name="privacy")
app.add_typer(audit.app, name="audit")
app.command("run")(says_errors(run_command))
app.command("train")(says_errors(train_command))
app.command("migrate")(says_errors(migrate_command))


def main() -> None:
    app()
