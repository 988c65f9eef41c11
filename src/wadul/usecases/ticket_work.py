"""What people do with a ticket at the console.

Everybody says which version they saw: whoever comes second is told, and nothing is overwritten.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from wadul.core.actors import Actor, Power
from wadul.core.composing import clean_text
from wadul.core.dates import local_date
from wadul.core.deadlines import class_of, deadlines_from
from wadul.core.states import Category, TicketClass, TicketEventType, TicketKind, TicketStatus
from wadul.core.ticket_status import is_open
from wadul.exceptions import Conflict, InvalidInput, NotFound
from wadul.models import Contact, Ticket, TicketProof, User
from wadul.office import Office
from wadul.usecases import audit
from wadul.usecases.casework import answer_ticket, change_status, find_ticket
from wadul.usecases.identities import anonymous_tickets
from wadul.usecases.ticket_history import record

LONGEST = 4000  # characters of a question, reason or answer
_NEEDS_A_REASON = {
    TicketStatus.NEEDS_INFO,
    TicketStatus.FORWARDED,
    TicketStatus.OUT_OF_SCOPE,
    TicketStatus.REJECTED,
}
_ELSEWHERE = {TicketStatus.DUPLICATE, TicketStatus.ANSWERED, TicketStatus.WITHDRAWN}


class Stale(Conflict):
    """The ticket was changed by somebody else since it was shown."""

    code = "stale"
    sentence = (
        "Laporan ini baru saja diubah orang lain. Keadaan terbaru sudah ditampilkan; "
        "periksa dulu, lalu ulangi bila masih perlu."
    )


class ProofMissing(InvalidInput):
    """A complaint is closed with a proof, or with the reason why there is none."""

    code = "proof_missing"
    sentence = "Sertakan foto bukti, atau tuliskan mengapa tidak ada bukti."


class ReasonMissing(InvalidInput):
    """This move wants words."""

    code = "reason_missing"
    sentence = "Tuliskan keterangannya lebih dulu."


def move_ticket(
    session: Session,
    actor: Actor,
    office: Office,
    number: str,
    wanted: TicketStatus,
    *,
    version: int,
    reason: str = "",
    now: datetime,
) -> None:
    """Verify, begin work, ask the resident, forward, refuse. Raises `Stale`, `MoveNotAllowed`."""
    if wanted in _ELSEWHERE:
        raise InvalidInput(f"there is another way to make a ticket {wanted}")
    words = _words(reason)
    if wanted in _NEEDS_A_REASON and not words:
        raise ReasonMissing
    ticket = shown(session, actor, number, version)
    if wanted is TicketStatus.CLOSED:
        _check_proof(session, ticket, words)
    was_ended = not is_open(ticket.status)
    change_status(
        session,
        office,
        number,
        wanted,
        actor=actor.name,
        now=now,
        reason=words,
        may_see_supervisory=actor.sees_supervisory,
    )
    if wanted is TicketStatus.REOPENED and was_ended:
        _restart_limit(office, ticket, now)
    log(session, actor, f"ticket_{wanted.value}", ticket.number, now)


def answer(
    session: Session,
    actor: Actor,
    office: Office,
    number: str,
    text: str,
    *,
    version: int,
    now: datetime,
) -> None:
    """Send the office's answer. Raises `Stale`, `MoveNotAllowed`, `InvalidInput`."""
    words = _words(text)
    if not words:
        raise ReasonMissing
    ticket = shown(session, actor, number, version)
    answer_ticket(
        session,
        office,
        number,
        words,
        actor=actor.name,
        now=now,
        may_see_supervisory=actor.sees_supervisory,
    )
    log(session, actor, "ticket_answered", ticket.number, now)


def add_fact(
    session: Session, actor: Actor, number: str, text: str, *, version: int, now: datetime
) -> None:
    """What an operator found out; the resident is not told."""
    words = _words(text)
    if not words:
        raise ReasonMissing
    ticket = shown(session, actor, number, version)
    record(session, ticket, TicketEventType.FACT_ADDED, now, actor.name, None, note=words)
    touch(ticket)


