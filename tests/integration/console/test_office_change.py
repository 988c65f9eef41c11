"""One person, several offices: changing between them, and what stays shut."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from integration.console.people import MINUTE, People
from integration.console.support import NOW, Desk
from wadul.core.actors import Actor
from wadul.core.dates import local_date
from wadul.core.states import Category, Role, TicketKind
from wadul.exceptions import NotFound
from wadul.models import ConsoleSession
from wadul.queries.inbox import InboxFilter, list_conversations
from wadul.queries.ticket_detail import show_detail
from wadul.usecases.console_sessions import (
    LIFETIME,
    LoginRequired,
    log_out_everywhere,
    use_link,
)
from wadul.usecases.linked_accounts import Linking
from wadul.usecases.login_limits import PER_NAME, LockedOut
from wadul.usecases.office_change import Changed, FactorMissing
from wadul.usecases.staff import change_password, new_link, reset_second_factor
from wadul.usecases.tickets import TicketDraft, file_ticket

pytestmark = pytest.mark.integration

TODAY = local_date(NOW, "Asia/Jakarta")


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


def test_nor_does_it_after_a_third_account_was_linked(people: People, desk: Desk) -> None:
    people.sets_up_code(people.log_in(people.there, "rina"))
    people.joined("sari", "rina")
    totp = people.sets_up_code(people.log_in(people.here, "sari"), NOW + MINUTE)
    third = Desk(desk.database, replace(desk.office, id="widasari"))
    third.hire()
    later = NOW + 2 * MINUTE
    linked = people.links(people.here.actor("sari"), "dedi", office_id="widasari", at=later)
    assert linked is Linking.LINKED
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
    people.dismiss("dedi")
    with pytest.raises(NotFound):
        people.changes(token)
    assert not people.linked(people.here.actor("sari"))[0].active


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
        change_password(
            session,
            signed.actor,
            password_hash="x",
            right=True,
            keep=signed.session_id,
            now=NOW,
        )
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
