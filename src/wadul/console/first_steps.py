"""In development only: accounts to try the console with, and a way in that is printed once."""

from __future__ import annotations

import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session

from wadul.bootstrap import Wadul
from wadul.clock import Clock
from wadul.core.states import Role
from wadul.models import User
from wadul.usecases.console_sessions import make_link
from wadul.usecases.users import add_user

_ACCOUNTS = (
    (Role.OPERATOR, "petugas", "Petugas Loket"),
    (Role.TRAINER, "pelatih", "Pelatih Bot"),
    (Role.ADMIN, "admin", "Admin Kantor"),
)


def login_links(wadul: Wadul, time: Clock) -> list[tuple[str, str]]:
    """(role and name, address) of one-time links for the first office; empty in production.

    An account is made only where the office has nobody of that role yet.
    """
    if not wadul.settings.simulated or not wadul.offices:
        return []
    office_id = next(iter(wadul.offices))
    base = f"http://127.0.0.1:{wadul.settings.console_port}/masuk/tautan"
    links = []
    with wadul.database.transaction() as session:
        for role, name, full_name in _ACCOUNTS:
            user = _first(session, office_id, role) or add_user(
                session,
                office_id,
                name=name,
                full_name=full_name,
                role=role,
                password=secrets.token_urlsafe(24),
                now=time.now(),
            )
            session.flush()
            token = make_link(session, user, now=time.now())
            links.append((f"{role.value} ({user.name})", f"{base}/{token}"))
    return links


def _first(session: Session, office_id: str, role: Role) -> User | None:
    return session.scalars(
        select(User)
        .where(User.office_id == office_id, User.role == role, User.active)
        .order_by(User.id)
        .limit(1)
    ).one_or_none()
