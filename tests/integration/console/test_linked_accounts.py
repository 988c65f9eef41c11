"""One person, several offices: linking, changing office, and what stays shut."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pyotp
import pytest
from sqlalchemy import select, update

from integration.console.support import NOW, PASSWORD, SEALER, Desk
from wadul.core.actors import Actor
from wadul.core.dates import local_date
from wadul.core.states import Category, Role, TicketKind
from wadul.exceptions import NotFound
from wadul.models import AuditEntry, ConsoleSession, User
from wadul.queries.inbox import InboxFilter, list_conversations
from wadul.queries.ticket_detail import show_detail
from wadul.usecases.audit import verify
from wadul.usecases.console_sessions import (
    LIFETIME,
    LoginRequired,
    SignedIn,
    authenticate,
    begin_login,
    finish_login,
    log_out_everywhere,
    use_link,
)
from wadul.usecases.linked_accounts import (
    LinkedAccount,
    Linking,
    begin_link,
    finish_link,
    link,
    list_linked,
    unlink,
)
from wadul.usecases.login_limits import PER_NAME, LockedOut
from wadul.usecases.office_change import Changed, FactorMissing, change_office
from wadul.usecases.passwords import hash_fits
from wadul.usecases.second_factors import begin_enrolment, give_code
from wadul.usecases.staff import change_password, change_user, new_link, reset_second_factor
from wadul.usecases.tickets import TicketDraft, file_ticket
from wadul.usecases.users import find_user

pytestmark = pytest.mark.integration

MINUTE = timedelta(minutes=1)
TODAY = local_date(NOW, "Asia/Jakarta")


class People:
    """The people of two offices, and what they do at their consoles."""

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

    def log_of(self, desk: Desk) -> list[tuple[str, str, str]]:
        with self.database.transaction() as session:
            rows = session.scalars(
                select(AuditEntry)
                .where(AuditEntry.office_id == desk.office.id)
                .order_by(AuditEntry.number)
            )
            return [(row.actor, row.action, row.subject) for row in rows]


@pytest.fixture
def people(desk: Desk) -> People:
    other = replace(
        desk.office, id="sukamaju", name="Kecamatan Sukamaju", whatsapp=("whatsapp:+14155238887",)
    )
    there = Desk(desk.database, other)
    there.hire()
    return People(desk, there)


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
    dismiss(people, "dedi")
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


def test_changing_office_is_another_session_that_lasts_no_longer(people: People) -> None:
    people.joined("sari", "dedi")
    token = people.log_in(people.here, "sari")
    at = NOW
    for office_id in ("sukamaju", "jatibarang") * 6:
        at += timedelta(minutes=55)
        before, token = token, people.changes(token, office_id, at=at).token or ""
        assert people.is_out(before, at)
        signed = people.signed(token, at)
        assert (signed.actor.office_id, signed.verified) == (office_id, True)
    assert people.is_out(token, NOW + LIFETIME)
    assert people.log_of(people.here)[-1] == ("sari", "office_entered", "sukamaju/dedi")
    assert people.log_of(people.there)[-1] == ("dedi", "office_left", "jatibarang/sari")


def test_a_role_with_a_second_factor_is_entered_with_its_code_only(people: People) -> None:
    totp = people.sets_up_code(people.log_in(people.there, "rina"))
    people.joined("sari", "rina")
    token, later = people.log_in(people.here, "sari"), NOW + MINUTE
    assert people.changes(token, at=later) == Changed(None)
    assert people.changes(token, code="12345x", at=later) == Changed(None, wrong_code=True)
    assert not people.is_out(token, later), "one stays where one was"
    entered = people.changes(token, code=totp.at(later), at=later).token
    assert entered
    assert people.signed(entered, later).verified
    back = people.changes(entered, "jatibarang", at=later).token
    assert back
    again = people.changes(back, at=later).token
    assert again, "a code was given in this session"
    assert people.signed(again, later).actor.role is Role.INSPECTOR


def test_a_code_that_was_given_here_counts_there(people: People) -> None:
    totp = people.sets_up_code(people.log_in(people.here, "ningsih"))
    people.sets_up_code(people.log_in(people.there, "rina"))
    people.joined("ningsih", "rina")
    later = NOW + MINUTE
    token = people.log_in(people.here, "ningsih", at=later)
    with pytest.raises(LoginRequired):
        people.changes(token, at=later)
    people.gives_code(token, totp, later)
    entered = people.changes(token, at=later).token
    assert entered
    assert people.signed(entered, later).verified


def test_a_factor_set_up_with_a_password_after_linking_opens_no_other_office(
    people: People,
) -> None:
    people.sets_up_code(people.log_in(people.there, "rina"))
    people.joined("sari", "rina")
    later = NOW + MINUTE
    token = people.log_in(people.here, "sari", at=later)
    totp = people.sets_up_code(token, later)
    assert people.changes(token, at=later) == Changed(None)
    later += MINUTE
    token = people.log_in(people.here, "sari", at=later)
    people.gives_code(token, totp, later)
    assert people.changes(token, at=later) == Changed(None)


def test_a_factor_that_was_never_set_up_is_not_set_up_by_changing_office(people: People) -> None:
    people.joined("sari", "rina")
    token = people.log_in(people.here, "sari")
    with pytest.raises(FactorMissing):
        people.changes(token)
    assert not people.is_out(token)


def test_codes_are_not_guessed_by_changing_office(people: People) -> None:
    people.sets_up_code(people.log_in(people.there, "rina"))
    people.joined("sari", "rina")
    token, later = people.log_in(people.here, "sari"), NOW + MINUTE
    for _ in range(PER_NAME):
        people.changes(token, code="12345x", at=later)
    with pytest.raises(LockedOut):
        people.changes(token, code="123456", at=later)


def test_only_ones_own_active_accounts_can_be_entered(people: People) -> None:
    token = people.log_in(people.here, "sari")
    for office_id in ("sukamaju", "jatibarang", "tidak-ada", ""):
        with pytest.raises(NotFound):
            people.changes(token, office_id)
    people.joined("sari", "dedi")
    dismiss(people, "dedi")
    with pytest.raises(NotFound):
        people.changes(token)
    assert not people.linked(people.here.actor("sari"))[0].active


def dismiss(people: People, name: str) -> None:
    actor = people.there.actor(name)
    with people.database.transaction() as session:
        session.execute(update(User).where(User.id == actor.user_id).values(active=False))


def test_logging_out_everywhere_means_every_office(people: People) -> None:
    people.joined("sari", "dedi")
    tokens = [people.log_in(people.here, "sari"), people.log_in(people.there, "dedi")]
    stays = people.log_in(people.there, "sari")
    with people.database.transaction() as session:
        log_out_everywhere(session, people.here.actor("sari"), now=NOW)
    assert all(people.is_out(token) for token in tokens)
    assert not people.is_out(stays)
    assert people.log_of(people.here)[-1] == ("sari", "logout_everywhere", "sari")
    assert people.log_of(people.there)[-1] == ("dedi", "logout_everywhere", "dedi")


def test_a_new_password_ends_the_other_offices_sessions_too(people: People) -> None:
    people.joined("sari", "dedi")
    token, there = people.log_in(people.here, "sari"), people.log_in(people.there, "dedi")
    signed = people.signed(token)
    with people.database.transaction() as session:
        change_password(session, signed.actor, password_hash="x", keep=signed.session_id, now=NOW)
    assert (people.is_out(token), people.is_out(there)) == (False, True)


def test_an_admin_who_makes_a_login_link_does_not_reach_the_other_office(people: People) -> None:
    people.joined("sari", "dedi")
    admin, sari = people.here.actor("admin"), people.here.actor("sari")
    with people.database.transaction() as session:
        way_in = new_link(session, admin, sari.user_id, now=NOW)
    with people.database.transaction() as session:
        token = use_link(session, way_in, browser="b", now=NOW)
    with pytest.raises(NotFound):
        people.changes(token)
    assert ("jatibarang/admin", "account_unlinked", "dedi: jatibarang/sari") in people.log_of(
        people.there
    )


def test_an_admin_who_resets_a_second_factor_does_not_either(people: People) -> None:
    people.sets_up_code(people.log_in(people.here, "ningsih"))
    people.sets_up_code(people.log_in(people.there, "rina"))
    people.joined("ningsih", "rina")
    later = NOW + MINUTE
    with people.database.transaction() as session:
        reset_second_factor(
            session,
            people.here.actor("admin"),
            people.here.actor("ningsih").user_id,
            now=later,
        )
    token = people.log_in(people.here, "ningsih", at=later)
    people.sets_up_code(token, later)
    assert people.changes(token, at=later) == Changed(None)


def test_a_linked_person_sees_nothing_of_the_other_office(people: People) -> None:
    """Not the conversation, not the ticket, even with a role that may see everything there."""
    story = people.there.says("jalan di desa kami rusak")
    turn = people.there.bot("Laporan kami terima.", intent="complaint/roads_irrigation_drainage")
    with people.database.transaction() as session:
        ticket = file_ticket(
            session,
            people.there.office,
            conversation_id=story.conversation_id,
            turn_id=turn.turn_id,
            draft=TicketDraft(TicketKind.COMPLAINT, Category.ROADS_IRRIGATION_DRAINAGE, [story.id]),
            now=NOW,
        )
    people.joined("sari", "dedi")
    token = people.log_in(people.here, "sari")

    def conversations(actor: Actor) -> int:
        with people.database.transaction() as session:
            return len(list_conversations(session, actor, InboxFilter(), today=TODAY))

    def opens(actor: Actor) -> bool:
        with people.database.transaction() as session:
            try:
                show_detail(session, actor, ticket.number)
            except NotFound:
                return False
            return True

    here = people.signed(token).actor
    assert (conversations(here), opens(here)) == (0, False)
    entered = people.changes(token).token
    assert entered
    there = people.signed(entered).actor
    assert (conversations(there), opens(there)) == (1, True)


def test_sessions_of_before_the_update_give_a_code_once(people: People) -> None:
    """They do not say whether a code was given."""
    totp = people.sets_up_code(people.log_in(people.there, "rina"))
    people.joined("ningsih", "rina")
    token = people.log_in(people.here, "ningsih")
    with people.database.transaction() as session:
        session.execute(
            update(ConsoleSession)
            .where(ConsoleSession.office_id == "jatibarang")
            .values(verified_at=NOW, code_given_at=None)
        )
    later = NOW + MINUTE
    assert people.changes(token, at=later) == Changed(None)
    assert people.changes(token, code=totp.at(later), at=later).token


def test_many_at_once_do_not_wait_for_each_other_for_ever(people: People) -> None:
    """Linking, parting, changing roles and logging in, all about the same two accounts."""
    sari, admin = people.here.actor("sari"), people.here.actor("admin")

    def change_role() -> None:
        with people.database.transaction() as session:
            change_user(
                session,
                admin,
                sari.user_id,
                full_name="Sari",
                role=Role.OPERATOR,
                active=True,
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
