"""The shared board tells each person the same as their own question would, after every change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, select

from integration.console.support import NOW, Desk
from wadul.core.states import Category, DeliveryState, HandOffReason, TicketKind
from wadul.core.waiting import pace
from wadul.models import OutboundMessage
from wadul.queries.board import Board, BoardKeeper
from wadul.queries.inbox import InboxFilter, Tab, list_conversations, recent_takings
from wadul.queries.inbox_rows import InboxRow
from wadul.usecases.conversation_notes import mark_read
from wadul.usecases.hand_offs import request_hand_off, unknown_matter
from wadul.usecases.operator_messages import send_text
from wadul.usecases.operators import hand_back, return_to_queue, take_over
from wadul.usecases.ticket_joining import Split, split_conversation
from wadul.usecases.users import set_duty

pytestmark = pytest.mark.integration

LATER = NOW + timedelta(seconds=5)


def asked(desk: Desk, who: str, tab: Tab) -> list[InboxRow]:
    with desk.database.transaction() as session:
        wanted = InboxFilter(tab=tab)
        return list_conversations(session, desk.actor(who), wanted, today=NOW.date())


def on_the_board(desk: Desk, keeper: BoardKeeper) -> Board:
    with desk.database.transaction() as session:
        return keeper.ask(session, desk.office.id)


def test_it_follows_every_change(desk: Desk) -> None:
    keeper = BoardKeeper(sees_supervisory=False)
    sari, first = desk.actor("sari"), desk.says("halo")
    second = desk.says("pak, mau tanya").conversation_id

    def do(use_case: Callable[..., object], *args: object, **keywords: object) -> None:
        with desk.database.transaction() as session:
            use_case(session, sari, *args, **keywords)

    def files(*, anonymous: bool) -> None:
        ticket = Split(TicketKind.COMPLAINT, Category.OTHER, [first.id], anonymous=anonymous)
        do(split_conversation, desk.office, held, ticket, request_id=uuid4(), now=NOW)

    def reply(to: UUID) -> None:
        do(send_text, desk.office, to, "Ada yang bisa dibantu?", request_id=uuid4(), now=LATER)

    def delivery(state: DeliveryState) -> None:
        with desk.database.transaction() as session:
            for sent in session.scalars(select(OutboundMessage).filter_by(conversation_id=held)):
                sent.state = state

    held = first.conversation_id
    steps: list[Callable[[], object]] = [
        lambda: do(take_over, held, now=NOW),
        lambda: desk.says("masih ada?", to=held, at=LATER),
        lambda: do(mark_read, held),
        lambda: reply(second),
        lambda: reply(held),
        lambda: delivery(DeliveryState.FAILED),
        lambda: delivery(DeliveryState.DELIVERED),
        lambda: files(anonymous=False),
        lambda: files(anonymous=True),
        lambda: do(return_to_queue, second, now=LATER),
        lambda: do(hand_back, held, note="", now=LATER),
    ]
    for number, step in enumerate(steps):
        step()
        board = on_the_board(desk, keeper)
        assert board.mine(sari.user_id) == asked(desk, "sari", Tab.MINE), number
        waiting = {row.id for row in board.queue}
        assert waiting == {row.id for row in asked(desk, "sari", Tab.QUEUE)}, number
    assert board.held == {}


def test_what_did_not_change_is_not_asked_for_again(desk: Desk) -> None:
    keeper = BoardKeeper(sees_supervisory=False)
    for _ in range(3):
        conversation_id = desk.says("halo").conversation_id
        with desk.database.transaction() as session:
            take_over(session, desk.actor("sari"), conversation_id, now=NOW)
    on_the_board(desk, keeper)
    statements: list[str] = []
    event.listen(
        desk.database.engine,
        "before_cursor_execute",
        lambda _c, _cursor, statement, *_: statements.append(statement),
    )
    assert len(on_the_board(desk, keeper).mine(desk.actor("sari").user_id)) == 3
    assert len([text for text in statements if text.startswith("SELECT")]) == 1


def test_words_of_a_misconduct_report_are_on_the_inspectors_board_only(desk: Desk) -> None:
    conversation_id = desk.says("saya dimintai uang oknum").conversation_id
    desk.bot("Kapan kejadiannya?", intent="complaint/levy_gratification")
    with desk.database.transaction() as session:
        take_over(session, desk.actor("sari"), conversation_id, now=LATER)
    owner = desk.actor("sari").user_id
    for sees, words in ((False, ""), (True, "Kapan kejadiannya?")):
        board = on_the_board(desk, BoardKeeper(sees_supervisory=sees))
        (row,) = board.mine(owner)
        assert row.preview is not None
        assert (row.preview.text, row.preview.hidden) == (words, not sees)


def test_what_comes_in_afterwards_is_told_as_if_all_was_asked_anew(desk: Desk) -> None:
    held = [desk.says("saya dimintai uang oknum").conversation_id]
    desk.bot("Kapan kejadiannya?", intent="complaint/levy_gratification")
    held.append(desk.says("halo").conversation_id)
    with desk.database.transaction() as session:
        for conversation_id in held:
            take_over(session, desk.actor("sari"), conversation_id, now=LATER)
    owner, keepers = (
        desk.actor("sari").user_id,
        [BoardKeeper(sees_supervisory=s) for s in (False, True)],
    )
    for minute in range(3):
        for keeper in keepers:
            known = on_the_board(desk, keeper).mine(owner)
            anew = BoardKeeper(sees_supervisory=keeper is keepers[1])
            assert known == on_the_board(desk, anew).mine(owner), minute
            assert {row.unread for row in known} == {minute + 1}
        for conversation_id in held:
            at = LATER + timedelta(minutes=minute)
            desk.says(f"kemarin sore, {minute}", to=conversation_id, at=at)


def test_news_are_of_ones_own_and_of_the_queue(desk: Desk) -> None:
    for name in ("sari", "dedi"):
        conversation_id = desk.says(f"untuk {name}", at=LATER).conversation_id
        with desk.database.transaction() as session:
            take_over(session, desk.actor(name), conversation_id, now=LATER)
    board = on_the_board(desk, BoardKeeper(sees_supervisory=False))
    sari, dedi = desk.actor("sari").user_id, desk.actor("dedi").user_id
    news = board.news(sari, NOW)
    assert news is not None
    assert news.id == board.mine(sari)[0].id != board.mine(dedi)[0].id
    assert board.news(sari, LATER) is None
    assert board.news(desk.actor("ningsih").user_id, NOW) is None


def test_places_are_those_that_the_bot_tells(desk: Desk) -> None:
    """In the order in which residents were queued, whoever wrote last."""
    keeper = BoardKeeper(sees_supervisory=False)
    queued = []
    for number in range(3):
        message = desk.says(f"mau bicara sama petugas {number}")
        turn = desk.bot("Baik.", intent="human_request")
        with desk.database.transaction() as session:
            set_duty(session, desk.office.id, desk.actor("sari").user_id, True)
            told = request_hand_off(
                session,
                desk.office,
                conversation_id=message.conversation_id,
                turn_id=turn.turn_id,
                reason=HandOffReason.ASKED,
                draft=unknown_matter(turn.message_ids),
                now=NOW + timedelta(minutes=number),
            )
        queued.append(message.conversation_id)
        assert on_the_board(desk, keeper).places()[message.conversation_id] == told.position
    desk.says("masih lama?", to=queued[0], at=NOW + timedelta(minutes=9))
    assert on_the_board(desk, keeper).places() == {queued[0]: 1, queued[1]: 2, queued[2]: 3}
    with desk.database.transaction() as session:
        take_over(session, desk.actor("sari"), queued[0], now=NOW + timedelta(minutes=10))
    assert on_the_board(desk, keeper).places() == {queued[1]: 1, queued[2]: 2}
    with desk.database.transaction() as session:
        hand_back(session, desk.actor("sari"), queued[0], note="", now=NOW + timedelta(minutes=12))
        take_over(session, desk.actor("dedi"), queued[1], now=NOW + timedelta(minutes=13))
        take_over(session, desk.actor("ningsih"), queued[2], now=NOW + timedelta(minutes=15))
        take_over(session, desk.actor("dedi"), queued[0], now=NOW + timedelta(minutes=16))
        takings = recent_takings(session, desk.office.id)
    assert [(t.queued_at - NOW, t.taken_at - NOW) for t in takings] == [
        (timedelta(minutes=2), timedelta(minutes=15)),
        (timedelta(minutes=1), timedelta(minutes=13)),
        (timedelta(0), timedelta(minutes=10)),
    ], "those whom the bot handed over, not what an operator took by themselves"
    assert pace(takings) == timedelta(minutes=3)
