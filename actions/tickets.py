"""The resident's own tickets: status, more facts, opening again, withdrawing."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from actions.answer import Answer, Say, TurnAction, say
from actions.turn import Turn, uuids
from actions.wiring import wadul
from wadul.core.dates import local_date, spell_date
from wadul.core.last_ticket import LastTicket
from wadul.core.said import Pending
from wadul.core.states import TicketStatus
from wadul.exceptions import MoveNotAllowed, NotFound
from wadul.office import CATEGORIES
from wadul.usecases.tickets import (
    TicketView,
    add_facts,
    own_ticket,
    own_tickets,
    reopen,
)
from wadul.usecases.tickets import (
    withdraw as withdraw_ticket,
)

SHOWN = 3
_REOPENED_FROM = (
    TicketStatus.ANSWERED,
    TicketStatus.CLOSED,
    TicketStatus.REJECTED,
    TicketStatus.OUT_OF_SCOPE,
    TicketStatus.DUPLICATE,
    TicketStatus.WITHDRAWN,
    TicketStatus.REOPENED,  # by this very turn, when it runs again; else the move is refused
)


async def mine(turn: Turn, limit: int = 5) -> list[TicketView]:
    return await wadul().database.run(own_tickets, turn.office.id, turn.contact_id, limit)


async def status(turn: Turn) -> Answer:
    """With a number that one, without the newest. Others' tickets are not found, like missing."""
    number = turn.said.value("ticket_number")
    if number:
        try:
            view = await wadul().database.run(
                own_ticket, turn.office.id, turn.contact_id, str(number)
            )
        except NotFound:
            return Answer([say("utter_ticket_not_found", number=number)])
        return Answer([_line(turn, view)])
    views = await mine(turn, SHOWN)
    if not views:
        return Answer([say("utter_no_tickets")])
    return Answer([_line(turn, view) for view in views])


async def files(turn: Turn) -> Answer:
    """Files or a pin without a word: to the ticket just filed, else ask what they are for."""
    got = [say(f"utter_got_{kind}") for kind in dict.fromkeys(turn.said.attachments)][:1]
    got = got or ([say("utter_got_pin")] if turn.said.pin else [])
    fresh = turn.fresh_ticket
    useful = turn.said.has_evidence or turn.said.pin
    if fresh:
        added = await add(turn, fresh.number, turn.message_ids)
        return Answer([*got, *added.says], added.slots)
    if not got:
        return Answer([say("utter_unclear")])
    if not useful:
        return Answer([*got, say("utter_ready")])
    if waiting := await needing_facts(turn):
        added = await add(turn, waiting, turn.message_ids)
        return Answer([*got, *added.says], added.slots)
    open_views = [view for view in await mine(turn) if view.is_open]
    if open_views:
        offer = offer_to_add(turn, open_views[0].number)
        return Answer([*got, *offer.says], offer.slots)
    pending = Pending.of(turn.said).to_slot()
    return Answer([*got, say("utter_files_no_ticket")], {"pending": pending, "offer": "report"})


async def needing_facts(turn: Turn) -> str | None:
    """The ticket that waits for the resident's data, if there is one."""
    views = await mine(turn)
    return next((v.number for v in views if v.status is TicketStatus.NEEDS_INFO), None)


def offer_to_add(turn: Turn, number: str) -> Answer:
    pending = Pending.of(turn.said, number).to_slot()
    question = say("utter_files_open_ticket", number=number)
    return Answer([question], {"pending": pending, "offer": "add"})


async def add(turn: Turn, number: str, message_ids: Sequence[UUID]) -> Answer:
    """Raises nothing for a ticket that is gone or ended: the resident is told."""
    try:
        view = await wadul().database.run(
            add_facts,
            turn.office,
            contact_id=turn.contact_id,
            number=number,
            turn_id=turn.turn_id,
            message_ids=message_ids,
            now=turn.now,
        )
    except NotFound:
        return Answer([say("utter_ticket_not_found", number=number)])
    return Answer([say("utter_facts_added", number=view.number, status=view.status_label)])


