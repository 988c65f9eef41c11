"""Intents that trainers missed: what they proposed, gathered, for whoever writes the rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from wadul.core.states import Decision, Standing
from wadul.training.inbox import Item, Word
from wadul.training.similarity import comparable

_SHOWN = 5  # messages of each


@dataclass(frozen=True)
class Proposal:
    """`times`: how often residents wrote it; `texts` are some of the messages, masked."""

    words: str
    times: int
    by: tuple[str, ...]
    texts: tuple[str, ...]


def proposals_in(items: Sequence[Item]) -> list[Proposal]:
    """The most wanted first; those that were settled otherwise are none."""
    groups: dict[str, list[tuple[Item, Word]]] = defaultdict(list)
    for item in items:
        word = item.words[-1] if item.words else None
        if word and word.decision is Decision.NEW_INTENT and _stands(item):
            groups[comparable(word.note)].append((item, word))
    found = [
        Proposal(
            group[0][1].note,
            sum(item.times for item, _ in group),
            tuple(dict.fromkeys(word.by for _, word in group)),
            tuple(item.text for item, _ in group[:_SHOWN]),
        )
        for group in groups.values()
    ]
    return sorted(found, key=lambda each: -each.times)


def _stands(item: Item) -> bool:
    return item.outcome.standing is Standing.DECIDED
