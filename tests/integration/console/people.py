"""The people of two offices, and what they do at their consoles."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pyotp
from sqlalchemy import select, update

from integration.console.support import NOW, PASSWORD, SEALER, Desk
from wadul.core.actors import Actor
from wadul.models import AuditEntry, User
from wadul.usecases.console_sessions import (
    LoginRequired,
    SignedIn,
    authenticate,
    begin_login,
    finish_login,
)
from wadul.usecases.linked_accounts import (
    LinkedAccount,
    Linking,
    begin_link,
    finish_link,
    link,
    list_linked,
)
from wadul.usecases.office_change import Changed, change_office
from wadul.usecases.passwords import hash_fits
from wadul.usecases.second_factors import begin_enrolment, give_code
from wadul.usecases.users import find_user

MINUTE = timedelta(minutes=1)


class People:
    """At one database; tokens are those of `log_in`."""

    def __init__(self, here: Desk, there: Desk) -> None:
        self.here = here
        self.there = there
        self.database = here.database

    def log_in(self, desk: Desk, name: str, *, at: datetime = NOW) -> str:
        with self.database.transaction() as session:
            check = begin_login(session, desk.office.id, name=name, source="s", now=at)
            token = finish_login(session, desk.office.id, check, right=True, browser="b", now=at)
        assert token
        return token

    def signed(self, token: str, at: datetime = NOW) -> SignedIn:
        with self.database.transaction() as session:
            return authenticate(session, token, now=at)

    def is_out(self, token: str, at: datetime = NOW) -> bool:
        try:
            self.signed(token, at)
        except LoginRequired:
            return True
        return False

    def sets_up_code(self, token: str, at: datetime = NOW) -> pyotp.TOTP:
        signed = self.signed(token, at)
        with self.database.transaction() as session:
            enrolment = begin_enrolment(session, signed.actor, SEALER, issuer="Wadul", now=at)
        assert enrolment
        totp = pyotp.TOTP(enrolment.secret)
        self.gives_code(token, totp, at)
        return totp

    def gives_code(self, token: str, totp: pyotp.TOTP, at: datetime) -> None:
        signed = self.signed(token, at)
        with self.database.transaction() as session:
            assert give_code(
                session, signed.actor, SEALER, signed.session_id, totp.at(at), source="s", now=at
            )

    def links(
        self,
        actor: Actor,
        name: str,
        *,
        own: str = PASSWORD,
        password: str = PASSWORD,
        code: str = "",
        office_id: str = "sukamaju",
        at: datetime = NOW,
    ) -> Linking:
        with self.database.transaction() as session:
            check = begin_link(session, actor, office_id=office_id, name=name, source="s", now=at)
        with self.database.transaction() as session:
            return finish_link(
                session,
                actor,
                SEALER,
                check,
                own_right=hash_fits(check.own.password_hash, own),
                other_right=hash_fits(check.other.password_hash, password),
                code=code,
                source="s",
                now=at,
            )

    def joined(self, name: str, other: str) -> None:
        """As an administrator of the machine links them."""
        with self.database.transaction() as session:
            one = find_user(session, self.here.office.id, name)
            two = find_user(session, self.there.office.id, other)
            assert link(session, one, two, now=NOW, by="administrator") is Linking.LINKED

    def changes(
        self, token: str, office_id: str = "sukamaju", *, code: str = "", at: datetime = NOW
    ) -> Changed:
        with self.database.transaction() as session:
            return change_office(
                session, token, SEALER, office_id, code=code, source="s", browser="b", now=at
            )

    def linked(self, actor: Actor) -> list[LinkedAccount]:
        with self.database.transaction() as session:
            return list_linked(session, actor)

    def dismiss(self, name: str) -> None:
        """Somebody of the other office."""
        actor = self.there.actor(name)
        with self.database.transaction() as session:
            session.execute(update(User).where(User.id == actor.user_id).values(active=False))

    def log_of(self, desk: Desk) -> list[tuple[str, str, str]]:
        with self.database.transaction() as session:
            rows = session.scalars(
                select(AuditEntry)
                .where(AuditEntry.office_id == desk.office.id)
                .order_by(AuditEntry.number)
            )
            return [(row.actor, row.action, row.subject) for row in rows]


def people_of_two_offices(desk: Desk) -> People:
    other = replace(
        desk.office, id="sukamaju", name="Kecamatan Sukamaju", whatsapp=("whatsapp:+14155238887",)
    )
    there = Desk(desk.database, other)
    there.hire()
    return People(desk, there)
