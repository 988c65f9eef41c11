"""Admins change the office's accounts."""

from __future__ import annotations

import pytest

from integration.console.support import NOW, Desk
from wadul.core.states import Role
from wadul.models import User
from wadul.queries.administration import Account, list_accounts
from wadul.usecases.staff import AccountChanged, change_user

pytestmark = pytest.mark.integration


def shown(desk: Desk, name: str) -> Account:
    """As the list shows them to an admin."""
    with desk.database.transaction() as session:
        accounts = list_accounts(session, desk.actor("admin"))
    return next(account for account in accounts if account.name == name)


def saves(desk: Desk, seen: Account, *, full_name: str = "", active: bool = True) -> None:
    """The form of an account as it was seen, with something else in it."""
    with desk.database.transaction() as session:
        change_user(
            session,
            desk.actor("admin"),
            seen.id,
            full_name=full_name or seen.full_name,
            role=seen.role,
            active=active,
            version=seen.version,
            now=NOW,
        )


def test_a_stale_form_does_not_bring_a_dismissed_person_back(desk: Desk) -> None:
    seen = shown(desk, "sari")
    saves(desk, seen, active=False)
    with pytest.raises(AccountChanged):
        saves(desk, seen, full_name="Sari Wulandari")
    with desk.database.transaction() as session:
        user = session.get_one(User, (desk.office.id, seen.id))
        assert (user.active, user.full_name, user.role) == (False, "Sari", Role.OPERATOR)
    saves(desk, shown(desk, "sari"), full_name="Sari Wulandari")
    assert shown(desk, "sari").full_name == "Sari Wulandari"
