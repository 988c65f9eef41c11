"""The people who work with Wadul."""

from __future__ import annotations

import re
from datetime import datetime
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from wadul.core.states import Role
from wadul.exceptions import Conflict, InvalidInput, NotFound
from wadul.models import User

SHORTEST_PASSWORD = 10
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
_hasher = PasswordHasher()


def add_user(
    session: Session,
    office_id: str,
    *,
    name: str,
    full_name: str,
    role: Role,
    password: str,
    now: datetime,
) -> User:
    """Raises `InvalidInput` for an unusable name or password, `Conflict` if the name is taken."""
    if not _NAME.fullmatch(name):
        raise InvalidInput(
            "a login name has 2 to 40 small letters, digits, dots, dashes or underscores"
        )
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidInput(f"a password has at least {SHORTEST_PASSWORD} characters")
    taken = select(User.id).where(User.office_id == office_id, User.name == name)
    if session.execute(taken).first():
        raise Conflict(f"there is a user {name} already")
    user = User(
        office_id=office_id,
        name=name,
        full_name=full_name or name,
        role=role,
        password_hash=_hasher.hash(password),
        created_at=now,
    )
    session.add(user)
    return user


def find_user(session: Session, office_id: str, name: str) -> User:
    """Raises `NotFound`."""
    user = session.scalars(
        select(User).where(User.office_id == office_id, User.name == name, User.active)
    ).one_or_none()
    if user is None:
        raise NotFound(f"there is no user {name} in {office_id}")
    return user


def accounts_of(session: Session, office_id: str, user_id: UUID) -> list[User]:
    """This account and those linked with it, in the order of their offices."""
    this = and_(User.office_id == office_id, User.id == user_id)
    person = select(User.person_id).where(this).scalar_subquery()
    found = session.scalars(select(User).where(or_(this, User.person_id == person)))
    return sorted(found, key=lambda user: user.office_id)


def password_fits(user: User, password: str) -> bool:
    try:
        return _hasher.verify(user.password_hash, password)
    except VerificationError:
        return False


def set_duty(session: Session, office_id: str, user_id: UUID, on_duty: bool) -> None:
    """Whether residents who want a person are queued for this one."""
    session.get_one(User, (office_id, user_id)).on_duty = on_duty
