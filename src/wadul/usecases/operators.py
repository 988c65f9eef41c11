"""Bot -> queue -> operator -> bot, from the operators' side: owner and lease of a conversation.

The conversation's row is locked by whoever changes `handled_by`; the worker looks at it in the
transaction that writes the bot's answer, so that after a take-over the bot says nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from wadul.core.actors import ON_DUTY_ROLES, Actor, Power
from wadul.core.states import HandledBy, HandOffReason, NoticeKind, Role
from wadul.database import ring
from wadul.exceptions import Conflict, NotFound, NotPermitted
from wadul.models import (
    Conversation,
    HandOff,
    InspectorHold,
    Notice,
    OperatorLease,
    User,
)
from wadul.queries.conversations import open_hand_off
from wadul.usecases import audit
from wadul.usecases.bots_words import withdraw_unsent
from wadul.usecases.users import set_duty

LEASE = timedelta(minutes=15)
SYSTEM = "system"


class HeldByColleague(Conflict):
    """A colleague holds this conversation."""

    code = "held_by_colleague"

    def __init__(self, colleague: str) -> None:
        super().__init__(f"{colleague} holds this conversation")
        self.colleague = colleague


def take_over(
    session: Session,
    actor: Actor,
    conversation_id: UUID,
    *,
    now: datetime,
    from_colleague: bool = False,
) -> Conversation:
    """Make the conversation this operator's; what the bot had not sent yet is withdrawn.

    Raises `HeldByColleague`; with `from_colleague` a supervisor may take it all the same.
    """
    actor.require(Power.ANSWER)
    conversation = locked(session, actor, conversation_id)
    if conversation.handled_by is HandledBy.OPERATOR:
        if conversation.owner_id == actor.user_id:
            _prolong(session, conversation, now)
            return conversation
        if not from_colleague:
            raise HeldByColleague(name_of(session, actor.office_id, conversation.owner_id))
        actor.require(Power.LEAD)
        _end_inspection(session, conversation, now)
    else:
        withdraw_unsent(session, conversation)
    conversation.handled_by = HandledBy.OPERATOR
    conversation.owner_id = actor.user_id
    conversation.handled_since = now
    if actor.sees_supervisory:
        _begin_inspection(session, conversation, now)
    hand_off = open_hand_off(session, conversation)
    if hand_off is None:
        hand_off = HandOff(
            office_id=conversation.office_id,
            conversation_id=conversation.id,
            turn_id=None,
            reason=HandOffReason.OPERATOR,
            queued_at=now,
        )
        session.add(hand_off)
    hand_off.taken_at = hand_off.taken_at or now
    _prolong(session, conversation, now)
    _log(session, actor, "take_over", conversation, now)
    ring(session)
    return conversation


def hand_back(
    session: Session, actor: Actor, conversation_id: UUID, *, note: str, now: datetime
) -> None:
    """Give the conversation to the bot, with what it should know. Raises `HeldByColleague`."""
    actor.require(Power.ANSWER)
    conversation = _held(session, actor, conversation_id)
    hand_off = open_hand_off(session, conversation)
    if hand_off is not None:
        hand_off.returned_at = now
        hand_off.note = note.strip()
    _let_go(session, conversation, HandledBy.BOT, now, now=now)
    _log(session, actor, "hand_back", conversation, now)
    ring(session)


def return_to_queue(
    session: Session, actor: Actor, conversation_id: UUID, *, now: datetime
) -> None:
    """Let a colleague take it. Raises `HeldByColleague`."""
    actor.require(Power.ANSWER)
    conversation = _held(session, actor, conversation_id)
    _back_to_queue(session, conversation, now)
    _log(session, actor, "return_to_queue", conversation, now)
    ring(session)


def prolong_leases(session: Session, actor: Actor, *, now: datetime) -> None:
    """The operator is still there, at whatever page: all that they hold stays theirs."""
    session.execute(
        update(OperatorLease)
        .where(
            OperatorLease.office_id == actor.office_id,
            OperatorLease.owner_id == actor.user_id,
        )
        .values(until=now + LEASE)
    )


def expire_leases(session: Session, *, now: datetime) -> int:
    """Conversations whose operator is gone go back into the queue, and a supervisor is told.

    Returns how many. Safe to run in several processes at once.
    """
    rows = session.execute(
        select(Conversation, OperatorLease)
        .outerjoin(
            OperatorLease,
            (OperatorLease.office_id == Conversation.office_id)
            & (OperatorLease.conversation_id == Conversation.id),
        )
        .where(
            Conversation.handled_by == HandledBy.OPERATOR,
            or_(
                OperatorLease.until <= now,
                OperatorLease.until.is_(None) & (Conversation.handled_since <= now - LEASE),
            ),
        )
        .limit(100)
        .with_for_update(skip_locked=True, of=Conversation)
    ).all()
    for conversation, _ in rows:
        owner = name_of(session, conversation.office_id, conversation.owner_id)
        _tell_supervisors(session, conversation, owner, now)
        _back_to_queue(session, conversation, now)
        audit.append(
            session,
            conversation.office_id,
            actor=SYSTEM,
            action="lease_expired",
            subject=str(conversation.id),
            details={"owner": owner},
            now=now,
        )
    if rows:
        ring(session)
    return len(rows)


def change_duty(session: Session, actor: Actor, on_duty: bool, *, now: datetime) -> None:
    """Raises `NotPermitted` for roles that nobody is queued for."""
    if actor.role not in ON_DUTY_ROLES:
        raise NotPermitted(f"nobody is queued for the role {actor.role}")
    set_duty(session, actor.office_id, actor.user_id, on_duty)
    audit.append(
        session,
        actor.office_id,
        actor=actor.name,
        action="duty_on" if on_duty else "duty_off",
        subject=actor.name,
        now=now,
    )
    ring(session)


def locked(session: Session, actor: Actor, conversation_id: UUID) -> Conversation:
    """Raises `NotFound`, also for another office's."""
    conversation = session.get(
        Conversation, (actor.office_id, conversation_id), with_for_update=True
    )
    if conversation is None:
        raise NotFound("there is no such conversation")
    return conversation


