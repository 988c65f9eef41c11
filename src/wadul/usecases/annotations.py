"""Trainers' words about messages, one use case for each decision. Nothing is ever taken back:
whoever thinks again adds another word.

`taught` says that the caller wrote the sentence into the language data for it. Whether a label
exists is for the caller to know, who has the files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from wadul.core.actors import Actor, Power
from wadul.core.states import Decision
from wadul.exceptions import InvalidInput, NotFound
from wadul.models import Annotation, Turn

LONGEST_NOTE = 500


class NothingPredicted(InvalidInput):
    """The bot took the message for nothing that could be right."""

    code = "nothing_predicted"
    sentence = "Bot tidak menebak maksud apa pun di sini. Pilih label yang benar."


class ProposalMissing(InvalidInput):
    """A new intent needs a few words on what it is."""

    code = "proposal_missing"
    sentence = "Tulis singkat maksud baru yang Anda usulkan."


def confirm(
    session: Session,
    actor: Actor,
    turn_id: UUID,
    *,
    entities: Sequence[Mapping[str, Any]] = (),
    settles: bool = False,
    taught: bool = False,
    now: datetime,
) -> None:
    """It is what the bot took it for."""
    turn = _turn(session, actor, turn_id)
    if not turn.intent:
        raise NothingPredicted
    _add(session, actor, turn, Decision.RIGHT, turn.intent, entities, "", settles, taught, now)


def relabel(
    session: Session,
    actor: Actor,
    turn_id: UUID,
    label: str,
    *,
    entities: Sequence[Mapping[str, Any]] = (),
    settles: bool = False,
    taught: bool = False,
    now: datetime,
) -> None:
    """It is something else that the bot knows."""
    turn = _turn(session, actor, turn_id)
    _add(session, actor, turn, Decision.RELABEL, label, entities, "", settles, taught, now)


def propose_intent(
    session: Session,
    actor: Actor,
    turn_id: UUID,
    proposal: str,
    *,
    settles: bool = False,
    now: datetime,
) -> None:
    """Nothing that the bot knows fits."""
    turn = _turn(session, actor, turn_id)
    note = proposal.strip()[:LONGEST_NOTE]
    if not note:
        raise ProposalMissing
    _add(session, actor, turn, Decision.NEW_INTENT, None, (), note, settles, False, now)


def set_aside(
    session: Session, actor: Actor, turn_id: UUID, *, settles: bool = False, now: datetime
) -> None:
    """There is nothing to learn from it."""
    turn = _turn(session, actor, turn_id)
    _add(session, actor, turn, Decision.NOT_FOR_TRAINING, None, (), "", settles, False, now)


def ask_second(
    session: Session, actor: Actor, turn_id: UUID, *, note: str = "", now: datetime
) -> None:
    """Another trainer should look."""
    turn = _turn(session, actor, turn_id)
    words = note.strip()[:LONGEST_NOTE]
    _add(session, actor, turn, Decision.SECOND_OPINION, None, (), words, False, False, now)


def _turn(session: Session, actor: Actor, turn_id: UUID) -> Turn:
    """Raises `NotPermitted`; `NotFound` also for a turn of another office."""
    actor.require(Power.TRAIN)
    turn = session.get(Turn, (actor.office_id, turn_id))
    if turn is None:
        raise NotFound("pesan ini tidak ada, atau tidak boleh Anda buka.")
    return turn


def _add(
    session: Session,
    actor: Actor,
    turn: Turn,
    decision: Decision,
    label: str | None,
    entities: Sequence[Mapping[str, Any]],
    note: str,
    settles: bool,
    taught: bool,
    now: datetime,
) -> None:
    session.add(
        Annotation(
            office_id=actor.office_id,
            turn_id=turn.id,
            author_id=actor.user_id,
            decision=decision,
            label=label,
            entities=[dict(each) for each in entities],
            note=note,
            settles=settles,
            taught=taught,
            created_at=now,
        )
    )
    session.flush()
