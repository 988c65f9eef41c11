"""What operators do with tickets, on both databases: each move, its trail, and who comes second."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from integration.console.support import NOW, Desk
from wadul.core.states import Category, TicketEventType, TicketKind, TicketStatus
from wadul.exceptions import InvalidInput, MoveNotAllowed, NotPermitted
from wadul.models import AuditEntry, OutboundMessage, Ticket, TicketEvent
from wadul.queries.ticket_detail import show_detail
from wadul.queries.ticket_table import TicketFilter, Which, list_page
from wadul.usecases.proofs import NewProof, add_proof
from wadul.usecases.ticket_joining import CannotMerge, Split, merge_tickets, split_conversation
from wadul.usecases.ticket_work import (
    ProofMissing,
    ReasonMissing,
    Stale,
    answer,
    assign,
    move_ticket,
    open_identity,
    reclassify,
)
from wadul.usecases.tickets import TicketDraft, file_ticket

pytestmark = pytest.mark.integration

DAY = timedelta(days=1)
Do = Callable[..., object]


class Bench:
    """Tickets of an office, and what people do with them, each in a transaction of its own."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def files(
        self,
        text: str = "jalan rusak di blok pasar",
        *,
        category: Category = Category.ROADS_IRRIGATION_DRAINAGE,
        anonymous: bool = False,
        like: str | None = None,
    ) -> str:
        """By somebody new, or by the reporter of another ticket."""
        message = self.desk.says(text, to=self.ticket(like).conversation_id if like else None)
        turn = self.desk.bot("Laporan kami terima.", intent=f"complaint/{category}")
        with self.desk.database.transaction() as session:
            return file_ticket(
                session,
                self.desk.office,
                conversation_id=message.conversation_id,
                turn_id=turn.turn_id,
                draft=TicketDraft(
                    TicketKind.COMPLAINT,
                    category,
                    [message.id],
                    desa="Bulak",
                    anonymous=anonymous,
                ),
                now=NOW,
            ).number

    def ticket(self, number: str) -> Ticket:
        with self.desk.database.transaction() as session:
            return session.scalars(select(Ticket).where(Ticket.number == number)).one()

    def moves(self, who: str, number: str, to: TicketStatus, reason: str = "") -> None:
        self.do(
            move_ticket, who, self.desk.office, number, to, reason=reason,
            version=self.ticket(number).version, now=NOW,
        )  # fmt: skip

    def answers(self, who: str, number: str, text: str, version: int | None = None) -> None:
        version = version or self.ticket(number).version
        self.do(answer, who, self.desk.office, number, text, version=version, now=NOW)

    def do(self, use_case: Do, who: str, *args: object, **keywords: object) -> object:
        with self.desk.database.transaction() as session:
            return use_case(session, self.desk.actor(who), *args, **keywords)

    def versions(self, numbers: list[str]) -> dict[str, int]:
        """As a screen that is up to date shows them."""
        return {number: self.ticket(number).version for number in numbers}

    def history(self, number: str) -> list[TicketEvent]:
        with self.desk.database.transaction() as session:
            wanted = TicketEvent.ticket_id == self.ticket(number).id
            return list(session.scalars(select(TicketEvent).where(wanted).order_by(TicketEvent.id)))

    def told(self, number: str) -> list[str]:
        with self.desk.database.transaction() as session:
            wanted = OutboundMessage.conversation_id == self.ticket(number).conversation_id
            return list(
                session.scalars(
                    select(OutboundMessage.text).where(wanted).order_by(OutboundMessage.id)
                )
            )

    def logged(self, action: str) -> list[tuple[str, str]]:
        with self.desk.database.transaction() as session:
            entries = session.scalars(select(AuditEntry).where(AuditEntry.action == action))
            return [(entry.actor, entry.subject) for entry in entries]


@pytest.fixture
def bench(desk: Desk) -> Bench:
    return Bench(desk)


