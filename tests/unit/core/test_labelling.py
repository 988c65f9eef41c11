"""What follows from trainers' words about one message."""

from __future__ import annotations

from uuid import uuid4

import pytest

from wadul.core.labelling import Opinion, outcome_of
from wadul.core.states import Decision, Standing

ANI, BUDI, CICI = uuid4(), uuid4(), uuid4()
RIGHT, RELABEL, NEW, NONE, ASK = (
    Decision.RIGHT,
    Decision.RELABEL,
    Decision.NEW_INTENT,
    Decision.NOT_FOR_TRAINING,
    Decision.SECOND_OPINION,
)
OPEN, SECOND, CONTESTED, DECIDED = Standing


@pytest.mark.parametrize(
    ("said", "standing", "label"),
    [
        ([], OPEN, None),
        ([(ANI, RIGHT, "a")], DECIDED, "a"),
        ([(ANI, NONE)], DECIDED, None),
        ([(ANI, NEW)], DECIDED, None),
        ([(ANI, ASK)], SECOND, None),
        ([(ANI, ASK), (BUDI, RIGHT, "a")], DECIDED, "a"),
        ([(ANI, RIGHT, "a"), (BUDI, ASK)], DECIDED, "a"),
        # the same label is the same, whoever the bot agreed with
        ([(ANI, RIGHT, "a"), (BUDI, RELABEL, "a")], DECIDED, "a"),
        ([(ANI, RIGHT, "a"), (BUDI, RELABEL, "b")], CONTESTED, None),
        ([(ANI, RIGHT, "a"), (BUDI, NONE)], CONTESTED, None),
        ([(ANI, NEW), (BUDI, NONE)], CONTESTED, None),
        # of one person the last word counts
        ([(ANI, RIGHT, "a"), (ANI, RELABEL, "b")], DECIDED, "b"),
        ([(ANI, RIGHT, "a"), (BUDI, RELABEL, "b"), (ANI, RELABEL, "b")], DECIDED, "b"),
        # who settles ends it; who disagrees afterwards opens it again
        ([(ANI, RIGHT, "a"), (BUDI, NONE), (CICI, RELABEL, "c", True)], DECIDED, "c"),
        ([(ANI, RIGHT, "a"), (BUDI, NONE, None, True), (ANI, RIGHT, "a")], CONTESTED, None),
        ([(ANI, RIGHT, "a", True), (ANI, RELABEL, "b")], DECIDED, "b"),
    ],
)
def test_outcome(said: list[tuple[object, ...]], standing: Standing, label: str | None) -> None:
    outcome = outcome_of([Opinion(*each) for each in said])  # type: ignore[arg-type]
    assert (outcome.standing, outcome.label) == (standing, label)
