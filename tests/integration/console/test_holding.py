"""Bot -> queue -> operator -> bot: owner, lease, and what happens to words on their way."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from integration.console.support import NOW, Desk
from wadul.core.states import Author, DeliveryState, HandledBy, HandOffReason, InboundState
from wadul.exceptions import Conflict, InvalidInput, NotFound, NotPermitted
from wadul.models import (
    Conversation,
    ConversationNote,
    HandOff,
    InboundMessage,
    Notice,
    OutboundMessage,
)
from wadul.queries.inbox import InboxFilter, Tab, count_crowd, list_conversations
from wadul.queries.thread import show_thread
from wadul.usecases.conversation_notes import add_note, mark_read
from wadul.usecases.hand_offs import request_hand_off, unknown_matter
from wadul.usecases.operator_messages import WindowShut, send_text, try_again
from wadul.usecases.operators import (
    LEASE,
    HeldByColleague,
    change_duty,
    expire_leases,
    hand_back,
    prolong_leases,
    return_to_queue,
    take_over,
)

pytestmark = pytest.mark.integration

TODAY = NOW.date()


def outgoing(desk: Desk, conversation_id: UUID) -> list[OutboundMessage]:
    with desk.database.transaction() as session:
        return list(
            session.scalars(
                select(OutboundMessage)
                .where(OutboundMessage.conversation_id == conversation_id)
                .order_by(OutboundMessage.id)
            )
        )


def queued(desk: Desk) -> UUID:
    """A conversation in the queue."""
    desk.says("mau bicara sama petugas")
    turn = desk.bot("Baik, Bapak/Ibu di urutan 1.", intent="human_request")
    with desk.database.transaction() as session:
        change_duty(session, desk.actor("sari"), True, now=NOW)
        request_hand_off(
            session,
            desk.office,
            conversation_id=turn.conversation_id,
            turn_id=turn.turn_id,
            reason=HandOffReason.ASKED,
            draft=unknown_matter(turn.message_ids),
            now=NOW,
        )
    assert desk.conversation(turn.conversation_id).handled_by is HandledBy.QUEUE
    return turn.conversation_id


def test_taking_over_withdraws_what_the_bot_had_not_sent(desk: Desk) -> None:
    conversation_id = desk.says("syarat kk?").conversation_id
    desk.bot("Syaratnya KK lama.")
    with desk.database.transaction() as session:
        take_over(session, desk.actor("sari"), conversation_id, now=NOW)
    (message,) = outgoing(desk, conversation_id)
    assert message.state is DeliveryState.CANCELLED
    held = desk.conversation(conversation_id)
    assert (held.handled_by, held.owner_id) == (HandledBy.OPERATOR, desk.actor("sari").user_id)
    with desk.database.transaction() as session:
        try_again(session, desk.actor("sari"), message.id, now=NOW)
    assert outgoing(desk, conversation_id)[0].state is DeliveryState.QUEUED


def test_new_messages_are_the_operators(desk: Desk) -> None:
    conversation_id = desk.says("halo").conversation_id
    with desk.database.transaction() as session:
        take_over(session, desk.actor("sari"), conversation_id, now=NOW)
    message = desk.says("masih ada?", to=conversation_id)
    with desk.database.transaction() as session:
        row = session.get_one(InboundMessage, (desk.office.id, message.id))
        assert row.state is InboundState.FOR_OPERATOR


def test_a_colleague_is_told_who_holds_it(desk: Desk) -> None:
    conversation_id = queued(desk)
    with desk.database.transaction() as session:
        take_over(session, desk.actor("sari"), conversation_id, now=NOW)
    dedi = desk.actor("dedi")
    for act in (
        lambda s: take_over(s, dedi, conversation_id, now=NOW),
        lambda s: send_text(
            s, dedi, desk.office, conversation_id, "halo", request_id=uuid4(), now=NOW
        ),
        lambda s: hand_back(s, dedi, conversation_id, note="", now=NOW),
    ):
        with desk.database.transaction() as session, pytest.raises(HeldByColleague) as told:
            act(session)
        assert told.value.colleague == "Sari"
    with desk.database.transaction() as session, pytest.raises(NotPermitted):
        take_over(session, dedi, conversation_id, now=NOW, from_colleague=True)
    with desk.database.transaction() as session:
        take_over(session, desk.actor("ningsih"), conversation_id, now=NOW, from_colleague=True)
    assert desk.conversation(conversation_id).owner_id == desk.actor("ningsih").user_id
    assert not [m for m in outgoing(desk, conversation_id) if m.author is Author.OPERATOR]


def test_a_reply_takes_the_conversation_over_and_is_sent_once(desk: Desk) -> None:
    conversation_id = queued(desk)
    request_id = uuid4()
    for _ in range(2):
        with desk.database.transaction() as session:
            send_text(
                session,
                desk.actor("sari"),
                desk.office,
                conversation_id,
                "  Selamat pagi, Bu.  ",
                request_id=request_id,
                now=NOW,
            )
    sent = [m for m in outgoing(desk, conversation_id) if m.author is Author.OPERATOR]
    assert [m.text for m in sent] == ["Selamat pagi, Bu."]
    assert desk.conversation(conversation_id).owner_id == desk.actor("sari").user_id


def test_a_long_reply_is_split_in_order(desk: Desk) -> None:
    conversation_id = queued(desk)
    text = " ".join(f"Kalimat nomor {n} yang cukup panjang." for n in range(120))
    with desk.database.transaction() as session:
        send_text(
            session,
            desk.actor("sari"),
            desk.office,
            conversation_id,
            text,
            request_id=uuid4(),
            now=NOW,
        )
    parts = [m.text for m in outgoing(desk, conversation_id) if m.author is Author.OPERATOR]
    assert len(parts) > 1
    assert all(len(part) <= 1600 for part in parts)
    assert " ".join(parts).split() == text.split()


def test_a_reply_to_one_message_quotes_it(desk: Desk) -> None:
    message = desk.says("kk saya\nhilang")
    with desk.database.transaction() as session:
        send_text(
            session,
            desk.actor("sari"),
            desk.office,
            message.conversation_id,
            "Bisa diurus di loket.",
            request_id=uuid4(),
            reply_to=message.id,
            now=NOW,
        )
    assert outgoing(desk, message.conversation_id)[-1].text == (
        "> kk saya hilang\nBisa diurus di loket."
    )


def test_the_bot_knows_what_a_person_helped_with(desk: Desk) -> None:
    conversation_id = queued(desk)
    with desk.database.transaction() as session:
        take_over(session, desk.actor("sari"), conversation_id, now=NOW)
    later = NOW + timedelta(minutes=5)
    with desk.database.transaction() as session:
        hand_back(
            session, desk.actor("sari"), conversation_id, note="sudah dibantu soal KK", now=later
        )
    with desk.database.transaction() as session:
        hand_off = session.scalars(select(HandOff)).one()
        assert (hand_off.taken_at, hand_off.returned_at) == (NOW, later)
        assert hand_off.note == "sudah dibantu soal KK"
    conversation = desk.conversation(conversation_id)
    assert (conversation.handled_by, conversation.owner_id) == (HandledBy.BOT, None)
    desk.says("terima kasih", to=conversation_id, at=later)
    turn = desk.bot("Sama-sama.", at=later)
    assert turn.handed_back == "sudah dibantu soal KK"
    said = outgoing(desk, conversation_id)[-1]
    assert said.text == "Tadi petugas kami sudah membantu Bapak/Ibu soal KK.\n\nSama-sama."
    assert said.state is DeliveryState.QUEUED
    desk.says("kalau akta?", to=conversation_id, at=later)
    turn = desk.bot("Syarat akta: …", at=later)
    assert turn.handed_back is None
    assert outgoing(desk, conversation_id)[-1].text == "Syarat akta: …"
    with desk.database.transaction() as session, pytest.raises(Conflict):
        hand_back(session, desk.actor("sari"), conversation_id, note="", now=later)


def test_a_hold_without_a_sign_of_life_falls_back_into_the_queue(desk: Desk) -> None:
    conversation_id = queued(desk)
    with desk.database.transaction() as session:
        take_over(session, desk.actor("sari"), conversation_id, now=NOW)
    almost = NOW + LEASE - timedelta(seconds=1)
    with desk.database.transaction() as session:
        assert expire_leases(session, now=almost) == 0
        prolong_leases(session, desk.actor("sari"), now=almost)
        prolong_leases(session, desk.actor("dedi"), now=NOW + LEASE)  # who holds nothing
    with desk.database.transaction() as session:
        assert expire_leases(session, now=NOW + LEASE) == 0
    with desk.database.transaction() as session:
        assert expire_leases(session, now=almost + LEASE) == 1
        assert expire_leases(session, now=almost + LEASE) == 0
    conversation = desk.conversation(conversation_id)
    assert conversation.handled_by is HandledBy.QUEUE
    assert conversation.handled_since == NOW, "as long as the resident has waited"
    with desk.database.transaction() as session:
        told = session.scalars(select(Notice.user_id)).all()
    assert set(told) == {desk.actor("ningsih").user_id, desk.actor("admin").user_id}


def test_returning_to_the_queue_keeps_the_place(desk: Desk) -> None:
    conversation_id = queued(desk)
    later = NOW + timedelta(minutes=9)
    with desk.database.transaction() as session:
        take_over(session, desk.actor("sari"), conversation_id, now=later)
        return_to_queue(session, desk.actor("sari"), conversation_id, now=later)
    assert desk.conversation(conversation_id).handled_since == NOW


def test_with_the_window_closed_words_are_held_or_refused(desk: Desk) -> None:
    conversation_id = queued(desk)
    tomorrow = NOW + timedelta(hours=25)
    sari = desk.actor("sari")
    with desk.database.transaction() as session:  # no template is approved yet: held by the outbox
        send_text(
            session, sari, desk.office, conversation_id, "a", request_id=uuid4(), now=tomorrow
        )
    approved = desk.with_approved_templates()
    with desk.database.transaction() as session, pytest.raises(WindowShut):
        send_text(session, sari, approved, conversation_id, "b", request_id=uuid4(), now=tomorrow)
    assert [m.text for m in outgoing(desk, conversation_id)][-1] == "a"


def test_notes_name_colleagues_and_never_leave_the_house(desk: Desk) -> None:
    conversation_id = queued(desk)
    with desk.database.transaction() as session:
        named = add_note(
            session,
            desk.actor("sari"),
            conversation_id,
            "tolong @dedi. cek, e-mail a@ningsih.id bukan sebutan",
            now=NOW,
        )
    assert named == ["dedi"]
    with desk.database.transaction() as session:
        (notice,) = session.scalars(select(Notice)).all()
        assert notice.user_id == desk.actor("dedi").user_id
    assert not [m for m in outgoing(desk, conversation_id) if "tolong" in m.text]


def test_a_note_that_the_browser_sends_again_is_one_note(desk: Desk) -> None:
    conversation_id = queued(desk)
    soon, later = NOW + timedelta(minutes=1), NOW + timedelta(hours=2)
    kept = []
    for who, text, at in (
        ("sari", "@dedi sudah ditelepon", NOW),
        ("sari", "@dedi sudah ditelepon ", soon),
        ("ningsih", "@dedi sudah ditelepon", soon),
        ("sari", "tidak diangkat", soon),
        ("sari", "tidak diangkat", later),
    ):
        with desk.database.transaction() as session:
            add_note(session, desk.actor(who), conversation_id, text, now=at)
            kept.append(session.scalar(select(func.count(ConversationNote.id))))
    assert kept == [1, 1, 2, 3, 4]
    with desk.database.transaction() as session:
        assert session.scalar(select(func.count(Notice.id))) == 2, "dedi is told once of each"


@pytest.mark.parametrize("text", ["", "  \n ", "\x00"])
def test_nothing_is_not_sent(desk: Desk, text: str) -> None:
    conversation_id = queued(desk)
    with desk.database.transaction() as session, pytest.raises(InvalidInput):
        send_text(
            session,
            desk.actor("sari"),
            desk.office,
            conversation_id,
            text,
            request_id=uuid4(),
            now=NOW,
        )


def test_a_trainer_reads_nothing(desk: Desk) -> None:
    conversation_id = queued(desk)
    trainer = desk.actor("pelatih")
    for ask in (
        lambda s: list_conversations(s, trainer, InboxFilter(), today=TODAY),
        lambda s: show_thread(s, trainer, conversation_id),
        lambda s: take_over(s, trainer, conversation_id, now=NOW),
        lambda s: add_note(s, trainer, conversation_id, "x", now=NOW),
        lambda s: change_duty(s, trainer, True, now=NOW),
    ):
        with desk.database.transaction() as session, pytest.raises(NotPermitted):
            ask(session)


def test_another_offices_conversation_does_not_exist(desk: Desk) -> None:
    conversation_id = queued(desk)
    sari = desk.actor("sari")
    stranger = type(sari)(sari.user_id, "lain", sari.name, sari.full_name, sari.role)
    for ask in (
        lambda s: show_thread(s, stranger, conversation_id),
        lambda s: take_over(s, stranger, conversation_id, now=NOW),
    ):
        with desk.database.transaction() as session, pytest.raises(NotFound):
            ask(session)
    with desk.database.transaction() as session:
        assert list_conversations(session, stranger, InboxFilter(), today=TODAY) == []


def test_the_tabs_hold_what_their_names_say(desk: Desk) -> None:
    waiting = queued(desk)
    mine = desk.says("halo").conversation_id
    answered = desk.says("pagi").conversation_id
    with desk.database.transaction() as session:
        take_over(session, desk.actor("sari"), mine, now=NOW)
        send_text(
            session,
            desk.actor("dedi"),
            desk.office,
            answered,
            "Ya?",
            request_id=uuid4(),
            now=NOW + timedelta(seconds=1),
        )

    def ids(tab: Tab, name: str = "sari") -> set[UUID]:
        with desk.database.transaction() as session:
            rows = list_conversations(session, desk.actor(name), InboxFilter(tab=tab), today=TODAY)
            return {row.id for row in rows}

    assert ids(Tab.MINE) == {mine}
    assert ids(Tab.MINE, "dedi") == {answered}
    assert ids(Tab.QUEUE) == {waiting}
    assert ids(Tab.WAITING) == {waiting, mine}
    assert ids(Tab.ALL) == {waiting, mine, answered}


def test_unread_counts_per_person(desk: Desk) -> None:
    conversation_id = queued(desk)
    sari, dedi = desk.actor("sari"), desk.actor("dedi")
    desk.says("halo?", to=conversation_id)

    def unread(name: str) -> list[int]:
        with desk.database.transaction() as session:
            rows = list_conversations(
                session, desk.actor(name), InboxFilter(tab=Tab.QUEUE), today=TODAY
            )
            return [row.unread for row in rows]

    assert unread("sari") == unread("dedi") == [2]
    with desk.database.transaction() as session:
        mark_read(session, sari, conversation_id)
    assert (unread("sari"), unread("dedi")) == ([0], [2])
    desk.says("pak?", to=conversation_id)
    assert (unread("sari"), unread("dedi")) == ([1], [3])
    with desk.database.transaction() as session:
        assert count_crowd(session, dedi.office_id).queue == 1


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("petugas", True),
        ("PETUGAS bicara", True),
        ("casmini", True),
        ("0812 0000 0001", True),
        ("petugas kelurahan", False),
        ("100%", False),
        ("'; drop table users; --", False),
        ("%", False),
    ],
)
def test_searching(desk: Desk, text: str, found: bool) -> None:
    conversation_id = queued(desk)
    with desk.database.transaction() as session:
        rows = list_conversations(session, desk.actor("sari"), InboxFilter(text=text), today=TODAY)
    assert [row.id for row in rows] == ([conversation_id] if found else [])


def test_a_conversation_row_says_what_was_said_last(desk: Desk) -> None:
    conversation_id = desk.says("halo").conversation_id
    desk.bot("Selamat pagi.", at=NOW + timedelta(seconds=1))
    with desk.database.transaction() as session:
        (row,) = list_conversations(session, desk.actor("sari"), InboxFilter(), today=TODAY)
        assert row.preview is not None
        assert (row.preview.text, row.preview.author) == ("Selamat pagi.", Author.BOT)
        assert session.get_one(Conversation, (desk.office.id, conversation_id)).id == row.id
