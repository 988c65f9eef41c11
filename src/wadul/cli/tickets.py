"""`wadul tickets`: what the office has to do, and doing it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from wadul.bootstrap import Wadul, bootstrap
from wadul.cli.output import AsJson, console, print_json, print_table, says_errors
from wadul.core.states import TicketEventType, TicketStatus
from wadul.core.ticket_status import LABELS
from wadul.exceptions import InvalidInput, NotFound
from wadul.office import Office
from wadul.queries.tickets import MACHINE, Viewer, list_tickets, show_ticket
from wadul.usecases.casework import answer_ticket, change_status, find_ticket
from wadul.usecases.ticket_history import record
from wadul.usecases.users import find_user

app = typer.Typer(help="Tickets: list, show, move, answer.", no_args_is_help=True)

AsUser = Annotated[
    str, typer.Option("--as", help="See and act as this user, as office/name or name.")
]
Number = Annotated[str, typer.Argument(help="Ticket number, e.g. JTB-261124-7K3F.")]


@app.command("list")
@says_errors
def list_command(
    as_json: AsJson = False,
    as_user: AsUser = "",
    status: Annotated[TicketStatus | None, typer.Option(help="Only this status.")] = None,
    limit: Annotated[int | None, typer.Option(help="At most so many, newest first.")] = None,
) -> None:
    """All tickets, newest first."""
    wadul = bootstrap()
    with wadul.database.transaction() as session:
        viewer = _viewer(wadul, as_user)
        tickets = list_tickets(session, viewer, status=status, limit=limit)
    if as_json:
        print_json(tickets)
        return
    print_table(
        f"{len(tickets)} tickets",
        ("number", "status", "class", "category", "desa", "due", "description"),
        (
            (
                ticket["number"],
                LABELS[TicketStatus(ticket["status"])],
                ticket["class"],
                ticket["category"],
                ticket["desa"],
                ticket["due_at"],
                _short(ticket["description"]),
            )
            for ticket in tickets
        ),
    )


@app.command("show")
@says_errors
def show_command(
    number: Number,
    as_json: AsJson = False,
    as_user: AsUser = "",
    open_identity: Annotated[
        bool, typer.Option(help="Show the contact of an anonymous ticket; this is recorded.")
    ] = False,
) -> None:
    """One ticket with its history."""
    wadul = bootstrap()
    viewer = _viewer(wadul, as_user)
    with wadul.database.transaction() as session:
        ticket = show_ticket(session, number, viewer, open_identity=open_identity)
        if open_identity and ticket["anonymous"]:
            row = find_ticket(session, ticket["office"], ticket["number"], may_see_supervisory=True)
            now = wadul.clock.now()
            record(session, row, TicketEventType.OPENED_IDENTITY, now, viewer.name, None)
    if as_json:
        print_json(ticket)
        return
    history = ticket.pop("history")
    attachments = ticket.pop("attachments")
    for key, value in ticket.items():
        console.print(Text(f"{key:>13}  "), Text("" if value is None else str(value)), sep="")
    print_table(
        "attachments",
        ("kind", "state", "type", "bytes"),
        ((a["kind"], a["state"], a["content_type"], a["size"]) for a in attachments),
    )
    print_table(
        "history",
        ("at", "type", "actor", "from", "to", "note"),
        (
            (e["at"], e["type"], e["actor"], e["status_from"], e["status_to"], e["note"])
            for e in history
        ),
    )


@app.command("move")
@says_errors
def move_command(
    number: Number,
    status: Annotated[TicketStatus, typer.Argument(help="The new status.")],
    reason: Annotated[str, typer.Option(help="Reason, question or receiving office.")] = "",
    as_user: AsUser = "",
) -> None:
    """Change a ticket's status; the resident is told."""
    wadul = bootstrap()
    viewer = _viewer(wadul, as_user)
    with wadul.database.transaction() as session:
        ticket = change_status(
            session,
            _office_of(wadul, number),
            number,
            status,
            actor=viewer.name,
            now=wadul.clock.now(),
            reason=reason,
            may_see_supervisory=viewer.sees_supervisory,
        )
        console.print(f"{ticket.number}: {LABELS[ticket.status]}")


@app.command("answer")
@says_errors
def answer_command(
    number: Number,
    text: Annotated[str, typer.Argument(help="The answer, or @FILE to read it from a file.")],
    as_user: AsUser = "",
) -> None:
    """Send the office's answer to the resident and mark the ticket answered."""
    wadul = bootstrap()
    viewer = _viewer(wadul, as_user)
    if text.startswith("@"):
        try:
            text = Path(text[1:]).read_text()
        except OSError as error:
            raise InvalidInput(f"cannot read the answer: {error.strerror}") from error
    with wadul.database.transaction() as session:
        ticket = answer_ticket(
            session,
            _office_of(wadul, number),
            number,
            text,
            actor=viewer.name,
            now=wadul.clock.now(),
            may_see_supervisory=viewer.sees_supervisory,
        )
        console.print(f"{ticket.number}: {LABELS[ticket.status]}")


def _viewer(wadul: Wadul, as_user: str) -> Viewer:
    """The machine's administrator, or the named user with what their role may see."""
    if not as_user:
        return MACHINE
    office_id, _, name = as_user.rpartition("/")
    offices = [office_id] if office_id else list(wadul.offices)
    for candidate in offices:
        with wadul.database.transaction() as session:
            try:
                user = find_user(session, candidate, name)
            except NotFound:
                continue
            return Viewer(user.name, user.role, candidate)
    raise NotFound(f"there is no user {as_user}")


def _office_of(wadul: Wadul, number: str) -> Office:
    """By the code at the start of a ticket number."""
    code = number.strip().upper().partition("-")[0]
    for office in wadul.offices.values():
        if office.code == code:
            return office
    raise NotFound(f"no office has ticket numbers that start with {code}")


def _short(text: str, length: int = 60) -> str:
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"
