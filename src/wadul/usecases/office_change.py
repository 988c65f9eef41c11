"""Going on at another office with one's account there: no password, but its second factor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from wadul.core.actors import Actor
from wadul.exceptions import InvalidInput, NotFound
from wadul.models import ConsoleSession, User
from wadul.sealing import Sealer
from wadul.usecases import audit
from wadul.usecases.console_sessions import (
    LoginRequired,
    actor_of,
    authenticate,
    factor_confirmed_at,
    needs_second_factor,
    open_session,
)
from wadul.usecases.second_factors import check_code
from wadul.usecases.users import accounts_of


class FactorMissing(InvalidInput):
    """The account there needs a second factor that was never set up."""

    code = "factor_missing"
    sentence = (
        "Akun di kantor itu memerlukan kode kedua yang belum dipasang. Masuklah ke kantor itu "
        "sekali dengan nama pengguna dan kata sandinya untuk memasangnya."
    )


@dataclass(frozen=True)
class Changed:
    """`token` of the new session; without one, the code is still to be given."""

    token: str | None
    wrong_code: bool = False


def change_office(
    session: Session,
    token: str,
    sealer: Sealer,
    office_id: str,
    *,
    code: str = "",
    source: str,
    browser: str,
    now: datetime,
) -> Changed:
    """The session that one leaves ends, and the new one lasts no longer than it would have.

    Raises `LoginRequired`, `NotFound` without an active account there, `FactorMissing`,
    `LockedOut`, `SecretUnreadable`.
    """
    signed = authenticate(session, token, now=now)
    if not signed.verified:
        raise LoginRequired
    here = signed.actor
    held = session.scalars(
        select(ConsoleSession)
        .where(ConsoleSession.office_id == here.office_id, ConsoleSession.id == signed.session_id)
        .with_for_update()
    ).one_or_none()
    if held is None:  # left a moment ago
        raise LoginRequired
    there = _account_at(session, here, office_id)
    given = held.code_given_at
    if given is None and needs_second_factor(session, there):
        if factor_confirmed_at(session, there) is None:
            raise FactorMissing
        if not code.strip():
            return Changed(None)
        if check_code(session, actor_of(there), sealer, code, source=source, now=now) is None:
            return Changed(None, wrong_code=True)
        given = now
    session.delete(held)
    entered = open_session(
        session, there, browser=browser, now=now, expires_at=held.expires_at, code_given_at=given
    )
    _log(session, here, actor_of(there), now)
    return Changed(entered)


def _log(session: Session, here: Actor, there: Actor, now: datetime) -> None:
    moves = ((here, "office_left", there), (there, "office_entered", here))
    for actor, action, other in sorted(moves, key=lambda move: move[0].office_id):
        audit.append(
            session,
            actor.office_id,
            actor=actor.name,
            action=action,
            subject=f"{other.office_id}/{other.name}",
            now=now,
        )


def _account_at(session: Session, actor: Actor, office_id: str) -> User:
    for account in accounts_of(session, actor.office_id, actor.user_id):
        if account.office_id == office_id != actor.office_id and account.active:
            return account
    raise NotFound("there is no active account of this person at that office")
