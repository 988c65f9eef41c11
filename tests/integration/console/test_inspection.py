"""What happens while an inspector holds a conversation with a misconduct report is theirs alone."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from integration.console.support import NOW, Desk
from wadul.core.dates import local_date
from wadul.core.states import Category, TicketKind
from wadul.exceptions import NotFound
from wadul.models import InboundMessage
from wadul.queries.files import find_sent_file
from wadul.queries.inbox import InboxFilter, list_conversations
from wadul.queries.reference import list_notices
from wadul.queries.thread import show_thread
from wadul.queries.thread_news import follow_thread
from wadul.usecases.conversation_notes import add_note
from wadul.usecases.operator_messages import send_text
from wadul.usecases.operators import LEASE, expire_leases, hand_back, return_to_queue, take_over
from wadul.usecases.outgoing_files import keep_file
from wadul.usecases.ticket_joining import Split, split_conversation

pytestmark = pytest.mark.integration

TODAY = local_date(NOW, "Asia/Jakarta")
MINUTE = timedelta(minutes=1)
HIDDEN = ""


class Inspection:
    """Rina, an inspector, has a conversation; minutes count from the resident's first words."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.conversation_id = desk.says("halo", at=NOW).conversation_id
        desk.bot("Halo, Bapak/Ibu.", at=NOW)

    def files(self, said: InboundMessage, minute: int) -> None:
        """Makes a misconduct report of a message, as an inspector may."""
        split = Split(TicketKind.COMPLAINT, Category.LEVY_GRATIFICATION, [said.id])
        with self.desk.database.transaction() as session:
            split_conversation(
                session,
                self.desk.actor("rina"),
                self.desk.office,
                self.conversation_id,
                split,
                request_id=uuid4(),
                now=NOW + minute * MINUTE,
            )

    def takes(self, name: str, minute: int, *, from_colleague: bool = False) -> None:
        with self.desk.database.transaction() as session:
            take_over(
                session,
                self.desk.actor(name),
                self.conversation_id,
                now=NOW + minute * MINUTE,
                from_colleague=from_colleague,
            )

    def lets_go(self, name: str, minute: int, note: str = "") -> None:
        with self.desk.database.transaction() as session:
            hand_back(
                session,
                self.desk.actor(name),
                self.conversation_id,
                note=note,
                now=NOW + minute * MINUTE,
            )

    def writes(self, name: str, text: str, minute: int, *, file_token: str | None = None) -> None:
        with self.desk.database.transaction() as session:
            send_text(
                session,
                self.desk.actor(name),
                self.desk.office,
                self.conversation_id,
                text,
                request_id=uuid4(),
                file_token=file_token,
                now=NOW + minute * MINUTE,
            )

    def notes(self, name: str, text: str, minute: int) -> list[str]:
        with self.desk.database.transaction() as session:
            return add_note(
                session,
                self.desk.actor(name),
                self.conversation_id,
                text,
                now=NOW + minute * MINUTE,
            )

    def says(self, text: str, minute: int) -> InboundMessage:
        return self.desk.says(text, to=self.conversation_id, at=NOW + minute * MINUTE)

    def seen(self, name: str) -> list[str]:
        """What stands in the thread; where people took over or let go, an empty text."""
        with self.desk.database.transaction() as session:
            thread = show_thread(session, self.desk.actor(name), self.conversation_id)
        return [entry.text for entry in thread.entries]

    def preview(self, name: str) -> tuple[str, bool]:
        with self.desk.database.transaction() as session:
            (row,) = list_conversations(session, self.desk.actor(name), InboxFilter(), today=TODAY)
        assert row.preview
        return row.preview.text, row.preview.hidden

    def found(self, name: str, text: str) -> bool:
        with self.desk.database.transaction() as session:
            return bool(
                list_conversations(
                    session, self.desk.actor(name), InboxFilter(text=text), today=TODAY
                )
            )


@pytest.fixture
def inspection(desk: Desk) -> Inspection:
    """The report is filed; an hour later Rina asks about it."""
    inspection = Inspection(desk)
    inspection.files(inspection.says("saya dimintai uang", 5), 6)
    inspection.takes("rina", 60)
    inspection.writes("rina", "Siapa namanya?", 61)
    return inspection


def test_questions_and_replies_are_hidden(inspection: Inspection) -> None:
    inspection.says("pak anu namanya", 62)
    inspection.notes("rina", "periksa pak anu", 63)
    secret = {"Siapa namanya?", "pak anu namanya", "periksa pak anu"}
    assert secret <= set(inspection.seen("rina"))
    for name in ("sari", "ningsih", "admin"):
        assert not secret & set(inspection.seen(name))
    assert inspection.preview("rina") == ("pak anu namanya", False)
    assert inspection.preview("sari") == ("", True)
    assert (inspection.found("rina", "anu"), inspection.found("sari", "anu")) == (True, False)


