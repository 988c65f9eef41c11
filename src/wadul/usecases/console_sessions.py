"""Logging in at the console, and what a browser's token stands for afterwards.

begin_login -> (the password is compared, outside any transaction) -> finish_login -> a token.
A role that needs a second factor gets a session that may do nothing but give it.
A session from a one-time link may set a password: whoever has the link knows none.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from wadul.core.actors import SECOND_FACTOR_REQUIRED, Actor
from wadul.exceptions import NotPermitted
from wadul.models import ConsoleSession, LoginLink, SecondFactor, User
from wadul.usecases import audit
from wadul.usecases.login_limits import check_limits, note_attempt
from wadul.usecases.users import accounts_of

LIFETIME = timedelta(hours=12)
IDLE = timedelta(hours=2)
LINK_LIFETIME = timedelta(hours=1)
_SEEN_EVERY = timedelta(minutes=1)


class LoginRequired(NotPermitted):
    """The session has ended; log in again."""

    code = "login_required"


@dataclass(frozen=True)
class PasswordCheck:
    """What to compare; without `password_hash` nobody of that name may log in."""

    attempt_id: UUID
    user_id: UUID | None
    password_hash: str | None = field(repr=False)


@dataclass(frozen=True)
class SignedIn:
    """What a token stands for. `verified` is False until the second factor was given.

    `sets_password`: it may set a password without the old one.
    """

    actor: Actor
    session_id: UUID
    verified: bool
    sets_password: bool


def begin_login(
    session: Session, office_id: str, *, name: str, source: str, now: datetime
) -> PasswordCheck:
    """Count the attempt before the password is compared. Raises `LockedOut`."""
    check_limits(session, office_id, name=name, source=source, now=now)
    attempt_id = note_attempt(session, office_id, name=name, source=source, now=now)
    user = session.scalars(
        select(User).where(User.office_id == office_id, User.name == name, User.active)
    ).one_or_none()
    if user is None:
        return PasswordCheck(attempt_id, None, None)
    return PasswordCheck(attempt_id, user.id, user.password_hash)


def finish_login(
    session: Session,
    office_id: str,
    check: PasswordCheck,
    *,
    right: bool,
    browser: str,
    now: datetime,
) -> str | None:
    """The token of a new session, or None for a wrong password."""
    if check.user_id is None:
        return None
    user = session.get_one(User, (office_id, check.user_id))
    if not (right and user.active):
        _log(session, user, "login_failed", now)
        return None
    note_attempt(session, office_id, name=user.name, attempt_id=check.attempt_id, now=now)
    token = open_session(session, user, browser=browser, now=now)
    _log(session, user, "login", now)
    return token


def make_link(session: Session, user: User, *, now: datetime) -> str:
    """A token that logs this person in once (their second factor is still asked for).

    One that was made before counts no longer.
    """
    token = _new_token(user.office_id)
    session.execute(
        delete(LoginLink).where(LoginLink.office_id == user.office_id, LoginLink.user_id == user.id)
    )
    session.add(
        LoginLink(
            office_id=user.office_id,
            user_id=user.id,
            token_hash=_hash(token),
            expires_at=now + LINK_LIFETIME,
        )
    )
    return token


def use_link(session: Session, token: str, *, browser: str, now: datetime) -> str:
    """The token of a new session. Raises `LoginRequired` for a used or old link."""
    link = session.scalars(
        select(LoginLink)
        .where(LoginLink.office_id == office_of(token), LoginLink.token_hash == _hash(token))
        .with_for_update()
    ).one_or_none()
    if link is None or link.used_at is not None or link.expires_at <= now:
        raise LoginRequired
    user = session.get_one(User, (link.office_id, link.user_id))
    if not user.active:
        raise LoginRequired
    link.used_at = now
    token = open_session(session, user, browser=browser, now=now, sets_password=True)
    _log(session, user, "login", now)
    return token


def authenticate(session: Session, token: str, *, now: datetime, touch: bool = True) -> SignedIn:
    """Who acts, as they are now: a role that changed or a session that was ended counts at once.

    `touch` False writes nothing, for reads. Raises `LoginRequired`.
    """
    row = session.execute(
        select(ConsoleSession, User)
        .join(
            User,
            (User.office_id == ConsoleSession.office_id) & (User.id == ConsoleSession.user_id),
        )
        .where(
            ConsoleSession.office_id == office_of(token),
            ConsoleSession.token_hash == _hash(token),
        )
    ).one_or_none()
    if row is None:
        raise LoginRequired
    held: ConsoleSession = row.ConsoleSession
    user: User = row.User
    if not user.active or held.expires_at <= now or held.seen_at + IDLE <= now:
        raise LoginRequired
    if touch and now - held.seen_at > _SEEN_EVERY:
        held.seen_at = now
    verified = held.verified_at is not None
    return SignedIn(actor_of(user), held.id, verified, held.sets_password)


def actor_of(user: User) -> Actor:
    return Actor(user.id, user.office_id, user.name, user.full_name, user.role, user.on_duty)


def log_out(session: Session, token: str, *, now: datetime) -> None:
    """Ends this session; a token that stands for nothing is fine."""
    try:
        signed = authenticate(session, token, now=now, touch=False)
    except LoginRequired:
        return
    session.delete(session.get_one(ConsoleSession, (signed.actor.office_id, signed.session_id)))
    _note(session, signed.actor, "logout", now)


def log_out_everywhere(session: Session, actor: Actor, *, now: datetime) -> None:
    """Ends every session of this person, at every office, this one too."""
    for account in end_sessions_of_person(session, actor.office_id, actor.user_id):
        _log(session, account, "logout_everywhere", now)


def end_sessions_of_person(
    session: Session, office_id: str, user_id: UUID, *, keep: UUID | None = None
) -> list[User]:
    """Those of linked accounts too: one may have been opened from the other. Returns them all."""
    accounts = accounts_of(session, office_id, user_id)
    for account in accounts:
        end_sessions(session, account.office_id, account.id, keep=keep)
    return accounts


def end_sessions(
    session: Session, office_id: str, user_id: UUID, *, keep: UUID | None = None
) -> None:
    """Locked in the order of their ids, since others may end them at the same moment."""
    held = session.scalars(
        select(ConsoleSession.id)
        .where(ConsoleSession.office_id == office_id, ConsoleSession.user_id == user_id)
        .order_by(ConsoleSession.id)
        .with_for_update()
    ).all()
    session.execute(
        delete(ConsoleSession).where(
            ConsoleSession.office_id == office_id,
            ConsoleSession.id.in_([one for one in held if one != keep]),
        )
    )


def forget_old(session: Session, *, now: datetime) -> None:
    """Drop sessions and links that can open nothing any more."""
    session.execute(delete(ConsoleSession).where(ConsoleSession.expires_at <= now))
    session.execute(delete(LoginLink).where(LoginLink.expires_at <= now))


def needs_second_factor(session: Session, user: User) -> bool:
    """By role, or because the person has set one up."""
    if user.role in SECOND_FACTOR_REQUIRED:
        return True
    return factor_confirmed_at(session, user) is not None


def factor_confirmed_at(session: Session, user: User) -> datetime | None:
    """Since when the person has a second factor for this account."""
    return session.scalar(
        select(SecondFactor.confirmed_at).where(
            SecondFactor.office_id == user.office_id, SecondFactor.user_id == user.id
        )
    )


def office_of(token: str) -> str:
    """A token starts with the office that it belongs to."""
    return token.partition(".")[0]


def open_session(
    session: Session,
    user: User,
    *,
    browser: str,
    now: datetime,
    expires_at: datetime | None = None,
    code_given_at: datetime | None = None,
    sets_password: bool = False,
) -> str:
    """Its token. `code_given_at`: the person gave a second factor before."""
    token = _new_token(user.office_id)
    verified = code_given_at is not None or not needs_second_factor(session, user)
    session.add(
        ConsoleSession(
            office_id=user.office_id,
            user_id=user.id,
            token_hash=_hash(token),
            created_at=now,
            seen_at=now,
            expires_at=expires_at or now + LIFETIME,
            verified_at=now if verified else None,
            code_given_at=code_given_at,
            sets_password=sets_password,
            browser=browser[:200],
        )
    )
    return token


def _new_token(office_id: str) -> str:
    return f"{office_id}.{secrets.token_urlsafe(32)}"


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _log(session: Session, user: User, action: str, now: datetime) -> None:
    audit.append(
        session, user.office_id, actor=user.name, action=action, subject=user.name, now=now
    )


def _note(session: Session, actor: Actor, action: str, now: datetime) -> None:
    audit.append(
        session, actor.office_id, actor=actor.name, action=action, subject=actor.name, now=now
    )
