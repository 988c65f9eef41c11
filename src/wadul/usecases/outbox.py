"""The outbox: leased in order, sent once, and told what became of it.

queued -> sending -> accepted -> sent -> delivered -> read
             |-> errored (again later) | held (window closed) | failed (final)
A row that is still `sending` when its lease ends is ambiguous: ask the provider before repeating.
The bot's own are not repeated while an operator holds the conversation (`bots_words`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from wadul.channels.sending import MessageTemplate, OutgoingMessage
from wadul.core.choices import choices_of
from wadul.core.delivery import PENDING, Remedy, RemedyTable, goes_forward, never_again
from wadul.core.splitting import LIMIT, size, split_text
from wadul.core.states import DeliveryState
from wadul.core.window import WINDOW, is_open
from wadul.database import ring
from wadul.models import Contact, Conversation, DeliveryReport, OutboundMessage
from wadul.usecases.bots_words import is_silenced, withdraw
from wadul.usecases.outgoing_files import renew_file

WINDOW_CLOSED = "window_closed"  # our own code: the provider, or our clock, says so
UNPLACED = ""  # office of a report whose message is not known yet
REPORT_LIFETIME = timedelta(days=2)
_RETRIES_AFTER_ACCEPTANCE = 5  # of messages that the provider took and then could not deliver
_REPORT_RETRY = timedelta(seconds=10)
_REPORTS_AT_ONCE = 200

# The provider's id of an office's message template, or None if it is not configured.
TemplateIds = Callable[[str, str], str | None]


@dataclass(frozen=True)
class Delivery:
    """One leased message. `ambiguous`: an earlier attempt may have arrived."""

    office_id: str
    message_id: UUID
    conversation_id: UUID
    message: OutgoingMessage
    attempt: int  # counts from 1
    ambiguous: bool
    attempted_at: datetime | None  # of the earlier, ambiguous attempt
    only_look: bool  # silenced meanwhile: find out whether it arrived, but do not send
    may_read_differently: bool  # at the provider: a template, or buttons around the text


@dataclass(frozen=True)
class Result:
    """What became of one attempt: an external id, or a code and what to do about it."""

    delivery: Delivery
    external_id: str | None = None
    code: str | None = None
    remedy: Remedy = Remedy.GIVE_UP
    ambiguous: bool = False
    retry_at: datetime | None = None


def lease_deliveries(
    session: Session,
    *,
    now: datetime,
    lease_seconds: float,
    limit: int,
    template_id: TemplateIds,
) -> list[Delivery]:
    """The next message of each conversation that may be sent now, marked as being sent.

    Outside the 24-hour window a message goes as its template, or is held.
    """
    while True:
        rows = _due(session, now, limit)
        leased = []
        for row, conversation, address in rows:
            silenced = is_silenced(session, row)
            if silenced and row.state is not DeliveryState.SENDING:
                withdraw(row)
                continue
            _shorten(session, row)
            message = _outgoing(row, conversation, address, now, template_id)
            if message is None:
                row.state = DeliveryState.HELD
                row.error_code = row.error_code or WINDOW_CLOSED
                continue
            if message.media_url is not None:
                renew_file(session, row, now)
            leased.append(_lease(row, message, now, lease_seconds, only_look=silenced))
        session.flush()
        if leased or not rows:
            return leased


def next_delivery_at(session: Session, now: datetime) -> datetime | None:
    """When the earliest retry is due; the next look may be then instead of at the next sweep."""
    moments = session.scalars(
        select(func.min(OutboundMessage.next_attempt_at))
        .where(
            OutboundMessage.state == DeliveryState.ERRORED,
            OutboundMessage.next_attempt_at > now,
        )
        .union_all(
            select(func.min(OutboundMessage.leased_until)).where(
                OutboundMessage.state == DeliveryState.SENDING,
                OutboundMessage.leased_until > now,
            )
        )
    )
    return min((moment for moment in moments if moment is not None), default=None)


def record_results(
    session: Session, results: Sequence[Result], *, now: datetime, remedy_for: RemedyTable
) -> None:
    rows = _locked(session, [result.delivery for result in results])
    accepted: dict[str, OutboundMessage] = {}
    for result in results:
        row = rows.get(result.delivery.message_id)
        if row is None:  # erased meanwhile
            continue
        if result.external_id is not None:
            if _accept(row, result.external_id, now):
                accepted[result.external_id] = row
        elif row.state is DeliveryState.SENDING and row.attempts == result.delivery.attempt:
            _record_failure(session, row, result, now)
    if accepted:
        _apply_kept(session, accepted, now, remedy_for)
    ring(session)


def known_external_ids(session: Session, office_id: str, external_ids: Sequence[str]) -> set[str]:
    known = session.scalars(
        select(OutboundMessage.external_id).where(
            OutboundMessage.office_id == office_id,
            OutboundMessage.external_id.in_(external_ids),
        )
    )
    return {external_id for external_id in known if external_id}


def release_held(
    session: Session, *, now: datetime, conversations: Sequence[Conversation] | None = None
) -> int:
    """Queue held messages whose resident has written since; returns how many. Of all
    conversations if none are named.

    One that the provider held back waits for a message that came after that attempt.
    """
    query = (
        select(OutboundMessage)
        .join(Conversation, _same_conversation())
        .where(
            OutboundMessage.state == DeliveryState.HELD,
            Conversation.last_inbound_at > now - WINDOW,
            or_(
                OutboundMessage.attempt_started_at.is_(None),
                OutboundMessage.attempt_started_at < Conversation.last_inbound_at,
            ),
        )
    )
    if conversations is not None:
        query = query.where(
            OutboundMessage.office_id.in_({each.office_id for each in conversations}),
            OutboundMessage.conversation_id.in_([each.id for each in conversations]),
        )
    rows = session.scalars(query.with_for_update(skip_locked=True, of=OutboundMessage)).all()
    for row in rows:
        row.state = DeliveryState.QUEUED
        row.next_attempt_at = now
        row.error_code = None
    if rows:
        ring(session)
    return len(rows)


def apply_delivery_report(
    session: Session,
    external_id: str,
    state: DeliveryState,
    error_code: str | None,
    now: datetime,
    remedy_for: RemedyTable = never_again,
) -> bool:
    """Take a status callback; False if no message has this id yet and the report is kept."""
    row = session.scalars(
        select(OutboundMessage).where(OutboundMessage.external_id == external_id).with_for_update()
    ).first()
    if row is None:
        session.add(
            DeliveryReport(
                office_id=UNPLACED,
                external_id=external_id,
                state=state,
                error_code=error_code,
                received_at=now,
            )
        )
        return False
    _report(session, row, state, error_code, now, remedy_for)
    return True


def apply_kept_reports(session: Session, *, now: datetime, remedy_for: RemedyTable) -> int:
    """For reports that came in the moment between acceptance and our knowing of it."""
    rows = session.scalars(
        select(OutboundMessage)
        .join(DeliveryReport, DeliveryReport.external_id == OutboundMessage.external_id)
        .limit(_REPORTS_AT_ONCE)
        .with_for_update(skip_locked=True, of=OutboundMessage)
    ).all()
    accepted = {row.external_id: row for row in rows if row.external_id}
    if accepted:
        _apply_kept(session, accepted, now, remedy_for)
    session.execute(
        delete(DeliveryReport).where(DeliveryReport.received_at < now - REPORT_LIFETIME)
    )
    return len(accepted)


def expire_leases(session: Session, at: datetime) -> int:
    """After a crash of the only worker: what it was sending is ambiguous from then on."""
    expired = session.execute(
        update(OutboundMessage)
        .where(OutboundMessage.state == DeliveryState.SENDING)
        .values(leased_until=at)
    )
    return int(expired.rowcount)  # type: ignore[attr-defined]


def _due(
    session: Session, now: datetime, limit: int
) -> Sequence[tuple[OutboundMessage, Conversation, str]]:
    """Due heads of their conversations: nothing pending stands before them."""
    heads = (
        select(
            OutboundMessage.office_id,
            OutboundMessage.id,
            func.row_number()
            .over(
                partition_by=(OutboundMessage.office_id, OutboundMessage.conversation_id),
                order_by=OutboundMessage.id,
            )
            .label("place"),
        )
        .where(OutboundMessage.state.in_(PENDING))
        .subquery()
    )
    waiting = OutboundMessage.state.in_((DeliveryState.QUEUED, DeliveryState.ERRORED))
    query = (
        select(OutboundMessage, Conversation, Contact.address)
        .join(
            heads,
            and_(heads.c.office_id == OutboundMessage.office_id, heads.c.id == OutboundMessage.id),
        )
        .join(Conversation, _same_conversation())
        .join(
            Contact,
            and_(
                Contact.office_id == Conversation.office_id, Contact.id == Conversation.contact_id
            ),
        )
        .where(
            heads.c.place == 1,
            or_(
                and_(waiting, _passed(OutboundMessage.next_attempt_at, now)),
                and_(
                    OutboundMessage.state == DeliveryState.SENDING,
                    _passed(OutboundMessage.leased_until, now),
                ),
            ),
        )
        .order_by(OutboundMessage.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=OutboundMessage)
    )
    return [(row, conversation, address) for row, conversation, address in session.execute(query)]


def _passed(column: Any, now: datetime) -> Any:
    return or_(column.is_(None), column <= now)


def _same_conversation() -> Any:
    return and_(
        Conversation.office_id == OutboundMessage.office_id,
        Conversation.id == OutboundMessage.conversation_id,
    )


def _shorten(session: Session, row: OutboundMessage) -> None:
    """An operator's long text: the row keeps the first piece, new rows take the others.

    Their ids follow the row's own, so that they come before any later message.
    """
    if row.state is DeliveryState.SENDING or size(row.text) <= LIMIT:
        return
    first, *others = split_text(row.text)
    row.text = first
    for offset, piece in enumerate(others, start=1):
        session.add(
            OutboundMessage(
                office_id=row.office_id,
                id=UUID(int=row.id.int + offset),
                conversation_id=row.conversation_id,
                ticket_id=row.ticket_id,
                author=row.author,
                text=piece,
                state=DeliveryState.QUEUED,
                next_attempt_at=row.next_attempt_at,
                created_at=row.created_at,
            )
        )


def _outgoing(
    row: OutboundMessage,
    conversation: Conversation,
    address: str,
    now: datetime,
    template_id: TemplateIds,
) -> OutgoingMessage | None:
    """None if only a template that is not there could be sent."""
    message = OutgoingMessage(
        office_id=row.office_id,
        address=address,
        office_address=conversation.office_address,
        text=row.text,
        choices=tuple(choices_of(row.choices)),
        media_url=row.media_url,
    )
    ambiguous = row.state is DeliveryState.SENDING
    free = is_open(conversation.last_inbound_at, now) and row.error_code != WINDOW_CLOSED
    if free or ambiguous:
        return message
    external_id = template_id(row.office_id, row.template) if row.template else None
    if external_id is None:
        return None
    variables = {name: " ".join(value.split()) for name, value in row.template_variables.items()}
    template = MessageTemplate(external_id, variables)
    return replace(message, template=template, choices=(), media_url=None)


def _lease(
    row: OutboundMessage,
    message: OutgoingMessage,
    now: datetime,
    lease_seconds: float,
    *,
    only_look: bool,
) -> Delivery:
    ambiguous = row.state is DeliveryState.SENDING
    earlier = row.attempt_started_at if ambiguous else None
    row.state = DeliveryState.SENDING
    row.attempts += 1
    if not ambiguous:
        row.attempt_started_at = now
    row.leased_until = now + timedelta(seconds=lease_seconds)
    return Delivery(
        office_id=row.office_id,
        message_id=row.id,
        conversation_id=row.conversation_id,
        message=message,
        attempt=row.attempts,
        ambiguous=ambiguous,
        attempted_at=earlier,
        only_look=only_look,
        may_read_differently=bool(row.template or row.choices),
    )


def _locked(session: Session, deliveries: Sequence[Delivery]) -> dict[UUID, OutboundMessage]:
    rows = session.scalars(
        select(OutboundMessage)
        .where(
            OutboundMessage.office_id.in_({each.office_id for each in deliveries}),
            OutboundMessage.id.in_([each.message_id for each in deliveries]),
        )
        .order_by(OutboundMessage.id)
        .with_for_update()
    )
    return {row.id: row for row in rows}


def _accept(row: OutboundMessage, external_id: str, now: datetime) -> bool:
    withdrawn = row.state is DeliveryState.CANCELLED  # when nobody could know that it had arrived
    if not withdrawn and not goes_forward(row.state, DeliveryState.ACCEPTED):
        return False
    row.state = DeliveryState.ACCEPTED
    row.external_id = external_id
    row.sent_at = now
    row.error_code = row.next_attempt_at = row.leased_until = None
    return True


def _record_failure(session: Session, row: OutboundMessage, result: Result, now: datetime) -> None:
    row.error_code = result.code
    if result.ambiguous:
        row.leased_until = result.retry_at  # stays `sending`: looked up first
        return
    row.leased_until = None
    if result.remedy is Remedy.GIVE_UP:
        row.state = DeliveryState.FAILED
        row.next_attempt_at = None
    elif is_silenced(session, row):
        withdraw(row)
    elif result.remedy is Remedy.OPEN_WINDOW:
        _wait_for_window(row, now, retry=result.delivery.message.template is None)
    else:
        row.state = DeliveryState.ERRORED
        row.next_attempt_at = result.retry_at


def _wait_for_window(row: OutboundMessage, now: datetime, *, retry: bool) -> None:
    """With `retry` once more, as a template if it has one: leasing decides."""
    row.state = DeliveryState.ERRORED if retry else DeliveryState.HELD
    row.error_code = WINDOW_CLOSED
    row.next_attempt_at = now


def _report(
    session: Session,
    row: OutboundMessage,
    state: DeliveryState,
    error_code: str | None,
    now: datetime,
    remedy_for: RemedyTable,
) -> None:
    if not goes_forward(row.state, state):
        return
    if state is not DeliveryState.FAILED:
        row.state = state
        row.error_code = None
        return
    remedy = remedy_for(error_code)
    row.error_code = error_code
    if is_silenced(session, row):  # it may still be reported as delivered
        row.state = DeliveryState.FAILED
    elif remedy is Remedy.OPEN_WINDOW:
        row.external_id = None
        _wait_for_window(row, now, retry=row.attempts < _RETRIES_AFTER_ACCEPTANCE)
    elif remedy is Remedy.RETRY and row.attempts < _RETRIES_AFTER_ACCEPTANCE:
        row.external_id = None
        row.state = DeliveryState.ERRORED
        row.next_attempt_at = now + _REPORT_RETRY * 2**row.attempts
    else:
        row.state = DeliveryState.FAILED


def _apply_kept(
    session: Session,
    accepted: Mapping[str, OutboundMessage],
    now: datetime,
    remedy_for: RemedyTable,
) -> None:
    """Reports that came before the id was known, in the order in which they came."""
    reports = session.scalars(
        select(DeliveryReport)
        .where(DeliveryReport.external_id.in_(accepted))
        .order_by(DeliveryReport.id)
    ).all()
    for report in reports:
        row = accepted[report.external_id]
        if row.external_id == report.external_id:  # not set free for another attempt meanwhile
            _report(session, row, report.state, report.error_code, now, remedy_for)
        session.delete(report)