async def withdraw(turn: Turn) -> Answer:
    """Ask first; the ticket waits in `pending` for the yes."""
    number = turn.said.value("ticket_number")
    views = [view for view in await mine(turn) if view.status is not TicketStatus.WITHDRAWN]
    if number:
        chosen = next((view for view in views if view.number == number), None)
        if chosen is None:
            return Answer([say("utter_ticket_not_found", number=number)])
    else:
        chosen = next((view for view in views if view.is_open), None)
    if chosen is None or not chosen.is_open:
        return Answer([say("utter_nothing_to_withdraw")])
    pending = Pending.of(turn.said, chosen.number).to_slot()
    return Answer(
        [say("utter_ask_withdraw", number=chosen.number)], {"offer": "withdraw", "pending": pending}
    )


async def withdraw_now(turn: Turn, number: str) -> Answer:
    try:
        await wadul().database.run(
            withdraw_ticket,
            turn.office,
            contact_id=turn.contact_id,
            number=number,
            turn_id=turn.turn_id,
            now=turn.now,
        )
    except (NotFound, MoveNotAllowed):
        return Answer([say("utter_nothing_to_withdraw")])
    return Answer([say("utter_withdrawn", number=number)])


async def open_again(turn: Turn) -> Answer:
    number = turn.said.value("ticket_number")
    views = await mine(turn)
    if number and not any(view.number == number for view in views):
        return Answer([say("utter_ticket_not_found", number=number)])
    if number:
        views = [view for view in views if view.number == number]
    chosen = next((view for view in views if view.status in _REOPENED_FROM), None)
    if chosen is None:
        return _nothing_to_reopen(views)
    try:
        view = await wadul().database.run(
            reopen,
            turn.office,
            contact_id=turn.contact_id,
            number=chosen.number,
            turn_id=turn.turn_id,
            now=turn.now,
        )
    except (NotFound, MoveNotAllowed):
        return _nothing_to_reopen(views)
    return Answer(
        [say("utter_reopened", number=view.number, due=spell_date(view.due_at))],
        {"last_ticket": LastTicket(view.number, turn.at).to_slot()},
    )


def _nothing_to_reopen(views: Sequence[TicketView]) -> Answer:
    running = next((view for view in views if view.is_open), None)
    if running is None:
        return Answer([say("utter_nothing_to_reopen")])
    return Answer(
        [
            say(
                "utter_still_open",
                number=running.number,
                status=running.status_label,
                due=spell_date(running.due_at),
            )
        ]
    )


def _line(turn: Turn, view: TicketView) -> Say:
    created = spell_date(local_date(view.created_at, turn.office.timezone))
    promise = f"Dijawab paling lambat {spell_date(view.due_at)}."
    if not view.is_open or view.status is TicketStatus.ANSWERED:
        promise = "Kalau belum beres, balas *buka lagi*."
    where = f", Desa {view.desa}" if view.desa else ""
    return say(
        "utter_ticket_line",
        number=view.number,
        status=view.status_label,
        topic=f"{CATEGORIES[view.category]}{where}",
        created=created,
        promise=promise,
    )


class ActionTicketStatus(TurnAction):
    def name(self) -> str:
        return "action_ticket_status"

    async def answer(self, turn: Turn) -> Answer:
        return await status(turn)


class ActionTicketReopen(TurnAction):
    def name(self) -> str:
        return "action_ticket_reopen"

    async def answer(self, turn: Turn) -> Answer:
        return await open_again(turn)


class ActionTicketWithdraw(TurnAction):
    def name(self) -> str:
        return "action_ticket_withdraw"

    async def answer(self, turn: Turn) -> Answer:
        return await withdraw(turn)


class ActionWithdrawTicket(TurnAction):
    """Yes: take it back."""

    def name(self) -> str:
        return "action_withdraw_ticket"

    async def answer(self, turn: Turn) -> Answer:
        pending = turn.pending
        if pending is None or pending.number is None:
            return Answer([say("utter_nothing_to_withdraw")])
        return await withdraw_now(turn, pending.number)


class ActionAddToTicket(TurnAction):
    """Yes: the waiting files belong to the open ticket."""

    def name(self) -> str:
        return "action_add_to_ticket"

    async def answer(self, turn: Turn) -> Answer:
        pending = turn.pending
        if pending is None or pending.number is None:
            return Answer([say("utter_ready")])
        return await add(turn, pending.number, uuids(pending.message_ids))


class ActionFiles(TurnAction):
    def name(self) -> str:
        return "action_files"

    async def answer(self, turn: Turn) -> Answer:
        return await files(turn)
