"""What follows from trainers' words about one message: pure rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from wadul.core.states import Decision, Standing


@dataclass(frozen=True)
class Opinion:
    """One annotation, as far as it decides something."""

    author_id: UUID
    decision: Decision
    label: str | None = None
    settles: bool = False


@dataclass(frozen=True)
class Outcome:
    """`label` is what the message teaches; None while it teaches nothing."""

    standing: Standing
    label: str | None = None


NOTHING = Outcome(Standing.OPEN)


def outcome_of(opinions: Sequence[Opinion]) -> Outcome:
    """Opinions in the order in which they were given.

    Of each person the last word counts. A settling word ends what was before it; who disagrees
    with it afterwards opens the question again.
    """
    since = max((at for at, each in enumerate(opinions) if each.settles), default=0)
    last = {each.author_id: each for each in opinions[since:]}
    meant = {_meaning(each) for each in last.values()} - {None}
    if len(meant) > 1:
        return Outcome(Standing.CONTESTED)
    if not meant:
        return Outcome(Standing.SECOND) if last else NOTHING
    label = next((each.label for each in last.values() if _teaches(each)), None)
    return Outcome(Standing.DECIDED, label)


def _meaning(opinion: Opinion) -> tuple[Decision, str | None] | None:
    """Two opinions with the same meaning agree; None is no opinion yet."""
    if opinion.decision is Decision.SECOND_OPINION:
        return None
    if _teaches(opinion):
        return Decision.RELABEL, opinion.label
    return opinion.decision, None


def _teaches(opinion: Opinion) -> bool:
    return opinion.decision in (Decision.RIGHT, Decision.RELABEL)