def reclassify(
    session: Session,
    actor: Actor,
    office: Office,
    number: str,
    *,
    kind: TicketKind,
    category: Category,
    desa: str | None,
    version: int,
    now: datetime,
) -> None:
    """Correct what the bot guessed; the limit follows, counted from the day of filing.

    Out of the supervisory class only an inspector leads. Raises `Stale`.
    """
    ticket = shown(session, actor, number, version)
    before = f"{ticket.kind.value}, {ticket.category.value}, {ticket.desa or '-'}"
    class_ = class_of(kind, category)
    if ticket.class_ is TicketClass.SUPERVISORY and class_ is not TicketClass.SUPERVISORY:
        actor.require(Power.SEE_SUPERVISORY)
    if desa and desa not in {village.name for village in office.villages}:
        raise InvalidInput("there is no such desa in this office")
    ticket.kind, ticket.category, ticket.desa = kind, category, desa or None
    if class_ is not ticket.class_:
        ticket.class_ = class_
        filed = local_date(ticket.created_at, office.timezone)
        _set_limit(office, ticket, filed)
    after = f"{kind.value}, {category.value}, {desa or '-'}"
    record(
        session,
        ticket,
        TicketEventType.RECLASSIFIED,
        now,
        actor.name,
        None,
        details={"from": before, "to": after},
    )
    touch(ticket)
    log(session, actor, "ticket_reclassified", ticket.number, now)


def assign(
    session: Session,
    actor: Actor,
    seen: Mapping[str, int],
    assignee_id: UUID | None,
    *,
    now: datetime,
) -> int:
    """Give tickets to somebody (None: to nobody); returns how many changed hands.

    `seen`: numbers, and the version of each. An operator may take tickets, and give up their own;
    the rest is for those who lead. Raises `Stale`, and then none changes hands.
    """
    actor.require(Power.WORK_TICKETS)
    name = ""
    if assignee_id is not None:
        user = session.get(User, (actor.office_id, assignee_id))
        if user is None or not user.active:
            raise NotFound("there is no such person")
        name = user.full_name
    changed = 0
    for number, version in sorted(seen.items()):
        ticket = find_ticket(
            session, actor.office_id, number, may_see_supervisory=actor.sees_supervisory
        )
        if ticket.assignee_id == assignee_id:
            continue
        if ticket.version != version:
            raise Stale
        own = {assignee_id, ticket.assignee_id} <= {actor.user_id, None}
        if not own:
            actor.require(Power.LEAD)
        ticket.assignee_id = assignee_id
        record(
            session,
            ticket,
            TicketEventType.ASSIGNED,
            now,
            actor.name,
            None,
            details={"to": name},
        )
        changed += 1
    if changed:
        log(session, actor, "tickets_assigned", ", ".join(sorted(seen)), now)
    return changed


def open_identity(session: Session, actor: Actor, number: str, *, now: datetime) -> str:
    """The address of an anonymous reporter; that it was opened stands in history and log.

    Also in the history of their anonymous tickets, where this one is not.
    """
    actor.require(Power.WORK_TICKETS)
    ticket = find_ticket(
        session, actor.office_id, number, may_see_supervisory=actor.sees_supervisory
    )
    for each in {ticket, *anonymous_tickets(session, ticket.office_id, ticket.conversation_id)}:
        record(session, each, TicketEventType.OPENED_IDENTITY, now, actor.name, None)
    log(session, actor, "identity_opened", ticket.number, now)
    return session.get_one(Contact, (ticket.office_id, ticket.contact_id)).address


def note_refusal(session: Session, actor: Actor, what: str, *, now: datetime) -> None:
    """Somebody asked for what does not exist for them."""
    log(session, actor, "refused", what, now)


def shown(session: Session, actor: Actor, number: str, version: int) -> Ticket:
    """The locked ticket, if it is still as it was shown. Raises `NotFound`, `Stale`."""
    actor.require(Power.WORK_TICKETS)
    ticket = find_ticket(
        session, actor.office_id, number, may_see_supervisory=actor.sees_supervisory
    )
    if ticket.version != version:
        raise Stale
    return ticket


def touch(ticket: Ticket) -> None:
    """Count the version up although no column changed, so that others are told."""
    flag_modified(ticket, "description")


def log(session: Session, actor: Actor, action: str, subject: str, now: datetime) -> None:
    audit.append(
        session, actor.office_id, actor=actor.name, action=action, subject=subject, now=now
    )


def _check_proof(session: Session, ticket: Ticket, words: str) -> None:
    if ticket.kind is not TicketKind.COMPLAINT or words:
        return
    proof = select(TicketProof.id).where(
        TicketProof.office_id == ticket.office_id, TicketProof.ticket_id == ticket.id
    )
    if session.execute(proof.limit(1)).first() is None:
        raise ProofMissing


def _restart_limit(office: Office, ticket: Ticket, now: datetime) -> None:
    _set_limit(office, ticket, local_date(now, office.timezone))


def _set_limit(office: Office, ticket: Ticket, start: date) -> None:
    deadlines = deadlines_from(start, ticket.class_, office.limits, office.extra_holiday_dates)
    ticket.verify_by, ticket.due_at = deadlines.verify_by, deadlines.due_at
    ticket.limit_days = deadlines.limit_days


def _words(text: str) -> str:
    words = clean_text(text)
    if len(words) > LONGEST:
        raise InvalidInput(f"at most {LONGEST} characters")
    return words
