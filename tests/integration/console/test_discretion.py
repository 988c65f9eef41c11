"""A misconduct report, its words and its files exist for inspectors only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from integration.console.support import NOW, Desk
from wadul.core.actors import Actor
from wadul.core.dates import local_date
from wadul.core.states import AttachmentState, Category, MessageKind, TicketKind
from wadul.exceptions import InvalidInput, NotFound
from wadul.models import Attachment, AuditEntry, Conversation, InboundMessage, OutboundMessage
from wadul.queries.administration import list_audit
from wadul.queries.files import find_attachment
from wadul.queries.inbox import InboxFilter, list_conversations
from wadul.queries.thread import Thread, show_thread
from wadul.queries.thread_entries import Entry
from wadul.queries.ticket_detail import show_detail
from wadul.queries.ticket_table import TicketFilter, Which, list_page
from wadul.usecases.audit import verify
from wadul.usecases.operator_messages import send_text
from wadul.usecases.ticket_joining import Split, split_conversation
from wadul.usecases.ticket_work import add_fact, answer, note_refusal
from wadul.usecases.tickets import TicketDraft, TicketView, add_facts, file_ticket

pytestmark = pytest.mark.integration

TODAY = local_date(NOW, "Asia/Jakarta")
MINUTE = timedelta(minutes=1)


class Story:
    """A resident asks about a KK, tells of a bribe over two turns, and says thanks afterwards."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        first = desk.says("syarat kk apa saja", at=NOW)
        self.conversation_id = first.conversation_id
        desk.bot("Syarat KK: …", intent="consultation/requirements", at=NOW)
        told = desk.says(
            "saya dimintai uang 200rb oleh oknum", to=first.conversation_id, at=NOW + MINUTE
        )
        self.told = told.id
        self.photo = self._photo(told.id)
        desk.bot("Kapan kejadiannya?", intent="complaint/levy_gratification", at=NOW + MINUTE)
        day = desk.says("senin pagi", to=first.conversation_id, at=NOW + 2 * MINUTE)
        turn = desk.bot("Laporan kami terima.", intent="inform", at=NOW + 2 * MINUTE)
        with desk.database.transaction() as session:
            self.ticket: TicketView = file_ticket(
                session,
                desk.office,
                conversation_id=first.conversation_id,
                turn_id=turn.turn_id,
                draft=TicketDraft(
                    TicketKind.COMPLAINT, Category.LEVY_GRATIFICATION, [told.id, day.id]
                ),
                now=NOW + 3 * MINUTE,
            )
            session.add(
                OutboundMessage(
                    office_id=desk.office.id,
                    conversation_id=first.conversation_id,
                    author="system",
                    text=f"Laporan {self.ticket.number} sedang kami periksa.",
                    state="queued",
                    created_at=NOW + 4 * MINUTE,
                )
            )
        desk.says("terima kasih pak", to=first.conversation_id, at=NOW + 5 * MINUTE)
        desk.bot("Sama-sama.", intent="thanks", at=NOW + 5 * MINUTE)

    def _photo(self, message_id: UUID) -> UUID:
        row = Attachment(
            office_id=self.desk.office.id,
            id=uuid4(),
            message_id=message_id,
            conversation_id=self.conversation_id,
            position=0,
            kind=MessageKind.IMAGE,
            url="https://x",
            state=AttachmentState.STORED,
            content_type="image/jpeg",
            sha256="0" * 64,
            created_at=NOW,
        )
        with self.desk.database.transaction() as session:
            session.add(row)
        return row.id

    def thread(self, name: str) -> Thread:
        with self.desk.database.transaction() as session:
            return show_thread(session, self.desk.actor(name), self.conversation_id)

    def seen(self, name: str) -> list[str]:
        return [e.text for e in self.thread(name).entries if e.entry in (Entry.IN, Entry.OUT)]


@pytest.fixture
def story(desk: Desk) -> Story:
    return Story(desk)


def test_only_the_words_of_the_report_are_hidden(story: Story) -> None:
    hidden = ""
    assert story.seen("sari") == [
        "syarat kk apa saja", "Syarat KK: …", hidden, hidden, hidden, hidden, hidden,
        "terima kasih pak", "Sama-sama.",
    ]  # fmt: skip
    assert hidden not in story.seen("rina")
    assert story.thread("sari").tickets == ()
    assert [card.number for card in story.thread("rina").tickets] == [story.ticket.number]


