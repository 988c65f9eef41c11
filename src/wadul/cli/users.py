"""`wadul users`: the people who work with Wadul."""

from __future__ import annotations

from typing import Annotated

import typer
from sqlalchemy import select

from wadul.bootstrap import Wadul, bootstrap
from wadul.cli.output import AsJson, Office, console, print_json, print_table, says_errors
from wadul.core.states import Role
from wadul.exceptions import InvalidInput
from wadul.models import User
from wadul.usecases.users import add_user, find_user, set_duty

app = typer.Typer(help="Users: add, list, duty.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Login name.")]


@app.command("add")
@says_errors
def add_command(
    name: Name,
    role: Annotated[Role, typer.Option(help="What they may do.")] = Role.OPERATOR,
    full_name: Annotated[str, typer.Option(help="Name as people know them.")] = "",
    office: Office = "",
    password: Annotated[
        str,
        typer.Option(prompt=True, confirmation_prompt=True, hide_input=True, help="Asked for."),
    ] = "",
) -> None:
    """Add a person to an office."""
    wadul = bootstrap()
    with wadul.database.transaction() as session:
        user = add_user(
            session,
            office_id(wadul, office),
            name=name,
            full_name=full_name,
            role=role,
            password=password,
            now=wadul.clock.now(),
        )
        console.print(f"{user.name} ({user.role}) added to {user.office_id}.")


@app.command("list")
@says_errors
def list_command(as_json: AsJson = False) -> None:
    """Everyone, by office."""
    wadul = bootstrap()
    keys = ("office", "name", "full_name", "role", "on_duty", "active")
    with wadul.database.transaction() as session:
        rows = [
            (u.office_id, u.name, u.full_name, u.role.value, u.on_duty, u.active)
            for u in session.scalars(select(User).order_by(User.office_id, User.name))
        ]
    if as_json:
        print_json([dict(zip(keys, row, strict=True)) for row in rows])
    else:
        print_table(f"{len(rows)} users", keys, rows)


@app.command("duty")
@says_errors
def duty_command(
    name: Name,
    state: Annotated[str, typer.Argument(help="on or off")],
    office: Office = "",
) -> None:
    """Say that a person is on duty: residents who want a person are queued for them."""
    if state not in {"on", "off"}:
        raise InvalidInput("say on or off")
    wadul = bootstrap()
    with wadul.database.transaction() as session:
        user = find_user(session, office_id(wadul, office), name)
        set_duty(session, user.office_id, user.id, state == "on")
    console.print(f"{name} is {'on' if state == 'on' else 'off'} duty.")


def office_id(wadul: Wadul, wanted: str) -> str:
    """The office that was named, or the only one. Raises `InvalidInput`."""
    known = ", ".join(wadul.offices)
    if wanted:
        if wanted not in wadul.offices:
            raise InvalidInput(f"there is no office {wanted}; there is: {known}")
        return wanted
    if len(wadul.offices) != 1:
        raise InvalidInput(f"say which office with --office: {known}")
    return next(iter(wadul.offices))
