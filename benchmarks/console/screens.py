"""How long the screens' own queries take: through the desk, as the pages ask them."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import select

from benchmarks.console.seed import WORDS, Seeded
from wadul.bootstrap import Wadul
from wadul.clock import SystemClock
from wadul.console.desk import Desk
from wadul.console.reader import Reader
from wadul.core.dates import local_date
from wadul.core.states import Category, Role, TicketClass, TicketStatus
from wadul.models import ConsoleSession, Conversation, Ticket, User
from wadul.queries.board import BoardKeeper
from wadul.queries.inbox import (
    PAGE,
    Due,
    InboxFilter,
    Tab,
    count_crowd,
    list_conversations,
    recent_takings,
)
from wadul.queries.reference import people_of
from wadul.queries.thread import show_thread
from wadul.queries.ticket_detail import show_detail
from wadul.queries.ticket_table import Assigned, Order, TicketFilter, Which, list_page
from wadul.usecases.console_sessions import authenticate, make_link, use_link

BOARD = "board"  # what all lists share of the conversations with people

Ask = Callable[[], Awaitable[object]]
ROLES = (Role.OPERATOR, Role.SUPERVISOR, Role.INSPECTOR)


@dataclass(frozen=True)
class Timed:
    """Milliseconds of every time one question was asked."""

    screen: str  # inbox, tickets, search, one conversation, one ticket
    question: str
    times: list[float]


@dataclass(frozen=True)
class Sample:
    """Real conversations and tickets to open."""

    conversations: list[UUID]
    numbers: list[str]
    seeded: Seeded


def desk_of(wadul: Wadul, reader: Reader, role: Role, *, skip: int = 0) -> Desk:
    """Somebody of this role, logged in."""
    now = datetime.now(UTC)
    with wadul.database.transaction() as session:
        user = session.scalars(
            select(User).where(User.role == role).order_by(User.id).offset(skip).limit(1)
        ).one()
        link = make_link(session, user, now=now)
        session.flush()
        token = use_link(session, link, browser="benchmark", now=now)
        for held in session.scalars(
            select(ConsoleSession).where(ConsoleSession.user_id == user.id)
        ):
            held.verified_at = now  # as if the second factor had been given
        signed = authenticate(session, token, now=now)
    return Desk(wadul, reader, SystemClock(), token, signed.actor)


def sample(wadul: Wadul, seeded: Seeded) -> Sample:
    """Some of the latest and some of any age; the busiest resident too."""
    with wadul.database.transaction() as session:
        latest = session.scalars(
            select(Conversation.id).order_by(Conversation.last_inbound_at.desc().nulls_last())
        ).all()
        numbers = session.scalars(
            select(Ticket.number)
            .where(Ticket.class_ != TicketClass.SUPERVISORY)
            .order_by(Ticket.id.desc())
        ).all()
    return Sample(
        [*latest[:40], *latest[40 :: max(1, len(latest) // 40)]],
        [*numbers[:40], *numbers[40 :: max(1, len(numbers) // 40)]],
        seeded,
    )


def measure(wadul: Wadul, sampled: Sample, *, times: int) -> list[Timed]:
    reader = Reader(wadul.database)
    generator = random.Random(11)
    try:
        timed = []
        for screen, question, asks in _questions(wadul, reader, sampled, generator):
            timed.append(asyncio.run(_timed(screen, question, asks, times)))
            print(f"{max(timed[-1].times):7.0f} ms at most: {screen}, {question}", flush=True)
        return timed
    finally:
        reader.close()


async def _timed(screen: str, question: str, asks: Callable[[], Ask], times: int) -> Timed:
    await asks()()  # plans and pages are warm, as they are in a console that runs all day
    taken = []
    for _ in range(times):
        ask = asks()
        began = time.perf_counter()
        await ask()
        taken.append((time.perf_counter() - began) * 1000)
    return Timed(screen, question, taken)


async def _whole_list(
    desk: Desk,
    reader: Reader,
    keeper: BoardKeeper,
    wanted: InboxFilter,
    today: date,
    limit: int,
) -> None:
    """As a page that is the first to ask after a change of another conversation."""
    await desk.look(list_conversations, wanted, today=today, limit=limit)
    for query in (keeper.ask, count_crowd, recent_takings, people_of):
        await reader.run(query, desk.office.id)


def _questions(
    wadul: Wadul, reader: Reader, sampled: Sample, generator: random.Random
) -> Iterator[tuple[str, str, Callable[[], Ask]]]:
    office = next(iter(wadul.offices.values()))
    desas = [village.name for village in office.villages]
    now = datetime.now(UTC)
    today = local_date(now, office.timezone)
    desks = {role: desk_of(wadul, reader, role) for role in ROLES}
    pick = generator.choice
    keeper = BoardKeeper(sees_supervisory=False)

    def inbox(desk: Desk, make: Callable[[], InboxFilter], limit: int = PAGE) -> Callable[[], Ask]:
        def asks() -> Ask:
            wanted = make()
            return lambda: _whole_list(desk, reader, keeper, wanted, today, limit)

        return asks

    def table(
        desk: Desk, make: Callable[[], TicketFilter], order: Order = Order.DUE, **more: int | bool
    ) -> Callable[[], Ask]:
        def asks() -> Ask:
            wanted = make()
            return lambda: desk.look(
                list_page,
                wanted,
                today=today,
                order=order,
                descending=bool(more.get("descending")),
                page=int(more.get("page", 0)),
            )

        return asks

    operator, inspector = desks[Role.OPERATOR], desks[Role.INSPECTOR]
    for role, desk in desks.items():
        for tab in Tab:
            yield "inbox", f"{role}: {tab}", inbox(desk, lambda tab=tab: InboxFilter(tab=tab))
    yield "inbox", "all, 200 rows", inbox(operator, InboxFilter, 5 * PAGE)
    filters: dict[str, Callable[[], InboxFilter]] = {
        "desa": lambda: InboxFilter(desa=pick(desas)),
        "topic": lambda: InboxFilter(category=pick(list(Category)[:9])),
        "topic that is rare": lambda: InboxFilter(category=Category.EMERGENCY),
        "class": lambda: InboxFilter(class_=TicketClass.INFORMATION),
        "late": lambda: InboxFilter(due=Due.LATE),
        "soon": lambda: InboxFilter(due=Due.SOON),
        "desa, topic, late": lambda: InboxFilter(
            desa=pick(desas), category=pick(list(Category)[:9]), due=Due.LATE
        ),
    }
    for name, make in filters.items():
        yield "inbox", f"by {name}", inbox(operator, make)
    yield (
        "inbox",
        "supervisory",
        inbox(inspector, lambda: InboxFilter(class_=TicketClass.SUPERVISORY)),
    )

    for which in Which:
        for order in Order:
            for down in (False, True):
                name = f"{which}, by {order}{' down' if down else ''}"
                yield (
                    "tickets",
                    name,
                    table(
                        operator,
                        lambda which=which: TicketFilter(which=which),
                        order,
                        descending=down,
                    ),
                )
    yield (
        "tickets",
        "all, page 100",
        table(operator, lambda: TicketFilter(which=Which.ALL), Order.CREATED, page=100),
    )
    yield (
        "tickets",
        "all, page 1000 by desa",
        table(operator, lambda: TicketFilter(which=Which.ALL), Order.DESA, page=1000),
    )
    narrow: dict[str, Callable[[], TicketFilter]] = {
        "desa": lambda: TicketFilter(desa=pick(desas)),
        "desa, all": lambda: TicketFilter(which=Which.ALL, desa=pick(desas)),
        "topic, all": lambda: TicketFilter(which=Which.ALL, category=pick(list(Category)[:9])),
        "topic that is rare, all": lambda: TicketFilter(
            which=Which.ALL, category=Category.EMERGENCY
        ),
        "status": lambda: TicketFilter(which=Which.ALL, status=TicketStatus.NEEDS_INFO),
        "mine": lambda: TicketFilter(assigned=Assigned.ME),
        "nobody's": lambda: TicketFilter(assigned=Assigned.NOBODY),
        "late": lambda: TicketFilter(late=True),
        "soon": lambda: TicketFilter(soon=True),
    }
    for name, narrowed in narrow.items():
        yield "tickets", f"filter {name}", table(operator, narrowed)
    yield (
        "tickets",
        "inspector: supervisory",
        table(inspector, lambda: TicketFilter(which=Which.ALL, class_=TicketClass.SUPERVISORY)),
    )

    seeded = sampled.seeded
    words: dict[str, Callable[[], str]] = {
        "a frequent word": lambda: pick(WORDS),
        "a rare word": lambda: pick(seeded.rare),
        "the beginning of a rare word": lambda: pick(seeded.rare)[:4],
        "two frequent words": lambda: f"{pick(WORDS)} {pick(WORDS)}",
        "frequent and rare": lambda: f"{pick(WORDS)} {pick(seeded.rare)}",
        "three words": lambda: " ".join((pick(WORDS), pick(WORDS), pick(WORDS))),
        "a word nobody used": lambda: "zzxqzz" + str(generator.randrange(10**6)),
        "a name": lambda: pick(seeded.names),
        "part of a number": lambda: str(1000000000 + generator.randrange(20000))[2:],
        "a ticket number": lambda: pick(sampled.numbers),
    }
    for name, text in words.items():
        yield (
            "search",
            f"inbox: {name}",
            inbox(operator, lambda text=text: InboxFilter(text=text())),
        )
        yield (
            "search",
            f"tickets: {name}",
            table(operator, lambda text=text: TicketFilter(which=Which.ALL, text=text())),
        )
    yield (
        "search",
        "inspector: a frequent word",
        inbox(inspector, lambda: InboxFilter(text=pick(WORDS))),
    )

    def thread(desk: Desk) -> Callable[[], Ask]:
        def asks() -> Ask:
            chosen = pick(sampled.conversations)
            return lambda: desk.look(show_thread, chosen)

        return asks

    def ticket() -> Ask:
        number = pick(sampled.numbers)
        return lambda: operator.look(show_detail, number)

    def board(known: BoardKeeper | None) -> Callable[[], Ask]:
        return lambda: (
            lambda: reader.run((known or BoardKeeper(sees_supervisory=False)).ask, office.id)
        )

    yield BOARD, "all anew", board(None)
    yield BOARD, "nothing new", board(keeper)
    yield "one conversation", "operator", thread(operator)
    yield "one conversation", "inspector", thread(inspector)
    yield "one ticket", "operator", ticket