def test_what_is_added_later_is_hidden_too(story: Story) -> None:
    desk = story.desk
    more = desk.says("namanya pak anu", to=story.conversation_id, at=NOW + 90 * MINUTE)
    turn = desk.bot("Sudah ditambahkan.", intent="ticket_add", at=NOW + 90 * MINUTE)
    assert "namanya pak anu" in story.seen("sari")
    with desk.database.transaction() as session:
        conversation = session.get_one(Conversation, (desk.office.id, story.conversation_id))
        add_facts(
            session,
            desk.office,
            contact_id=conversation.contact_id,
            number=story.ticket.number,
            turn_id=turn.turn_id,
            message_ids=[more.id],
            now=NOW + 90 * MINUTE,
        )
    assert "namanya pak anu" not in story.seen("sari")
    assert "Sudah ditambahkan." not in story.seen("sari")
    assert "namanya pak anu" in story.seen("rina")


def test_a_long_answer_is_hidden_to_its_last_piece(story: Story) -> None:
    desk = story.desk
    at = NOW + 90 * MINUTE
    with desk.database.transaction() as session:
        answer(
            session,
            desk.actor("rina"),
            desk.office,
            story.ticket.number,
            "Uangnya sudah dikembalikan. " * 120,
            version=1,
            now=at,
        )
    desk.sends(at)
    assert sum("dikembalikan" in text for text in story.seen("rina")) > 2
    assert not any("dikembalikan" in text or "buka lagi" in text for text in story.seen("sari"))


def test_a_quotation_tells_no_more_than_the_message(story: Story) -> None:
    """Also of one that is older than what is shown."""
    desk = story.desk
    reply = desk.says("sudah saya sebut", to=story.conversation_id, at=NOW + 90 * MINUTE)
    with desk.database.transaction() as session:
        asked = OutboundMessage.text == "Kapan kejadiannya?"
        session.execute(update(OutboundMessage).where(asked).values(external_id="SM1"))
        row = session.get_one(InboundMessage, (desk.office.id, reply.id))
        row.reply_to_external_id = "SM1"
    for name, quoted in (("sari", None), ("rina", "Kapan kejadiannya?")):
        with desk.database.transaction() as session:
            thread = show_thread(session, desk.actor(name), story.conversation_id, limit=1)
        assert [entry.quoted for entry in thread.entries] == [quoted]


def test_an_allegation_that_is_not_filed_yet_is_hidden_for_an_hour(desk: Desk) -> None:
    first = desk.says("petugasnya minta pelicin", at=NOW)
    desk.bot("Kapan?", intent="complaint/staff_conduct", at=NOW)
    desk.says("kemarin", to=first.conversation_id, at=NOW + 30 * MINUTE)
    desk.bot("Di mana?", intent="inform", at=NOW + 30 * MINUTE)
    desk.says("jam buka kantor?", to=first.conversation_id, at=NOW + 120 * MINUTE)
    desk.bot("Pukul 07.30.", intent="consultation/hours", at=NOW + 120 * MINUTE)
    with desk.database.transaction() as session:
        thread = show_thread(session, desk.actor("sari"), first.conversation_id)
    assert [e.text for e in thread.entries] == ["", "", "", "", "jam buka kantor?", "Pukul 07.30."]


@pytest.mark.parametrize("words", ["200rb", "senin pagi"])
def test_neither_search_nor_preview_tells_it(story: Story, words: str) -> None:
    desk = story.desk

    def found(name: str, wanted: InboxFilter) -> list[UUID]:
        with desk.database.transaction() as session:
            rows = list_conversations(session, desk.actor(name), wanted, today=TODAY)
            return [row.id for row in rows]

    assert found("sari", InboxFilter(text=words)) == []
    assert found("rina", InboxFilter(text=words)) == [story.conversation_id]
    assert found("sari", InboxFilter(text="terima kasih")) == [story.conversation_id]
    assert found("sari", InboxFilter(text=story.ticket.number)) == []


