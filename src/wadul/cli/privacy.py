"""`wadul privacy`: residents' requests about their data, and carrying them out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import fsspec
import typer
from sqlalchemy import select

from wadul.bootstrap import bootstrap
from wadul.cli.output import AsJson, console, print_json, print_table, says_errors
from wadul.core.states import PrivacyRequestKind
from wadul.exceptions import NotFound
from wadul.models import Contact, PrivacyRequest
from wadul.queries.conversations import show_conversation
from wadul.queries.tickets import list_tickets
from wadul.usecases.privacy import erase

app = typer.Typer(help="Residents' rights over their data.", no_args_is_help=True)

Address = Annotated[str, typer.Argument(help="Channel address, e.g. whatsapp:+6281…")]


@app.command("requests")
@says_errors
def requests_command(
    as_json: AsJson = False,
    everything: Annotated[bool, typer.Option("--all", help="Also those that are done.")] = False,
) -> None:
    """Erasures that wait for the office; each is due within 3 x 24 hours."""
    wadul = bootstrap()
    query = select(PrivacyRequest, Contact.address).join(
        Contact,
        (Contact.office_id == PrivacyRequest.office_id) & (Contact.id == PrivacyRequest.contact_id),
    )
    if not everything:
        query = query.where(
            PrivacyRequest.kind == PrivacyRequestKind.ERASURE, PrivacyRequest.done_at.is_(None)
        )
    with wadul.database.transaction() as session:
        rows = [
            {
                "office": noted.office_id,
                "address": address,
                "kind": noted.kind.value,
                "created_at": noted.created_at.isoformat(),
                "due_at": noted.due_at.isoformat(),
                "done_at": _iso(noted.done_at),
            }
            for noted, address in session.execute(query.order_by(PrivacyRequest.due_at))
        ]
    if as_json:
        print_json(rows)
    else:
        columns = ("office", "address", "kind", "created_at", "due_at", "done_at")
        print_table("requests", columns, ([row[c] for c in columns] for row in rows))


@app.command("export")
@says_errors
def export_command(address: Address) -> None:
    """Everything that is held about one resident, as JSON."""
    wadul = bootstrap()
    with wadul.database.transaction() as session:
        conversation = show_conversation(session, address)
        tickets = list_tickets(session, address=conversation["address"], open_identity=True)
    print_json({"conversation": conversation, "tickets": tickets})


@app.command("erase")
@says_errors
def erase_command(
    address: Address,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase a resident's words and files outside tickets; this cannot be undone."""
    if not yes:
        typer.confirm(f"Erase what {address} wrote?", abort=True)
    wadul = bootstrap()
    with wadul.database.transaction() as session:
        contact = session.scalars(select(Contact).where(Contact.address == address)).first()
        if contact is None:
            raise NotFound(f"there is no contact {address}")
        hashes = erase(session, contact.office_id, contact.id, now=wadul.clock.now())
    store, root = fsspec.core.url_to_fs(wadul.settings.media_store)
    for sha256 in hashes:
        for path in store.glob(f"{root}/**/{sha256}*"):
            store.rm(path)
    console.print(f"Erased; {len(hashes)} files deleted.")


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