def test_forwarding_leaves_a_trail_that_resident_history_and_log_share(bench: Bench) -> None:
    number = bench.files()
    bench.moves("sari", number, TicketStatus.VERIFIED)
    with pytest.raises(ReasonMissing):
        bench.moves("sari", number, TicketStatus.FORWARDED, "  ")
    where = "Dinas PUPR Kab. Indramayu, untuk perbaikan jalan kabupaten"
    bench.moves("sari", number, TicketStatus.FORWARDED, where)
    bench.moves("dedi", number, TicketStatus.IN_PROGRESS)
    ticket = bench.ticket(number)
    assert (ticket.status, ticket.forwarded_to) == (TicketStatus.IN_PROGRESS, where)
    (step,) = [e for e in bench.history(number) if e.status_to is TicketStatus.FORWARDED]
    assert (step.actor, step.status_from, step.note) == ("sari", TicketStatus.VERIFIED, where)
    (words,) = [text for text in bench.told(number) if "Diteruskan" in text]
    assert where in words
    assert bench.logged("ticket_forwarded") == [("sari", number)]


def test_what_another_office_answers_for_names_that_office(bench: Bench) -> None:
    number = bench.files()
    with pytest.raises(ReasonMissing):
        bench.moves("sari", number, TicketStatus.OUT_OF_SCOPE)
    bench.moves("sari", number, TicketStatus.OUT_OF_SCOPE, "Kecamatan Widasari")
    assert bench.ticket(number).forwarded_to == "Kecamatan Widasari"
    assert "Kecamatan Widasari" in bench.told(number)[-1]


def test_nothing_is_closed_before_the_resident_has_an_answer(bench: Bench) -> None:
    number = bench.files()
    for before in (TicketStatus.VERIFIED, TicketStatus.IN_PROGRESS):
        with pytest.raises(MoveNotAllowed):
            bench.moves("sari", number, TicketStatus.CLOSED, "sudah beres")
        bench.moves("sari", number, before)
    with pytest.raises(ReasonMissing):
        bench.answers("sari", number, " \n ")
    bench.answers("sari", number, "Jalan sudah kami tambal.")
    with pytest.raises(ProofMissing):
        bench.moves("sari", number, TicketStatus.CLOSED)
    bench.moves("sari", number, TicketStatus.CLOSED, "difoto petugas desa, berkas di kantor")
    assert bench.ticket(number).status is TicketStatus.CLOSED
    assert any("Jalan sudah kami tambal." in text for text in bench.told(number))


def test_reopening_starts_the_limit_anew(bench: Bench) -> None:
    number = bench.files()
    bench.answers("sari", number, "Sudah.")
    bench.moves("sari", number, TicketStatus.CLOSED, "selesai di tempat")
    due, later = bench.ticket(number).due_at, NOW + 30 * DAY
    bench.do(
        move_ticket, "sari", bench.desk.office, number, TicketStatus.REOPENED,
        version=bench.ticket(number).version, now=later,
    )  # fmt: skip
    again = bench.ticket(number)
    assert again.status is TicketStatus.REOPENED
    assert again.due_at > due
    assert again.due_at > later.date()


def test_whoever_saw_an_older_version_changes_nothing(bench: Bench) -> None:
    number = bench.files()
    seen = bench.ticket(number).version
    bench.answers("sari", number, "Sudah kami cek.", seen)
    late: list[Callable[[], object]] = [
        lambda: bench.answers("dedi", number, "Belum kami cek.", seen),
        lambda: bench.do(
            move_ticket, "dedi", bench.desk.office, number, TicketStatus.REJECTED,
            reason="x", version=seen, now=NOW,
        ),
        lambda: bench.do(
            reclassify, "dedi", bench.desk.office, number, kind=TicketKind.COMPLAINT,
            category=Category.LAND, desa=None, version=seen, now=NOW,
        ),
    ]  # fmt: skip
    for attempt in late:
        with pytest.raises(Stale):
            attempt()
    ticket = bench.ticket(number)
    assert ticket.status is TicketStatus.ANSWERED
    assert ticket.category is Category.ROADS_IRRIGATION_DRAINAGE
    assert not [text for text in bench.told(number) if "Belum kami cek." in text]