Attempt = Callable[[Session, Actor, Story], object]
ATTEMPTS: dict[str, Attempt] = {
    "page": lambda s, a, t: show_detail(s, a, t.ticket.number),
    "small letters": lambda s, a, t: show_detail(s, a, t.ticket.number.lower()),
    "photo": lambda s, a, t: find_attachment(s, a, t.photo),
    "answer": lambda s, a, t: answer(s, a, t.desk.office, t.ticket.number, "x", version=1, now=NOW),
    "quoted words": lambda s, a, t: send_text(
        s, a, t.desk.office, t.conversation_id, "x", request_id=uuid4(), now=NOW, reply_to=t.told
    ),
    "fact": lambda s, a, t: add_fact(s, a, t.ticket.number, "x", version=1, now=NOW),
}


@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS.keys())
@pytest.mark.parametrize("name", ["sari", "ningsih", "admin"])
def test_it_does_not_exist_for_others(story: Story, attempt: Attempt, name: str) -> None:
    with story.desk.database.transaction() as session, pytest.raises(NotFound):
        attempt(session, story.desk.actor(name), story)
    with story.desk.database.transaction() as session:
        page = list_page(session, story.desk.actor(name), TicketFilter(Which.ALL), today=TODAY)
        assert page.rows == []


@pytest.mark.parametrize("name", ["sari", "rina"])
def test_no_ticket_is_made_of_what_is_hidden(story: Story, name: str) -> None:
    desk = story.desk
    road = desk.says("jalan juga rusak", to=story.conversation_id, at=NOW + 6 * MINUTE)

    def split(*messages: UUID) -> TicketView:
        wanted = Split(TicketKind.COMPLAINT, Category.ROADS_IRRIGATION_DRAINAGE, messages)
        with desk.database.transaction() as session:
            return split_conversation(
                session,
                desk.actor(name),
                desk.office,
                story.conversation_id,
                wanted,
                request_id=uuid4(),
                now=NOW + 7 * MINUTE,
            )

    if name == "rina":
        assert split(story.told).description == "saya dimintai uang 200rb oleh oknum"
        return
    assert split(story.told, road.id).description == "jalan juga rusak"
    with pytest.raises(InvalidInput):
        split(story.told)
    with pytest.raises(InvalidInput):
        split(uuid4())


@pytest.mark.parametrize("attempt", [ATTEMPTS["page"], ATTEMPTS["photo"]])
def test_inspectors_of_another_office_find_nothing(story: Story, attempt: Attempt) -> None:
    stranger = replace(story.desk.actor("rina"), office_id="lohbener")
    with story.desk.database.transaction() as session, pytest.raises(NotFound):
        attempt(session, stranger, story)
    with story.desk.database.transaction() as session, pytest.raises(NotFound):
        show_thread(session, stranger, story.conversation_id)
    with story.desk.database.transaction() as session:
        assert attempt(session, story.desk.actor("rina"), story)


def test_the_audit_log_names_it_to_inspectors_only(story: Story) -> None:
    desk, number = story.desk, story.ticket.number
    with desk.database.transaction() as session:
        note_refusal(session, desk.actor("sari"), f"laporan {number.lower()}", now=NOW)
        answer(session, desk.actor("rina"), desk.office, number, "x", version=1, now=NOW)
        note_refusal(session, desk.actor("sari"), "laporan JTB-261124-0000", now=NOW)

    def read(name: str) -> list[tuple[str, str]]:
        with desk.database.transaction() as session:
            return [(row.action, row.subject) for row in list_audit(session, desk.actor(name))]

    told = [("refused", "laporan JTB-261124-0000"), ("ticket_answered", number)]
    assert read("rina") == [*told, ("refused", f"laporan {number.lower()}")]
    masked = [told[0], ("ticket_answered", ""), ("refused", "")]
    assert read("ningsih") == read("admin") == masked
    with desk.database.transaction() as session:
        assert verify(session) == (3, [])


def test_a_refusal_is_logged(story: Story) -> None:
    with story.desk.database.transaction() as session:
        note_refusal(session, story.desk.actor("sari"), f"laporan {story.ticket.number}", now=NOW)
    with story.desk.database.transaction() as session:
        (entry,) = session.scalars(select(AuditEntry)).all()
        assert (entry.actor, entry.action) == ("sari", "refused")
        assert entry.subject == f"laporan {story.ticket.number}"