def test_a_thread_that_is_open_learns_no_more(inspection: Inspection) -> None:
    desk, seen = inspection.desk, {}
    for name in ("sari", "rina"):
        with desk.database.transaction() as session:
            seen[name] = follow_thread(session, desk.actor(name), inspection.conversation_id)
    inspection.says("pak anu namanya", 62)
    for name, last in (("sari", HIDDEN), ("rina", "pak anu namanya")):
        with desk.database.transaction() as session:
            known = seen[name]
            news = follow_thread(session, desk.actor(name), inspection.conversation_id, known)
        assert news.thread.entries[-1].text == last


@pytest.mark.parametrize("how", ["hand back", "queue", "expiry", "colleague"])
def test_what_follows_is_seen_again(inspection: Inspection, how: str) -> None:
    desk, at = inspection.desk, NOW + 70 * MINUTE
    if how == "hand back":
        inspection.lets_go("rina", 70, "tanya lagi soal pak anu besok")
    elif how == "colleague":
        inspection.takes("ningsih", 70, from_colleague=True)
    else:
        with desk.database.transaction() as session:
            if how == "queue":
                return_to_queue(session, desk.actor("rina"), inspection.conversation_id, now=at)
            else:
                expire_leases(session, now=at + LEASE)
    inspection.says("jam buka kantor?", 100)
    assert "jam buka kantor?" in inspection.seen("sari")
    assert "Siapa namanya?" not in inspection.seen("sari")
    assert not any("pak anu" in text for text in inspection.seen("sari"))
    assert how != "hand back" or "tanya lagi soal pak anu besok" in inspection.seen("rina")


def test_a_file_that_was_sent_is_hidden(inspection: Inspection) -> None:
    desk = inspection.desk
    with desk.database.transaction() as session:
        file = keep_file(
            session,
            desk.actor("rina"),
            name="pak anu.jpg",
            content_type="image/jpeg",
            sha256="0" * 64,
            size=1,
            now=NOW,
        )
    inspection.writes("rina", "Ini orangnya?", 63, file_token=file.token)
    for name, names in (("sari", []), ("rina", ["pak anu.jpg"])):
        with desk.database.transaction() as session:
            thread = show_thread(session, desk.actor(name), inspection.conversation_id)
        assert [one.name for entry in thread.entries for one in entry.files] == names
    with desk.database.transaction() as session:
        assert find_sent_file(session, desk.actor("rina"), file.id)
        with pytest.raises(NotFound):
            find_sent_file(session, desk.actor("sari"), file.id)


def test_a_hold_before_the_report_had_another_matter(desk: Desk) -> None:
    inspection = Inspection(desk)
    inspection.takes("rina", 1)
    inspection.writes("rina", "KK selesai besok.", 2)
    inspection.lets_go("rina", 3)
    inspection.files(inspection.says("saya dimintai uang", 5), 6)
    assert "KK selesai besok." in inspection.seen("sari")


def test_without_a_report_nothing_is_hidden(desk: Desk) -> None:
    inspection = Inspection(desk)
    inspection.takes("rina", 1)
    inspection.writes("rina", "KK selesai besok.", 2)
    assert "KK selesai besok." in inspection.seen("sari")


def test_a_report_made_during_the_hold_hides_all_of_it(desk: Desk) -> None:
    inspection = Inspection(desk)
    inspection.takes("rina", 1)
    inspection.writes("rina", "Ada apa, Pak?", 2)
    inspection.notes("rina", "@sari kemarin bilang apa?", 3)
    inspection.files(inspection.says("saya dimintai uang", 5), 6)
    assert "Ada apa, Pak?" not in inspection.seen("sari")
    assert mentions(desk, "sari") == []


def test_only_inspectors_are_told_of_a_note(inspection: Inspection) -> None:
    assert inspection.notes("rina", "@sari @rina besok diperiksa", 63) == ["rina"]
    assert mentions(inspection.desk, "sari") == []
    inspection.lets_go("rina", 70)
    assert inspection.notes("rina", "@sari tolong jawab soal KK", 71) == ["sari"]
    assert mentions(inspection.desk, "sari") == ["Rina: @sari tolong jawab soal KK"]


def mentions(desk: Desk, name: str) -> list[str]:
    with desk.database.transaction() as session:
        return [notice.text for notice in list_notices(session, desk.actor(name))]
