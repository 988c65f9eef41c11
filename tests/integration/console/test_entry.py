"""Logging in: lockout, second factor, links that count once, sessions that end."""

from __future__ import annotations

from datetime import datetime, timedelta

import pyotp
import pytest

from integration.console.support import NOW, PASSWORD, SEALER, Desk
from wadul.core.states import Role
from wadul.models import User
from wadul.usecases.console_sessions import (
    IDLE,
    LIFETIME,
    LINK_LIFETIME,
    LoginRequired,
    authenticate,
    begin_login,
    end_sessions,
    finish_login,
    log_out,
    log_out_everywhere,
    make_link,
    use_link,
)
from wadul.usecases.login_limits import PER_NAME, PER_SOURCE, LockedOut
from wadul.usecases.passwords import hash_fits
from wadul.usecases.second_factors import begin_enrolment, give_code
from wadul.usecases.staff import WrongPassword, change_password, hashed, hire

pytestmark = pytest.mark.integration


def log_in(
    desk: Desk, name: str, password: str = PASSWORD, *, at: datetime = NOW, source: str = "here"
) -> str | None:
    with desk.database.transaction() as session:
        check = begin_login(session, desk.office.id, name=name, source=source, now=at)
    right = hash_fits(check.password_hash, password)
    with desk.database.transaction() as session:
        return finish_login(session, desk.office.id, check, right=right, browser="b", now=at)


def who(desk: Desk, token: str, at: datetime = NOW) -> str:
    with desk.database.transaction() as session:
        return authenticate(session, token, now=at).actor.name


def test_a_right_password_opens_a_session(desk: Desk) -> None:
    token = log_in(desk, "sari")
    assert token is not None
    assert who(desk, token) == "sari"


@pytest.mark.parametrize(("name", "password"), [("sari", "salah-sekali"), ("siapa", PASSWORD)])
def test_a_wrong_name_or_password_opens_nothing(desk: Desk, name: str, password: str) -> None:
    assert log_in(desk, name, password) is None


def test_after_five_failures_even_the_right_password_waits(desk: Desk) -> None:
    for _ in range(PER_NAME):
        assert log_in(desk, "sari", "salah-sekali") is None
    with pytest.raises(LockedOut):
        log_in(desk, "sari")
    assert log_in(desk, "dedi") is not None
    assert log_in(desk, "sari", at=NOW + timedelta(minutes=16)) is not None


def test_a_success_forgives_the_failures_before_it(desk: Desk) -> None:
    for _ in range(PER_NAME - 1):
        log_in(desk, "sari", "salah-sekali")
    assert log_in(desk, "sari", at=NOW + timedelta(seconds=1))
    log_in(desk, "sari", "salah-sekali", at=NOW + timedelta(seconds=2))
    assert log_in(desk, "sari", at=NOW + timedelta(seconds=3))


def test_one_source_cannot_try_many_names(desk: Desk) -> None:
    for number in range(PER_SOURCE):
        log_in(desk, f"orang{number}", source="there")
    with pytest.raises(LockedOut):
        log_in(desk, "sari", source="there")
    assert log_in(desk, "sari", source="here")


def test_a_session_ends_by_itself(desk: Desk) -> None:
    token = log_in(desk, "sari")
    assert token
    with pytest.raises(LoginRequired):
        who(desk, token, NOW + IDLE)
    at = NOW
    while at < NOW + LIFETIME:
        assert who(desk, token, at) == "sari"
        at += IDLE / 2
    with pytest.raises(LoginRequired):
        who(desk, token, NOW + LIFETIME)


def test_logging_out_ends_one_session_and_everywhere_ends_all(desk: Desk) -> None:
    first, second, third = (log_in(desk, "sari") for _ in range(3))
    assert first
    assert second
    assert third
    with desk.database.transaction() as session:
        log_out(session, first, now=NOW)
    with pytest.raises(LoginRequired):
        who(desk, first)
    assert who(desk, second) == "sari"
    with desk.database.transaction() as session:
        log_out_everywhere(session, desk.actor("sari"), now=NOW)
    for token in (second, third):
        with pytest.raises(LoginRequired):
            who(desk, token)


