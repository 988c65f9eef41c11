"""`wadul users`: the people who work with Wadul."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from wadul.bootstrap import Wadul, bootstrap
from wadul.cli.output import AsJson, Office, console, print_json, print_table, says_errors
from wadul.core.actors import Administrator
from wadul.core.states import Role
from wadul.exceptions import InvalidInput, NotFound
from wadul.models import User
from wadul.usecases.linked_accounts import Linking, link, part
from wadul.usecases.staff import reset_second_factor
from wadul.usecases.users import add_user, find_user, set_duty

app = typer.Typer(help="Users: add, list, duty, link, unlink, reset-factor.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Login name.")]
Account = Annotated[str, typer.Argument(help="OFFICE/NAME.")]
_BY = Administrator.name  # as the audit log calls whoever runs commands


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
    """Everyone, by office; `linked`: the same person's accounts at other offices."""
    wadul = bootstrap()
    keys = ("office", "name", "full_name", "role", "on_duty", "active", "linked")
    with wadul.database.transaction() as session:
        users = session.scalars(select(User).order_by(User.office_id, User.name)).all()
    people: dict[UUID, list[User]] = {}
    for user in users:
        if user.person_id:
            people.setdefault(user.person_id, []).append(user)
    rows = []
    for u in users:
        linked = [_named(o) for o in people.get(u.person_id or u.id, ()) if o is not u]
        rows.append((u.office_id, u.name, u.full_name, u.role.value, u.on_duty, u.active, linked))
    if as_json:
        print_json([dict(zip(keys, row, strict=True)) for row in rows])
    else:
        print_table(f"{len(rows)} users", keys, [(*row[:-1], ", ".join(row[-1])) for row in rows])


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


@app.command("link")
@says_errors
def link_command(one: Account, other: Account) -> None:
    """Say that two accounts are one person's: whoever is logged in to one can go on in the other.

    The other's second factor is still asked for, unless one was given.
    """
    wadul = bootstrap()
    with wadul.database.transaction() as session:
        accounts = _account(session, one), _account(session, other)
        outcome = link(session, *accounts, now=wadul.clock.now(), by=_BY)
    if outcome is Linking.LINKED_BEFORE:
        raise InvalidInput(f"{one} and {other} are linked already")
    if outcome is Linking.SAME_OFFICE:
        raise InvalidInput("a person can link one account of each office")
    console.print(f"{one} and {other} are linked.")


@app.command("unlink")
@says_errors
def unlink_command(account: Account) -> None:
    """Take an account out of its person's others; all their sessions end."""
    wadul = bootstrap()
    with wadul.database.transaction() as session:
        found = _account(session, account)
        if found.person_id is None:
            raise InvalidInput(f"{account} is not linked")
        part(session, found, now=wadul.clock.now(), by=_BY)
    console.print(f"{account} is linked no longer.")


@app.command("reset-factor")
@says_errors
def reset_factor_command(account: Account) -> None:
    """Forget a person's second factor: for a lost phone, or when its key is lost.

    The next login, with the password, sets it up anew.
    """
    wadul = bootstrap()
    with wadul.database.transaction() as session:
        found = _account(session, account)
        administrator = Administrator(found.office_id)
        reset_second_factor(session, administrator, found.id, now=wadul.clock.now())
    console.print(f"{account} sets up a second factor at the next login, where the role needs one.")


def _account(session: Session, told: str) -> User:
    """Also of an office whose files are gone, and one that is not active."""
    office, _, name = told.partition("/")
    user = session.scalars(
        select(User).where(User.office_id == office, User.name == name)
    ).one_or_none()
    if user is None:
        raise NotFound(f"there is no user {told}; say OFFICE/NAME as `wadul users list` does")
    return user


def _named(user: User) -> str:
    return f"{user.office_id}/{user.name}"


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
