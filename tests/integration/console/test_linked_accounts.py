"""One person, several offices: linking and unlinking."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import select

from integration.console.people import MINUTE, People
from integration.console.support import NOW, Desk
from wadul.core.states import Role
from wadul.exceptions import NotFound
from wadul.models import User
from wadul.usecases.audit import verify
from wadul.usecases.console_sessions import (
    begin_login,
)
from wadul.usecases.linked_accounts import (
    LinkedAccount,
    Linking,
    link,
    unlink,
)
from wadul.usecases.login_limits import PER_NAME, LockedOut
from wadul.usecases.staff import change_user, new_link
from wadul.usecases.users import find_user

pytestmark = pytest.mark.integration


def test_both_passwords_link_two_accounts_and_both_offices_hear_of_it(people: People) -> None:
    sari = people.here.actor("sari")
    assert people.links(sari, "dedi") is Linking.LINKED
    assert people.linked(sari) == [LinkedAccount("sukamaju", "dedi", Role.OPERATOR, active=True)]
    assert [each.name for each in people.linked(people.there.actor("dedi"))] == ["sari"]
    assert people.linked(people.here.actor("dedi")) == []
    assert people.log_of(people.here)[-1] == ("sari", "account_linked", "sukamaju/dedi")
    assert people.log_of(people.there)[-1] == ("dedi", "account_linked", "jatibarang/sari")


@pytest.mark.parametrize(
    ("told", "outcome"),
    [
        ({"own": "salah-sekali"}, Linking.WRONG_OWN_PASSWORD),
        ({"password": "salah-sekali"}, Linking.WRONG_ACCOUNT),
        ({"name": "siapa"}, Linking.WRONG_ACCOUNT),
        ({"office_id": "tidak-ada"}, Linking.WRONG_ACCOUNT),
        ({"office_id": "jatibarang"}, Linking.SAME_OFFICE),
    ],
)
def test_without_proof_nothing_is_linked(
    people: People, told: dict[str, str], outcome: Linking
) -> None:
    sari = people.here.actor("sari")
    assert people.links(sari, **({"name": "dedi"} | told)) is outcome
    assert people.linked(sari) == []


def test_a_deactivated_account_cannot_be_linked(people: People) -> None:
    people.dismiss("dedi")
    assert people.links(people.here.actor("sari"), "dedi") is Linking.WRONG_ACCOUNT


def test_guessing_by_linking_is_stopped_as_guessing_by_logging_in(people: People) -> None:
    sari = people.here.actor("sari")
    for _ in range(PER_NAME):
        assert people.links(sari, "dedi", password="salah-sekali") is Linking.WRONG_ACCOUNT
    with pytest.raises(LockedOut):
        people.links(sari, "dedi")
    with people.database.transaction() as session, pytest.raises(LockedOut):
        begin_login(session, "sukamaju", name="dedi", source="elsewhere", now=NOW)
    assert people.log_of(people.there) == [("dedi", "link_failed", "jatibarang/sari")] * PER_NAME
    people.log_in(people.here, "sari")  # their own name is not locked


def test_a_second_factor_of_the_other_account_is_asked_for(people: People) -> None:
    totp = people.sets_up_code(people.log_in(people.there, "rina"))
    sari, later = people.here.actor("sari"), NOW + MINUTE
    assert people.links(sari, "rina", at=later) is Linking.CODE_NEEDED
    assert people.links(sari, "rina", code="12345x", at=later) is Linking.WRONG_CODE
    assert people.linked(sari) == []
    assert people.links(sari, "rina", code=totp.at(later), at=later) is Linking.LINKED


def test_accounts_that_were_linked_before_come_along_but_one_for_each_office(
    people: People, desk: Desk
) -> None:
    third = Desk(desk.database, replace(desk.office, id="widasari", name="Kecamatan Widasari"))
    third.hire()
    sari = people.here.actor("sari")
    assert people.links(sari, "sari") is Linking.LINKED
    assert people.links(sari, "sari") is Linking.LINKED_BEFORE
    assert people.links(sari, "dedi") is Linking.SAME_OFFICE
    assert people.links(third.actor("dedi"), "sari") is Linking.LINKED
    assert [each.office_id for each in people.linked(sari)] == ["sukamaju", "widasari"]
    with people.database.transaction() as session:
        unlink(session, sari, "sukamaju", keep=None, now=NOW)
    assert [each.office_id for each in people.linked(sari)] == ["widasari"]
    assert people.linked(people.there.actor("sari")) == []
    assert people.log_of(third)[-1] == ("dedi", "account_unlinked", "sukamaju/sari")
    with people.database.transaction() as session:
        unlink(session, sari, "widasari", keep=None, now=NOW)
        assert set(session.scalars(select(User.person_id))) == {None}
    with people.database.transaction() as session, pytest.raises(NotFound):
        unlink(session, sari, "widasari", keep=None, now=NOW)


def test_unlinking_ends_the_sessions_that_the_link_may_have_opened(people: People) -> None:
    people.joined("sari", "dedi")
    here, there = people.log_in(people.here, "sari"), people.log_in(people.there, "dedi")
    others = people.log_in(people.here, "dedi")
    signed = people.signed(here)
    with people.database.transaction() as session:
        unlink(session, signed.actor, "sukamaju", keep=signed.session_id, now=NOW)
    assert [people.is_out(token) for token in (here, there, others)] == [False, True, False]


def test_many_at_once_do_not_wait_for_each_other_for_ever(people: People) -> None:
    """Linking, parting, changing roles and logging in, all about the same two accounts."""
    sari, admin = people.here.actor("sari"), people.here.actor("admin")

    def change_role() -> None:
        with people.database.transaction() as session:
            user = session.get_one(User, (admin.office_id, sari.user_id), with_for_update=True)
            change_user(
                session,
                admin,
                sari.user_id,
                full_name="Sari",
                role=Role.OPERATOR,
                active=True,
                version=user.version,
                now=NOW,
            )

    def make_way_in() -> None:
        with people.database.transaction() as session:
            new_link(session, admin, sari.user_id, now=NOW)

    def join() -> None:
        with people.database.transaction() as session:
            one, two = (
                find_user(session, "jatibarang", "sari"),
                find_user(session, "sukamaju", "dedi"),
            )
            link(session, one, two, now=NOW)

    def log_in() -> None:
        people.log_in(people.here, "sari")

    with ThreadPoolExecutor(8) as threads:
        work = [threads.submit(each) for each in (join, make_way_in, change_role, log_in) * 10]
        for done in work:
            done.result(60)
    with people.database.transaction() as session:
        _, broken = verify(session)
        persons = session.scalars(select(User.person_id).where(User.person_id.is_not(None))).all()
    assert broken == []
    assert len(persons) in (0, 2)
