"""The second factor: a code from an authenticator app (TOTP, RFC 6238).

Its secret is sealed in the database. Where the key is missing `SecretUnreadable` is raised:
whoever has a second factor does not get in, and nobody is let in without.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import pyotp
from sqlalchemy import select
from sqlalchemy.orm import Session

from wadul.core.actors import Actor
from wadul.models import ConsoleSession, SecondFactor, User
from wadul.sealing import MARK, Sealer, SecretUnreadable
from wadul.usecases import audit
from wadul.usecases.login_limits import check_limits, note_attempt

_STEP_SECONDS = 30
_DRIFT = 1  # steps that a phone's clock may be off


@dataclass(frozen=True)
class Enrolment:
    """What the app is told, once."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)


def begin_enrolment(
    session: Session, actor: Actor, sealer: Sealer, *, issuer: str, now: datetime
) -> Enrolment | None:
    """A secret to scan; None if this person's second factor is set up already.

    Until it is confirmed, asking again shows the same secret, if it can be read.
    """
    factor = _of(session, actor)
    if factor is not None and factor.confirmed_at is not None:
        return None
    secret = _read(factor, sealer) if factor else None
    if secret is None:
        secret = pyotp.random_base32()
        sealed = _sealed(session, sealer, secret)
        factor = factor or SecondFactor(
            office_id=actor.office_id, user_id=actor.user_id, last_step=0
        )
        factor.secret, factor.created_at = sealed, now
        session.add(factor)
    uri = pyotp.TOTP(secret).provisioning_uri(name=actor.name, issuer_name=issuer)
    return Enrolment(secret, uri)


def give_code(
    session: Session,
    actor: Actor,
    sealer: Sealer,
    session_id: UUID,
    code: str,
    *,
    source: str,
    now: datetime,
) -> bool:
    """True opens the session. Raises what `check_code` raises."""
    factor = check_code(session, actor, sealer, code, source=source, now=now)
    if factor is None:
        return False
    held = session.get_one(ConsoleSession, (actor.office_id, session_id))
    held.verified_at = now
    if _trusted(session, factor):
        held.code_given_at = now
    return True


def check_code(
    session: Session, actor: Actor, sealer: Sealer, code: str, *, source: str, now: datetime
) -> SecondFactor | None:
    """The factor that the code is right for; the first right one also confirms the enrolment.

    Raises `LockedOut` after too many wrong ones, `SecretUnreadable`.
    """
    name = f"{actor.name}#2"
    check_limits(session, actor.office_id, name=name, source=source, now=now)
    attempt_id = note_attempt(session, actor.office_id, name=name, source=source, now=now)
    factor = _of(session, actor)
    step = _step_of(factor, sealer.open(factor.secret), code, now) if factor else None
    if factor is None or step is None:
        _log(session, actor, "second_factor_failed", now)
        return None
    note_attempt(session, actor.office_id, name=name, attempt_id=attempt_id, now=now)
    factor.last_step = step
    if factor.confirmed_at is None:
        factor.confirmed_at = now
        _log(session, actor, "second_factor_set_up", now)
    return factor


def has_second_factor(session: Session, actor: Actor) -> bool:
    factor = _of(session, actor)
    return factor is not None and factor.confirmed_at is not None


def seal_all(session: Session, sealer: Sealer) -> int:
    """With the newest key. Returns how many cannot be read; these stay as they are."""
    unreadable = 0
    for factor in session.scalars(select(SecondFactor).with_for_update()):
        try:
            if not sealer.is_current(factor.secret):
                factor.secret = _sealed(session, sealer, sealer.open(factor.secret))
        except SecretUnreadable:
            unreadable += 1
    return unreadable


def _sealed(session: Session, sealer: Sealer, secret: str) -> str:
    """No first key is made while there are secrets that an earlier one sealed."""
    if sealer.keyless:
        sealed_before = select(SecondFactor.id).where(SecondFactor.secret.startswith(MARK))
        if session.execute(sealed_before.limit(1)).first():
            raise SecretUnreadable
    return sealer.seal(secret)


def _read(factor: SecondFactor, sealer: Sealer) -> str | None:
    try:
        return sealer.open(factor.secret)
    except SecretUnreadable:
        return None


def _of(session: Session, actor: Actor) -> SecondFactor | None:
    return session.scalars(
        select(SecondFactor)
        .where(SecondFactor.office_id == actor.office_id, SecondFactor.user_id == actor.user_id)
        .with_for_update()
    ).one_or_none()


def _trusted(session: Session, factor: SecondFactor) -> bool:
    """Whether the person's other offices may rely on it.

    Not on one that was set up after the accounts were linked: for that a password was enough.
    """
    user = session.get_one(User, (factor.office_id, factor.user_id))
    if user.linked_at is None or factor.confirmed_at is None:
        return factor.confirmed_at is not None
    return factor.confirmed_at <= user.linked_at


def _step_of(factor: SecondFactor, secret: str, code: str, now: datetime) -> int | None:
    """The time step that the code belongs to, if it is right and was not used before."""
    digits = "".join(code.split())
    totp = pyotp.TOTP(secret)
    current = int(now.timestamp()) // _STEP_SECONDS
    for step in range(current - _DRIFT, current + _DRIFT + 1):
        if step > factor.last_step and pyotp.utils.strings_equal(totp.generate_otp(step), digits):
            return step
    return None


def _log(session: Session, actor: Actor, action: str, now: datetime) -> None:
    audit.append(
        session, actor.office_id, actor=actor.name, action=action, subject=actor.name, now=now
    )
