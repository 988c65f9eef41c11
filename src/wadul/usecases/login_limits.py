"""How often somebody may try to log in: by name and by where they come from."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from wadul.exceptions import NotPermitted
from wadul.models import LoginAttempt, new_id

WINDOW = timedelta(minutes=15)
PER_NAME = 5  # failures in a row
PER_SOURCE = 40  # an office shares one address


class LockedOut(NotPermitted):
    """Too many attempts; wait a quarter of an hour."""

    code = "locked_out"


def check_limits(
    session: Session, office_id: str, *, name: str, source: str, now: datetime
) -> None:
    """Raises `LockedOut`. The right password does not help while it lasts."""
    failed = (
        LoginAttempt.office_id == office_id,
        LoginAttempt.at > now - WINDOW,
        LoginAttempt.succeeded.is_(False),
    )
    last_success = session.scalar(
        select(func.max(LoginAttempt.at)).where(
            LoginAttempt.office_id == office_id,
            LoginAttempt.name == name,
            LoginAttempt.succeeded,
        )
    )
    by_name = select(func.count()).where(*failed, LoginAttempt.name == name)
    if last_success is not None:
        by_name = by_name.where(LoginAttempt.at > last_success)
    by_source = select(func.count()).where(*failed, LoginAttempt.source == source)
    if (session.scalar(by_name) or 0) >= PER_NAME:
        raise LockedOut
    if (session.scalar(by_source) or 0) >= PER_SOURCE:
        raise LockedOut


def note_attempt(
    session: Session,
    office_id: str,
    *,
    name: str,
    now: datetime,
    source: str = "",
    attempt_id: UUID | None = None,
) -> UUID:
    """Count an attempt as failed, or, with its id, say that it succeeded."""
    if attempt_id is not None:
        session.get_one(LoginAttempt, (office_id, attempt_id)).succeeded = True
        return attempt_id
    session.execute(delete(LoginAttempt).where(LoginAttempt.at < now - 4 * WINDOW))
    attempt_id = new_id()
    session.add(
        LoginAttempt(
            office_id=office_id, id=attempt_id, name=name, source=source, at=now, succeeded=False
        )
    )
    return attempt_id