def test_of_two_answers_at_the_same_moment_one_is_sent(bench: Bench) -> None:
    """Twenty times: never both, never none."""
    for _ in range(20):
        number = bench.files()
        seen, barrier = bench.ticket(number).version, threading.Barrier(2)
        ended: list[str] = []

        def act(who: str, barrier: threading.Barrier, number: str, seen: int) -> None:
            barrier.wait()
            try:
                bench.answers(who, number, f"Jawaban {who}.", seen)
            except Stale:
                ended.append("told")  # noqa: B023 - joined before the next round
            else:
                ended.append("sent")  # noqa: B023

        people = [
            threading.Thread(target=act, args=(who, barrier, number, seen))
            for who in ("sari", "dedi")
        ]
        for person in people:
            person.start()
        for person in people:
            person.join(30)
        assert sorted(ended) == ["sent", "told"]
        assert len([text for text in bench.told(number) if "Jawaban " in text]) == 1


def test_many_tickets_are_assigned_at_once(bench: Bench) -> None:
    numbers = [bench.files(f"laporan nomor {n}") for n in range(3)]
    sari, dedi = (bench.desk.actor(name) for name in ("sari", "dedi"))
    seen = bench.versions(numbers)
    assert bench.do(assign, "sari", seen, sari.user_id, now=NOW) == 3
    assert bench.do(assign, "sari", seen, sari.user_id, now=NOW) == 0, "clicked twice"
    seen = bench.versions(numbers)
    for who, to in (("dedi", dedi.user_id), ("sari", dedi.user_id), ("dedi", None)):
        with pytest.raises(NotPermitted):
            bench.do(assign, who, seen, to, now=NOW)
    assert {bench.ticket(n).assignee_id for n in numbers} == {sari.user_id}
    assert bench.do(assign, "ningsih", seen, dedi.user_id, now=NOW) == 3
    (_, last) = [e for e in bench.history(numbers[0]) if e.type is TicketEventType.ASSIGNED]
    assert (last.actor, last.details) == ("ningsih", {"to": "Dedi"})


def test_a_stale_assignment_does_not_undo_what_a_colleague_took(bench: Bench) -> None:
    numbers = [bench.files(f"laporan nomor {n}") for n in range(2)]
    seen = bench.versions(numbers)
    sari, dedi = (bench.desk.actor(name) for name in ("sari", "dedi"))
    bench.do(assign, "sari", bench.versions(numbers[1:]), sari.user_id, now=NOW)
    with pytest.raises(Stale):
        bench.do(assign, "ningsih", seen, dedi.user_id, now=NOW)
    assert [bench.ticket(n).assignee_id for n in numbers] == [None, sari.user_id]


def test_two_tickets_become_one_and_the_first_learns_the_story(bench: Bench) -> None:
    first = bench.files("lampu jalan mati di blok pasar")
    second = bench.files("lampu jalan blok pasar mati sejak kemarin")
    with bench.desk.database.transaction() as session:
        alike = show_detail(session, bench.desk.actor("sari"), second).alike
    assert [neighbour.number for neighbour in alike] == [first]

    def merge(into: str, who: str = "sari") -> None:
        bench.do(
            merge_tickets, who, bench.desk.office, second, into,
            version=bench.ticket(second).version, now=NOW,
        )  # fmt: skip

    with pytest.raises(CannotMerge):
        merge(second)
    secret = bench.files("dimintai uang", category=Category.LEVY_GRATIFICATION)
    with pytest.raises(CannotMerge):
        merge(secret, "rina")
    merge(first)
    assert bench.ticket(second).status is TicketStatus.DUPLICATE
    assert bench.ticket(second).duplicate_of == bench.ticket(first).id
    assert bench.history(first)[-1].note == "lampu jalan blok pasar mati sejak kemarin"
    assert first not in bench.told(second)[-1], "another resident's number stays with them"


