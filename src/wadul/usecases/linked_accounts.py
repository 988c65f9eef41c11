"""One person, several offices: their accounts are linked, and each keeps its role and rules.

begin_link -> (two passwords are compared, outside any transaction) -> finish_link.
To link is to prove that both are one's own: an unattended browser, or a colleague who knows one
password, is not enough for a lasting way into the other office.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from wadul.core.actors import Actor
from wadul.core.states import Role
from wadul.database import take_turns
from wadul.exceptions import NotFound
from wadul.models import User, new_id
from wadul.sealing import Sealer
from wadul.usecases import audit
from wadul.usecases.console_sessions import (
    PasswordCheck,
    actor_of,
    begin_login,
    end_sessions_of_person,
    factor_confirmed_at,
)
from wadul.usecases.login_limits import note_attempt
from wadul.usecases.second_factors import check_code
from wadul.usecases.users import accounts_of

_TURN = "linked accounts"


class Linking(StrEnum):
    """How an attempt to link ended."""

    LINKED = "linked"
    WRONG_OWN_PASSWORD = "wrong_own_password"  # noqa: S105 - no secret
    WRONG_ACCOUNT = "wrong_account"  # name or password, nobody is told which
    CODE_NEEDED = "code_needed"  # the other account has a second factor
    WRONG_CODE = "wrong_code"
    LINKED_BEFORE = "linked_before"
    SAME_OFFICE = "same_office"  # one account of a person for each office


@dataclass(frozen=True)
class LinkedAccount:
    """One's own account at another office: enough to go there, nothing of what is there."""

    office_id: str
    name: str
    role: Role
    active: bool


@dataclass(frozen=True)
class LinkCheck:
    """The passwords to compare: one's own, and the other account's."""

    own: PasswordCheck
    other: PasswordCheck
    office_id: str


def list_linked(session: Session, actor: Actor) -> list[LinkedAccount]:
    """At the other offices, in the order of their ids."""
    return [
        LinkedAccount(user.office_id, user.name, user.role, user.active)
        for user in accounts_of(session, actor.office_id, actor.user_id)
        if user.office_id != actor.office_id
    ]


def begin_link(
    session: Session, actor: Actor, *, office_id: str, name: str, source: str, now: datetime
) -> LinkCheck:
    """Counted and limited like two logins. Raises `LockedOut`."""
    own = begin_login(session, actor.office_id, name=actor.name, source=source, now=now)
    other = begin_login(session, office_id, name=name, source=source, now=now)
    return LinkCheck(own, other, office_id)


def finish_link(
    session: Session,
    actor: Actor,
    sealer: Sealer,
    check: LinkCheck,
    *,
    own_right: bool,
    other_right: bool,
    code: str,
    source: str,
    now: datetime,
) -> Linking:
    """Raises `LockedOut` after too many wrong codes, `SecretUnreadable`."""
    own = session.get_one(User, (actor.office_id, actor.user_id))
    if not own_right:
        _log(session, own, None, "link_failed", check.office_id, now)
        return Linking.WRONG_OWN_PASSWORD
    _succeeded(session, own, check.own, now)
    other = (
        session.get(User, (check.office_id, check.other.user_id)) if check.other.user_id else None
    )
    if other is None or not (other_right and other.active):
        if other is not None:
            _log(session, other, None, "link_failed", _names([own]), now)
        return Linking.WRONG_ACCOUNT
    _succeeded(session, other, check.other, now)
    if factor_confirmed_at(session, other) is not None:
        if not code.strip():
            return Linking.CODE_NEEDED
        if check_code(session, actor_of(other), sealer, code, source=source, now=now) is None:
            return Linking.WRONG_CODE
    return link(session, own, other, now=now)


def link(
    session: Session, one: User, other: User, *, now: datetime, by: str | None = None
) -> Linking:
    """Both were proven to be one person's; those linked with either come along.

    `by`: somebody else, as the logs of the offices name them.
    """
    take_turns(session, _TURN)
    ours = accounts_of(session, one.office_id, one.id)
    theirs = accounts_of(session, other.office_id, other.id)
    if other in ours:
        return Linking.LINKED_BEFORE
    if {each.office_id for each in ours} & {each.office_id for each in theirs}:
        return Linking.SAME_OFFICE
    person_id = one.person_id or other.person_id or new_id()
    for proven in (one, other):  # a factor set up since the first time is not trusted by the last
        proven.linked_at = proven.linked_at or now
    everyone = sorted((*ours, *theirs), key=lambda user: user.office_id)
    for account in everyone:
        account.person_id = person_id
    for account in everyone:
        told = _names(theirs if account in ours else ours)
        _log(session, account, by, "account_linked", told, now)
    return Linking.LINKED


def unlink(
    session: Session, actor: Actor, office_id: str, *, keep: UUID | None, now: datetime
) -> None:
    """One's own account at that office stands alone again; `keep`: the session one is in."""
    accounts = accounts_of(session, actor.office_id, actor.user_id)
    chosen = next((each for each in accounts if each.office_id == office_id), None)
    if chosen is None or len(accounts) == 1:
        raise NotFound("there is no linked account at this office")
    part(session, chosen, keep=keep, now=now)


def part(
    session: Session,
    account: User,
    *,
    now: datetime,
    keep: UUID | None = None,
    by: str | None = None,
) -> None:
    """Take an account out of its person's others. All their sessions end.

    Nothing happens to one that stands alone.
    """
    take_turns(session, _TURN)
    session.refresh(account)
    if account.person_id is None:
        return
    all_of_them = end_sessions_of_person(session, account.office_id, account.id, keep=keep)
    rest = [each for each in all_of_them if each is not account]
    for one in (account, *(rest if len(rest) == 1 else ())):
        one.person_id = one.linked_at = None
    for one in all_of_them:
        told = _names(rest if one is account else [account])
        _log(session, one, by, "account_unlinked", told, now)


def _names(accounts: list[User]) -> str:
    return ", ".join(f"{each.office_id}/{each.name}" for each in accounts)


def _succeeded(session: Session, user: User, check: PasswordCheck, now: datetime) -> None:
    note_attempt(session, user.office_id, name=user.name, attempt_id=check.attempt_id, now=now)


def _log(
    session: Session, account: User, by: str | None, action: str, subject: str, now: datetime
) -> None:
    """In the log of the account's office; by its owner unless somebody else is named."""
    audit.append(
        session,
        account.office_id,
        actor=(by or account.name)[:80],
        action=action,
        subject=f"{account.name}: {subject}" if by else subject,
        now=now,
    )