def name_of(session: Session, office_id: str, user_id: UUID | None) -> str:
    user = session.get(User, (office_id, user_id)) if user_id else None
    return user.full_name if user else "—"


def _held(session: Session, actor: Actor, conversation_id: UUID) -> Conversation:
    """One that this actor holds, or, for a supervisor, anybody."""
    conversation = locked(session, actor, conversation_id)
    if conversation.handled_by is not HandledBy.OPERATOR:
        raise Conflict("nobody holds this conversation any more")
    if conversation.owner_id != actor.user_id and not actor.may(Power.LEAD):
        raise HeldByColleague(name_of(session, actor.office_id, conversation.owner_id))
    return conversation


def _back_to_queue(session: Session, conversation: Conversation, now: datetime) -> None:
    """To where the resident stood when they began to wait."""
    hand_off = open_hand_off(session, conversation)
    since = now
    if hand_off is not None:
        hand_off.taken_at = None
        since = hand_off.queued_at
    _let_go(session, conversation, HandledBy.QUEUE, since, now=now)


def _let_go(
    session: Session, conversation: Conversation, to: HandledBy, since: datetime, *, now: datetime
) -> None:
    _end_inspection(session, conversation, now)
    conversation.handled_by = to
    conversation.owner_id = None
    conversation.handled_since = since
    lease = session.get(OperatorLease, (conversation.office_id, conversation.id))
    if lease is not None:
        session.delete(lease)


def _begin_inspection(session: Session, conversation: Conversation, now: datetime) -> None:
    session.add(
        InspectorHold(office_id=conversation.office_id, conversation_id=conversation.id, since=now)
    )


def _end_inspection(session: Session, conversation: Conversation, now: datetime) -> None:
    session.execute(
        update(InspectorHold)
        .where(
            InspectorHold.office_id == conversation.office_id,
            InspectorHold.conversation_id == conversation.id,
            InspectorHold.until.is_(None),
        )
        .values(until=now)
    )


def _prolong(session: Session, conversation: Conversation, now: datetime) -> None:
    lease = session.get(OperatorLease, (conversation.office_id, conversation.id))
    if lease is None:
        lease = OperatorLease(office_id=conversation.office_id, conversation_id=conversation.id)
        session.add(lease)
    assert conversation.owner_id is not None  # noqa: S101 - set by whoever calls this
    lease.owner_id = conversation.owner_id
    lease.until = now + LEASE


def _tell_supervisors(
    session: Session, conversation: Conversation, owner: str, now: datetime
) -> None:
    supervisors = session.scalars(
        select(User.id).where(
            User.office_id == conversation.office_id,
            User.active,
            User.role.in_((Role.SUPERVISOR, Role.ADMIN)),
        )
    )
    for user_id in supervisors:
        session.add(
            Notice(
                office_id=conversation.office_id,
                user_id=user_id,
                kind=NoticeKind.FELL_BACK,
                conversation_id=conversation.id,
                text=owner,
                created_at=now,
            )
        )


def _log(
    session: Session, actor: Actor, action: str, conversation: Conversation, now: datetime
) -> None:
    audit.append(
        session,
        actor.office_id,
        actor=actor.name,
        action=action,
        subject=str(conversation.id),
        now=now,
    )
