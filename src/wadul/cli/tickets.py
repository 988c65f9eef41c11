"""`wadul tickets`: what the office has to do, and doing it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, TextIO
from uuid import UUID

import typer
from rich.text import Text

from wadul.bootstrap import Wadul, bootstrap
from wadul.cli.output import AsJson, console, print_json, print_table, says_errors
from wadul.cli.output import Office as OfficeId
from wadul.cli.users import office_id
from wadul.console.ticket_csv import MOST, write_csv
from wadul.core.actors import Actor, Administrator
from wadul.core.dates import local_date
from wadul.core.states import TicketEventType, TicketStatus
from wadul.core.ticket_status import LABELS
from wadul.exceptions import InvalidInput, NotFound
from wadul.office import Office
from wadul.queries.ticket_export import Portion, count_fitting, list_portion
from wadul.queries.ticket_table import TicketFilter, Which
from wadul.queries.tickets import MACHINE, Viewer, list_tickets, show_ticket
from wadul.usecases.casework import answer_ticket, change_status, find_ticket
from wadul.usecases.ticket_exports import note_export
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


@app.command("export")
@says_errors
def export_command(
    file: Annotated[Path, typer.Option("--file", help="The CSV file to write.")],
    which: Annotated[Which, typer.Option(help="Open ones, ended ones or all.")] = Which.ALL,
    status: Annotated[TicketStatus | None, typer.Option(help="Only this status.")] = None,
    office: OfficeId = "",
    as_user: AsUser = "",
) -> None:
    """All tickets as a spreadsheet reads them, newest first, as the console's download."""
    wadul = bootstrap()
    viewer = _actor(wadul, as_user) if as_user else Administrator(office_id(wadul, office))
    content, now = wadul.offices[viewer.office_id], wadul.clock.now()
    wanted, today = TicketFilter(which, status=status), local_date(now, content.timezone)

    async def ask(below: UUID | None, size: int) -> Portion:
        return await wadul.database.run(
            list_portion, viewer, wanted, today=today, below=below, size=size
        )

    async def write(target: TextIO) -> None:
        async for piece in write_csv(ask, content.zone):
            target.write(piece)

    with wadul.database.transaction() as session:
        count = count_fitting(session, viewer, wanted, today=today, most=MOST + 1)
        chosen = {"which": which.value, **({"status": status.value} if status else {})}
        note_export(session, viewer, chosen, count=min(count, MOST), now=now)
    try:
        with file.open("w", encoding="utf-8", newline="") as target:
            asyncio.run(write(target))
    except OSError as error:
        raise InvalidInput(f"cannot write the file: {error.strerror}") from error
    console.print(f"{min(count, MOST)} tickets written to {file}.")
    if count > MOST:
        console.print(f"There are more: only the newest {MOST} are in the file.")


def _actor(wadul: Wadul, as_user: str) -> Actor:
    """The named user, as they would be at the console."""
    viewer = _viewer(wadul, as_user)
    with wadul.database.transaction() as session:
        user = find_user(session, viewer.office_id or "", viewer.name)
    return Actor(user.id, user.office_id, user.name, user.full_name, user.role)


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