def test_a_dismissed_person_is_out_at_once(desk: Desk) -> None:
    token = log_in(desk, "sari")
    assert token
    actor = desk.actor("sari")
    with desk.database.transaction() as session:
        session.get_one(User, (actor.office_id, actor.user_id)).active = False
    with pytest.raises(LoginRequired):
        who(desk, token)
    with desk.database.transaction() as session:
        end_sessions(session, actor.office_id, actor.user_id)
    assert log_in(desk, "sari") is None


def test_a_link_counts_once_and_not_for_long(desk: Desk) -> None:
    actor = desk.actor("sari")
    with desk.database.transaction() as session:
        user = session.get_one(User, (actor.office_id, actor.user_id))
        used = make_link(session, user, now=NOW)
    with desk.database.transaction() as session:
        token = use_link(session, used, browser="b", now=NOW)
    assert who(desk, token) == "sari"
    with desk.database.transaction() as session:
        earlier, old = make_link(session, user, now=NOW), make_link(session, user, now=NOW)
    refused = (
        (used, NOW),
        (earlier, NOW),
        (old, NOW + LINK_LIFETIME),
        ("jatibarang.x", NOW),
        ("", NOW),
    )
    for link, at in refused:
        with desk.database.transaction() as session, pytest.raises(LoginRequired):
            use_link(session, link, browser="b", now=at)


def test_whoever_was_hired_sets_a_password_once_and_logs_in_with_it(desk: Desk) -> None:
    with desk.database.transaction() as session:
        link = hire(
            session,
            desk.actor("admin"),
            name="wati",
            full_name="Wati Baru",
            role=Role.OPERATOR,
            password="nobody knows this",
            now=NOW,
        )
    with desk.database.transaction() as session:
        token = use_link(session, link, browser="b", now=NOW)
    sets_password(desk, token, "pilihan-wati", right=False)
    with pytest.raises(WrongPassword):
        sets_password(desk, token, "pilihan-lain", right=False)
    token = log_in(desk, "wati", "pilihan-wati") or ""
    assert who(desk, token) == "wati"
    with pytest.raises(WrongPassword):
        sets_password(desk, token, "pilihan-lain", right=False)
    sets_password(desk, token, "pilihan-lain", right=True)
    assert log_in(desk, "wati", "pilihan-wati") is None


def sets_password(desk: Desk, token: str, password: str, *, right: bool) -> None:
    with desk.database.transaction() as session:
        signed = authenticate(session, token, now=NOW)
        change_password(
            session,
            signed.actor,
            password_hash=hashed(password),
            right=right,
            keep=signed.session_id,
            now=NOW,
        )


@pytest.mark.parametrize("name", ["ningsih", "rina", "admin"])
def test_leading_roles_need_a_second_factor(desk: Desk, name: str) -> None:
    token = log_in(desk, name)
    assert token
    with desk.database.transaction() as session:
        signed = authenticate(session, token, now=NOW)
        assert not signed.verified
        enrolment = begin_enrolment(session, signed.actor, SEALER, issuer="Wadul", now=NOW)
    assert enrolment
    totp = pyotp.TOTP(enrolment.secret)

    def give(code: str, at: datetime = NOW) -> bool:
        with desk.database.transaction() as session:
            return give_code(
                session, signed.actor, SEALER, signed.session_id, code, source="here", now=at
            )

    assert not give("000000" if totp.at(NOW) != "000000" else "000001")
    assert give(totp.at(NOW))
    assert not give(totp.at(NOW)), "a code counts once"
    with desk.database.transaction() as session:
        assert authenticate(session, token, now=NOW).verified
        assert begin_enrolment(session, signed.actor, SEALER, issuer="Wadul", now=NOW) is None


def test_guessing_codes_is_stopped(desk: Desk) -> None:
    token = log_in(desk, "admin")
    assert token
    with desk.database.transaction() as session:
        signed = authenticate(session, token, now=NOW)
        begin_enrolment(session, signed.actor, SEALER, issuer="Wadul", now=NOW)
    for _ in range(PER_NAME):
        with desk.database.transaction() as session:
            give_code(
                session, signed.actor, SEALER, signed.session_id, "12345x", source="s", now=NOW
            )
    with desk.database.transaction() as session, pytest.raises(LockedOut):
        give_code(session, signed.actor, SEALER, signed.session_id, "123456", source="s", now=NOW)
