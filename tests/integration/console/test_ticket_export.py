"""The file of tickets through its own address: who gets what, and what is noted."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select, update
from starlette.applications import Starlette

from integration.console.support import NOW, Desk, logged_in
from wadul.bootstrap import Wadul
from wadul.clock import FixedClock
from wadul.console.door import COOKIE, Door
from wadul.console.exports import Exports
from wadul.console.live import Live
from wadul.console.reader import Reader
from wadul.console.shared import Shared
from wadul.console.ticket_csv import MOST
from wadul.core.spreadsheet import BEGIN, SEPARATOR
from wadul.core.states import Category, TicketKind, TicketStatus
from wadul.models import AuditEntry, Ticket
from wadul.usecases.tickets import TicketDraft, file_ticket

pytestmark = pytest.mark.integration

Fetch = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
async def fetch(desk: Desk) -> AsyncIterator[Fetch]:
    """`fetch("sari", desa="Bulak")` as the browser of somebody who is logged in."""
    clock = FixedClock(NOW)
    offices = {desk.office.id: desk.office}
    wadul = Wadul(desk.settings, desk.database, clock, offices)
    reader, live = Reader(desk.database), Live()
    door = Door(wadul, reader, clock, live, Shared(reader, live))

    async def fetch(who: str | None, most: int = MOST, **query: str) -> httpx.Response:
        transport = httpx.ASGITransport(Starlette(routes=Exports(door, most).routes()))
        cookies = {COOKIE: logged_in(desk, who)} if who else {}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://localhost", cookies=cookies
        ) as client:
            return await client.get("/laporan.csv", params=query)

    yield fetch
    reader.close()


def files(
    desk: Desk,
    text: str,
    category: Category = Category.ROADS_IRRIGATION_DRAINAGE,
    *,
    desa: str = "Bulak",
    anonymous: bool = False,
    confidential: bool = False,
    to: UUID | None = None,
) -> str:
    message = desk.says(text, to=to)
    turn = desk.bot("Laporan kami terima.", intent=f"complaint/{category}")
    draft = TicketDraft(
        TicketKind.COMPLAINT,
        category,
        [message.id],
        desa=desa,
        anonymous=anonymous,
        confidential=confidential,
    )
    with desk.database.transaction() as session:
        return file_ticket(
            session,
            desk.office,
            conversation_id=message.conversation_id,
            turn_id=turn.turn_id,
            draft=draft,
            now=NOW,
        ).number


def read(answer: httpx.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200
    text = answer.content.decode()
    assert text.startswith(BEGIN)
    lines = io.StringIO(text.removeprefix(BEGIN), newline="")
    return list(csv.DictReader(lines, delimiter=SEPARATOR))


def numbers(answer: httpx.Response) -> list[str]:
    return [line["Nomor"] for line in read(answer)]


def noted(desk: Desk) -> list[tuple[str, str, dict[str, object]]]:
    with desk.database.transaction() as session:
        entries = session.scalars(
            select(AuditEntry)
            .where(AuditEntry.action == "tickets_exported")
            .order_by(AuditEntry.number)
        )
        return [(entry.actor, entry.subject, entry.details) for entry in entries]


async def test_supervisory_tickets_are_only_in_an_inspectors_file(desk: Desk, fetch: Fetch) -> None:
    ordinary = files(desk, "jalan rusak")
    misconduct = files(desk, "dimintai uang", Category.LEVY_GRATIFICATION)
    for who in ("sari", "ningsih", "admin"):
        assert numbers(await fetch(who, which="all")) == [ordinary], who
    assert numbers(await fetch("rina", which="all")) == [misconduct, ordinary]
    assert numbers(await fetch("sari", which="all", category="levy_gratification")) == []
    assert numbers(await fetch("sari", which="all", text=misconduct)) == []


async def test_no_reporter_who_stays_unknown_and_no_phone_number(desk: Desk, fetch: Fetch) -> None:
    files(desk, "bakar sampah, telepon 0812 3456 7890", anonymous=True)
    files(desk, "tetangga ribut", confidential=True)
    files(desk, "jalan rusak")
    answer = await fetch("rina", which="all")
    assert [line["Pelapor"] for line in read(answer)] == ["Ibu Casmini", "Dirahasiakan", "Anonim"]
    text = answer.text
    for secret in ("62812", "whatsapp:", "3456 7890"):
        assert secret not in text


async def test_who_is_anonymous_once_is_so_in_every_line(desk: Desk, fetch: Fetch) -> None:
    road = files(desk, "jalan rusak")
    with desk.database.transaction() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.number == road)).one()
    files(desk, "tetangga bakar sampah", anonymous=True, to=ticket.conversation_id)
    answer = await fetch("sari", which="all")
    assert [line["Pelapor"] for line in read(answer)] == ["Anonim", "Anonim"]
    assert [line["Anonim"] for line in read(answer)] == ["Ya", "Tidak"]


async def test_the_filter_of_the_table_is_the_filter_of_the_file(desk: Desk, fetch: Fetch) -> None:
    in_bulak = files(desk, "jalan rusak di blok pasar")
    rubbish = files(desk, "sampah menumpuk", Category.WASTE_ENVIRONMENT, desa="Kebulen")
    ended = files(desk, "lampu mati", desa="Krasak")
    late = files(desk, "saluran mampet", desa="Krasak")
    with desk.database.transaction() as session:
        change = update(Ticket).where(Ticket.number == ended)
        session.execute(change.values(status=TicketStatus.CLOSED, assignee_id=None))
        change = update(Ticket).where(Ticket.number == late)
        day = NOW.date() - timedelta(days=1)
        session.execute(change.values(due_at=day, assignee_id=desk.actor("dedi").user_id))
    table = {
        (): [late, rubbish, in_bulak],
        (("which", "all"),): [late, ended, rubbish, in_bulak],
        (("which", "ended"),): [ended],
        (("status", "closed"),): [ended],
        (("desa", "Kebulen"),): [rubbish],
        (("category", "waste_environment"), ("desa", "Bulak")): [],
        (("due", "late"),): [late],
        (("assigned", "nobody"),): [rubbish, in_bulak],
        (("text", "pasar"),): [in_bulak],
        (("text", rubbish),): [rubbish],
        (("status", "apa-saja"), ("class", "=1")): [late, rubbish, in_bulak],
        (("sort", "desa"), ("page", "3"), ("size", "1")): [late, rubbish, in_bulak],
    }
    for query, wanted in table.items():
        assert numbers(await fetch("sari", **dict(query))) == wanted, query
    assert numbers(await fetch("dedi", assigned="me")) == [late]


async def test_a_file_is_noted_without_the_words_that_were_looked_for(
    desk: Desk, fetch: Fetch
) -> None:
    files(desk, "jalan rusak di blok pasar")
    await fetch("sari", which="all", desa="Bulak", text="casmini")
    assert noted(desk) == [
        (
            "sari",
            "1 laporan",
            {"count": 1, "filter": {"which": "all", "desa": "Bulak", "text": "…"}},
        )
    ]


@pytest.mark.parametrize(("who", "status"), [(None, 401), ("pelatih", 403)])
async def test_others_get_nothing_and_nothing_is_noted(
    desk: Desk, fetch: Fetch, who: str | None, status: int
) -> None:
    files(desk, "jalan rusak")
    answer = await fetch(who)
    assert (answer.status_code, "JTB-" in answer.text) == (status, False)
    assert noted(desk) == []


async def test_tickets_of_another_office_are_not_in_it(desk: Desk, fetch: Fetch) -> None:
    own = files(desk, "jalan rusak")
    elsewhere = Desk(desk.database, replace(desk.office, id="lain", code="LHB"))
    other = files(elsewhere, "jalan rusak juga")
    assert other.startswith("LHB-")
    assert numbers(await fetch("rina", which="all")) == [own]


async def test_a_cell_that_looks_like_a_formula_is_text_and_lines_stay_lines(
    desk: Desk, fetch: Fetch
) -> None:
    files(desk, '=HYPERLINK("http://x";"klik")\n+SUM(1)\tsaja')
    (line,) = read(await fetch("sari"))
    assert line["Isi laporan"] == '\'=HYPERLINK("http://x";"klik") +SUM(1) saja'


async def test_more_than_the_bound_is_said(desk: Desk, fetch: Fetch) -> None:
    made = [files(desk, f"jalan rusak {n}") for n in range(3)]
    found = numbers(await fetch("sari", most=2))
    assert found[:2] == [made[2], made[1]]
    assert found[2].startswith("Hanya 2 laporan terbaru yang dimuat.")
    assert noted(desk)[0][1] == "2 laporan"


async def test_it_is_a_download_under_a_name_that_says_what_it_is(fetch: Fetch) -> None:
    answer = await fetch("sari")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    wanted = 'attachment; filename="laporan-jatibarang-2026-11-24.csv"'
    assert answer.headers["content-disposition"] == wanted
