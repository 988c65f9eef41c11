"""Second factors lie sealed in the database, and a lost key lets nobody in and loses nothing."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import httpx
import pyotp
import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select, update
from starlette.applications import Starlette

from integration.console.support import NOW, PASSWORD, Desk
from wadul.bootstrap import Wadul
from wadul.clock import FixedClock
from wadul.console.entry import Entry
from wadul.core.actors import Administrator
from wadul.models import SecondFactor
from wadul.sealing import MARK, Sealer, SecretUnreadable
from wadul.usecases.console_sessions import SignedIn, authenticate, begin_login, finish_login
from wadul.usecases.second_factors import begin_enrolment, give_code, seal_all
from wadul.usecases.staff import reset_second_factor

pytestmark = pytest.mark.integration

FILE = "secret.key"


def key() -> str:
    return Fernet.generate_key().decode()


class Person:
    """The admin, who needs a second factor."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.now = NOW

    def log_in(self) -> SignedIn:
        self.now += timedelta(minutes=1)
        with self.desk.database.transaction() as session:
            office_id = self.desk.office.id
            check = begin_login(session, office_id, name="admin", source="s", now=self.now)
            token = finish_login(session, office_id, check, right=True, browser="b", now=self.now)
        assert token
        with self.desk.database.transaction() as session:
            return authenticate(session, token, now=self.now)

    def enrols(self, sealer: Sealer) -> str:
        signed = self.log_in()
        with self.desk.database.transaction() as session:
            enrolment = begin_enrolment(session, signed.actor, sealer, issuer="Wadul", now=self.now)
        assert enrolment
        assert self.gives(sealer, enrolment.secret, signed)
        return enrolment.secret

    def gives(self, sealer: Sealer, secret: str, signed: SignedIn | None = None) -> bool:
        signed = signed or self.log_in()
        with self.desk.database.transaction() as session:
            return give_code(
                session,
                signed.actor,
                sealer,
                signed.session_id,
                pyotp.TOTP(secret).at(self.now),
                source="s",
                now=self.now,
            )

    @property
    def id(self) -> UUID:
        return self.desk.actor("admin").user_id


@pytest.fixture
def admin(desk: Desk) -> Person:
    return Person(desk)


def stored(desk: Desk) -> str:
    with desk.database.transaction() as session:
        return session.scalars(select(SecondFactor.secret)).one()


def test_the_database_alone_opens_nothing(admin: Person, tmp_path: Path) -> None:
    secret = admin.enrols(Sealer("", tmp_path / FILE))
    assert stored(admin.desk).startswith(MARK)
    assert secret not in stored(admin.desk)
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    assert admin.gives(Sealer("", tmp_path / FILE), secret), "another process reads the file"


def test_secrets_of_before_go_on_and_are_sealed(admin: Person) -> None:
    sealer = Sealer(key(), Path("none"))
    secret = admin.enrols(sealer)
    with admin.desk.database.transaction() as session:
        session.execute(update(SecondFactor).values(secret=secret))
    assert admin.gives(sealer, secret), "before they are sealed"
    with admin.desk.database.transaction() as session:
        assert seal_all(session, sealer) == 0
    sealed = stored(admin.desk)
    assert sealed.startswith(MARK)
    assert admin.gives(sealer, secret)
    with admin.desk.database.transaction() as session:
        seal_all(session, sealer)
    assert stored(admin.desk) == sealed, "nothing is written anew"


def test_a_new_key_is_put_before_the_old_one(admin: Person) -> None:
    old, new = key(), key()
    secret = admin.enrols(Sealer(old, Path("none")))
    both = Sealer(f"{new}, {old}", Path("none"))
    assert admin.gives(both, secret)
    with admin.desk.database.transaction() as session:
        assert seal_all(session, both) == 0
    assert admin.gives(Sealer(new, Path("none")), secret)


@pytest.mark.parametrize("lost", ["gone", "another", "garbled", "empty"])
def test_without_the_key_nobody_gets_in_and_nothing_is_lost(
    admin: Person, tmp_path: Path, lost: str
) -> None:
    file = tmp_path / FILE
    secret = admin.enrols(Sealer("", file))
    sealed, kept = stored(admin.desk), file.read_text()
    file.unlink()
    if lost != "gone":
        file.write_text({"another": key(), "garbled": "x", "empty": ""}[lost])
    before = file.read_text() if file.exists() else None
    sealer = Sealer("", file)
    with pytest.raises(SecretUnreadable):
        admin.gives(sealer, secret)
    signed = admin.log_in()
    assert not signed.verified
    with admin.desk.database.transaction() as session:
        assert begin_enrolment(session, signed.actor, sealer, issuer="W", now=NOW) is None
        assert seal_all(session, sealer) == 1
    assert stored(admin.desk) == sealed
    assert (file.read_text() if file.exists() else None) == before
    file.write_text(kept)
    assert admin.gives(Sealer("", file), secret), "the key is back"


def test_no_first_key_is_made_while_others_are_sealed_with_a_lost_one(
    admin: Person, tmp_path: Path
) -> None:
    admin.enrols(Sealer(key(), Path("none")))
    sealer = Sealer("", tmp_path / FILE)
    with admin.desk.database.transaction() as session, pytest.raises(SecretUnreadable):
        begin_enrolment(session, admin.desk.actor("ningsih"), sealer, issuer="W", now=NOW)
    assert not (tmp_path / FILE).exists()


def test_a_reset_lets_them_set_it_up_anew(admin: Person, tmp_path: Path) -> None:
    admin.enrols(Sealer(key(), Path("none")))
    by = Administrator(admin.desk.office.id)
    with admin.desk.database.transaction() as session:
        reset_second_factor(session, by, admin.id, now=NOW)
    sealer = Sealer("", tmp_path / FILE)
    assert admin.gives(sealer, admin.enrols(sealer))


def test_an_unfinished_enrolment_begins_anew(admin: Person) -> None:
    actor = admin.desk.actor("admin")
    secrets = []
    for sealer in (Sealer(key(), Path("none")), Sealer(key(), Path("none"))):
        for _ in range(2):
            with admin.desk.database.transaction() as session:
                enrolment = begin_enrolment(session, actor, sealer, issuer="W", now=NOW)
            assert enrolment
            secrets.append(enrolment.secret)
    assert secrets[0] == secrets[1] != secrets[2] == secrets[3]


async def test_the_log_in_says_what_to_do(admin: Person, tmp_path: Path) -> None:
    secret = admin.enrols(Sealer(key(), Path("none")))
    settings = admin.desk.settings.model_copy(update={"var_dir": tmp_path})
    clock = FixedClock(NOW + timedelta(minutes=5))
    wadul = Wadul(settings, admin.desk.database, clock, {admin.desk.office.id: admin.desk.office})
    transport = httpx.ASGITransport(Starlette(routes=Entry(wadul, clock).routes()))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as browser:
        form = {"nama": "admin", "sandi": PASSWORD}
        entered = await browser.post("/masuk", data=form)
        assert entered.headers["location"].startswith("/masuk/kode")
        code = pyotp.TOTP(secret).at(clock.now())
        answer = await browser.post("/masuk/kode", data={"kode": code})
        assert answer.status_code == 503
        assert "wadul users reset-factor" in answer.text
        assert (await browser.get("/masuk/kode")).status_code == 200
