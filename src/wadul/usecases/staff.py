"""The office's people, seen from the console: add, change, dismiss; one's own account."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from argon2 import PasswordHasher
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from wadul.core.actors import Actor, Power, Viewer
from wadul.core.states import Role
from wadul.exceptions import Conflict, InvalidInput, NotFound
from wadul.models import ConsoleSession, SecondFactor, User
from wadul.usecases import audit
from wadul.usecases.console_sessions import end_sessions, end_sessions_of_person, make_link
from wadul.usecases.linked_accounts import part
from wadul.usecases.users import SHORTEST_PASSWORD, add_user

_LOCK = {"key_share": True}  # those who only refer to the account need not wait


class UnfitAccount(InvalidInput):
    """The account cannot be made or changed like this."""

    code = "unfit_account"

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self.sentence = sentence


class AccountChanged(Conflict):
    """Another admin changed this account first."""

    code = "account_changed"
    sentence = "Akun ini baru saja diubah orang lain. Muat ulang halaman, lalu ulangi."


class WrongPassword(InvalidInput):
    """The old password is another one."""

    code = "wrong_password"
    sentence = "Kata sandi sekarang salah."


def hire(
    session: Session,
    actor: Actor,
    *,
    name: str,
    full_name: str,
    role: Role,
    password: str,
    now: datetime,
) -> str:
    """Add a person with a password nobody knows; returns the link that lets them in once."""
    actor.require(Power.ADMINISTER)
    taken = select(User.id).where(User.office_id == actor.office_id, User.name == name)
    if session.execute(taken).first():
        raise UnfitAccount(f"Nama pengguna {name} sudah dipakai.")
    try:
        user = add_user(
            session,
            actor.office_id,
            name=name,
            full_name=full_name,
            role=role,
            password=password,
            now=now,
        )
    except InvalidInput:
        raise UnfitAccount(
            "Nama pengguna: 2–40 huruf kecil, angka, titik, garis bawah atau tanda hubung."
        ) from None
    session.flush()
    _log(session, actor, "user_added", f"{name} ({role.value})", now)
    return make_link(session, user, now=now)


def change_user(
    session: Session,
    actor: Actor,
    user_id: UUID,
    *,
    full_name: str,
    role: Role,
    active: bool,
    version: int,
    now: datetime,
) -> None:
    """A dismissed person, or one with another role, has to log in anew. Raises `AccountChanged`."""
    actor.require(Power.ADMINISTER)
    user = _user(session, actor, user_id)
    if user.version != version:
        raise AccountChanged
    if user.role is Role.ADMIN and (role is not Role.ADMIN or not active):
        _keep_one_admin(session, user)
    if not full_name.strip():
        raise UnfitAccount("Isi nama lengkapnya.")
    if user.role is not role or (user.active and not active):
        end_sessions(session, user.office_id, user.id)
        user.on_duty = False
    user.full_name, user.role, user.active = full_name.strip()[:200], role, active
    user.version += 1
    state = "aktif" if active else "nonaktif"
    _log(session, actor, "user_changed", f"{user.name} ({role.value}, {state})", now)


def new_link(session: Session, actor: Actor, user_id: UUID, *, now: datetime) -> str:
    """For somebody who forgot their password; the old sessions end.

    It is no longer linked: whoever makes a way into it must not reach other offices.
    """
    actor.require(Power.ADMINISTER)
    user = _user(session, actor, user_id, locked=False)  # `part` waits for others first
    if not user.active:
        raise UnfitAccount("Akun ini tidak aktif.")
    part(session, user, now=now, by=f"{actor.office_id}/{actor.name}")
    end_sessions(session, user.office_id, user.id)
    link = make_link(session, user, now=now)
    _log(session, actor, "login_link_made", user.name, now)
    return link


def reset_second_factor(session: Session, actor: Viewer, user_id: UUID, *, now: datetime) -> None:
    """For a lost phone, or a lost key: the next login sets it up again."""
    actor.require(Power.ADMINISTER)
    user = _user(session, actor, user_id)
    _forget_factor(session, user)
    end_sessions(session, user.office_id, user.id)
    _log(session, actor, "second_factor_reset", user.name, now)


def change_password(
    session: Session, actor: Actor, *, password_hash: str, right: bool, keep: UUID, now: datetime
) -> None:
    """One's own. `right`: the old one was given; the session `keep` of a link needs none, once.

    All other sessions end, at every office. Raises `WrongPassword`.
    """
    user = _user(session, actor, actor.user_id)
    held = session.get_one(ConsoleSession, (actor.office_id, keep))
    if not (right or held.sets_password):
        raise WrongPassword
    user.password_hash = password_hash
    end_sessions_of_person(session, actor.office_id, actor.user_id, keep=keep)
    held.sets_password = False
    _log(session, actor, "password_changed", actor.name, now)


def own_password_hash(session: Session, actor: Actor) -> str:
    return _user(session, actor, actor.user_id).password_hash


def hashed(password: str) -> str:
    """Slow on purpose: outside every transaction. Raises `UnfitAccount`."""
    if len(password) < SHORTEST_PASSWORD:
        raise UnfitAccount(f"Kata sandi paling sedikit {SHORTEST_PASSWORD} huruf.")
    return PasswordHasher().hash(password)


def _user(session: Session, actor: Viewer, user_id: UUID, *, locked: bool = True) -> User:
    user = session.get(User, (actor.office_id, user_id), with_for_update=_LOCK if locked else None)
    if user is None:
        raise NotFound("there is no such person")
    return user


def _keep_one_admin(session: Session, user: User) -> None:
    others = session.scalar(
        select(func.count())
        .select_from(User)
        .where(
            User.office_id == user.office_id,
            User.role == Role.ADMIN,
            User.active,
            User.id != user.id,
        )
    )
    if not others:
        raise UnfitAccount("Kantor harus punya paling sedikit satu admin yang aktif.")


def _forget_factor(session: Session, user: User) -> None:
    session.execute(
        delete(SecondFactor).where(
            SecondFactor.office_id == user.office_id, SecondFactor.user_id == user.id
        )
    )


def _log(session: Session, actor: Viewer, action: str, subject: str, now: datetime) -> None:
    audit.append(
        session, actor.office_id, actor=actor.name, action=action, subject=subject, now=now
    )