def test_a_proof_like_one_of_a_misconduct_report_warns_without_its_number(bench: Bench) -> None:
    secret = bench.files("kades minta setoran", category=Category.LEVY_GRATIFICATION)
    road = bench.files()

    def proves(who: str, number: str) -> list[str]:
        photo = NewProof("foto.jpg", "image/jpeg", "0" * 64, 1, "f" * 16)
        matches = bench.do(
            add_proof, who, number, photo,
            version=bench.ticket(number).version, complaint_photos={}, now=NOW,
        )  # fmt: skip
        return [match.number for match in matches]  # type: ignore[attr-defined]

    def shown(who: str) -> list[object]:
        with bench.desk.database.transaction() as session:
            detail = show_detail(session, bench.desk.actor(who), road)
        told = [each["number"] for proof in detail.proofs for each in proof.matches]
        return [*told, *detail.history[-1].details["matches"]]

    assert proves("rina", secret) == []
    assert proves("sari", road) == [""]
    assert bench.logged("proof_matches") == [("sari", road)]
    assert shown("sari") == shown("ningsih") == ["", ""]
    assert shown("rina") == [secret, secret]


def test_a_conversation_about_two_things_becomes_two_tickets(bench: Bench) -> None:
    road = bench.desk.says("jalan rusak depan pasar")
    bin_ = bench.desk.says("sama sampah numpuk juga", to=road.conversation_id)

    def split(message_ids: list[UUID], category: Category, request_id: UUID) -> str:
        wanted = Split(TicketKind.COMPLAINT, category, message_ids, desa="Bulak")
        view = bench.do(
            split_conversation, "sari", bench.desk.office, road.conversation_id, wanted,
            request_id=request_id, now=NOW,
        )  # fmt: skip
        return view.number  # type: ignore[attr-defined,no-any-return]

    with pytest.raises(InvalidInput):
        split([], Category.OTHER, uuid4())
    request_id = uuid4()
    first = split([road.id], Category.ROADS_IRRIGATION_DRAINAGE, request_id)
    assert split([road.id], Category.ROADS_IRRIGATION_DRAINAGE, request_id) == first, (
        "clicked twice"
    )
    second = split([bin_.id], Category.WASTE_ENVIRONMENT, uuid4())
    assert bench.ticket(first).description == "jalan rusak depan pasar"
    assert bench.ticket(second).description == "sama sampah numpuk juga"
    receipts = [text for text in bench.told(first) if "Petugas sudah mencatat" in text]
    assert [first in receipts[0], second in receipts[1], len(receipts)] == [True, True, 2]


def test_who_is_anonymous_once_is_masked_at_all_their_tickets(bench: Bench) -> None:
    """Or the way over the conversation would tell who they are."""
    road = bench.files("jalan rusak")
    smoke = bench.files("tetangga bakar sampah", anonymous=True, like=road)
    other = bench.files("lampu mati")

    def found(text: str) -> list[tuple[str, str, bool]]:
        wanted = TicketFilter(Which.ALL, text)
        with bench.desk.database.transaction() as session:
            page = list_page(session, bench.desk.actor("sari"), wanted, today=NOW.date())
            return [(row.number, row.reporter, row.masked) for row in page.rows]

    masked = {(road, "", True), (smoke, "", True)}
    assert set(found("")) == masked | {(other, "Ibu Casmini", False)}
    assert [number for number, *_ in found("casmini")] == [other]
    with bench.desk.database.transaction() as session:
        detail = show_detail(session, bench.desk.actor("sari"), road)
    assert (detail.reporter, detail.masked) == ("", True)
    assert "62812" not in detail.address
    assert str(bench.do(open_identity, "sari", road, now=NOW)).startswith("whatsapp:+62812")
    for number in (road, smoke):
        assert bench.history(number)[-1].type is TicketEventType.OPENED_IDENTITY


def test_opening_an_anonymous_reporters_number_is_logged(bench: Bench) -> None:
    number = bench.files("tetangga bakar sampah", anonymous=True)

    def seen(session: Session) -> tuple[str, str]:
        detail = show_detail(session, bench.desk.actor("sari"), number)
        return detail.reporter, detail.address

    with bench.desk.database.transaction() as session:
        reporter, address = seen(session)
    assert reporter == ""
    assert "62812" not in address
    assert str(bench.do(open_identity, "sari", number, now=NOW)).startswith("whatsapp:+62812")
    assert bench.history(number)[-1].type is TicketEventType.OPENED_IDENTITY
    assert bench.logged("identity_opened") == [("sari", number)]
    with pytest.raises(NotPermitted):
        bench.do(open_identity, "pelatih", number, now=NOW)
