"""Which message first: the one whose label would teach most.

`quick_order` needs no model and is there at once: doubt, what people say against the prediction,
how often it was written, words that no example has. `taught_order` asks the encoder in the Rasa
environment (`components.active`, measured by `benchmarks.active`), which takes a while, and puts
messages that are alike together.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from wadul.core.kinds import UNCLEAR, kind_of
from wadul.core.states import HandOffReason
from wadul.training.inbox import Item
from wadul.training.nlu_file import Example
from wadul.training.project import Project
from wadul.training.rasa import RasaPrograms
from wadul.training.similarity import comparable

MOST = 400  # messages that the encoder compares; the first ones of the quick order
_ALIKE = 78.0
"""Ratio of word sets (0-100) from which two messages are shown together without the encoder."""
_LOOKED_AT = 200
_FLAGGED, _CONTRADICTED, _GAVE_UP = 1.0, 1.0, 0.5
_UNCLEAR_DOUBT = 0.8
"""`nlu_fallback` and the like carry the confidence of a guess that was thrown away."""


@dataclass(frozen=True)
class Placed:
    """`cluster`: the turn that leads messages that are alike. `second`: another model's labels."""

    item: Item
    cluster: int
    second: tuple[str, ...] = ()


@dataclass(frozen=True)
class Order:
    placed: tuple[Placed, ...] = ()
    by_encoder: bool = field(default=False)


def doubt_about(item: Item) -> float:
    """0 to 1: how unsure the model is, and whether somebody says that it is wrong."""
    unsure = 1.0 - (item.confidence if item.confidence is not None else 0.0)
    if kind_of(item.label or "") == UNCLEAR:
        unsure = max(unsure, _UNCLEAR_DOUBT)
    if item.flagged_by:
        unsure += _FLAGGED
    if any(each.contradicts(item.label) for each in item.evidence):
        unsure += _CONTRADICTED
    if item.handed is HandOffReason.NOT_UNDERSTOOD:
        unsure += _GAVE_UP
    return unsure


def vocabulary(examples: Sequence[Example]) -> set[str]:
    return {word for example in examples for word in comparable(example.text).split()}


def quick_order(items: Sequence[Item], known_words: Collection[str]) -> Order:
    ranked = sorted(items, key=lambda item: -_worth(item, known_words))
    return Order(tuple(_grouped(ranked)))


def taught_order(
    project: Project, rasa: RasaPrograms, order: Order, examples: Sequence[Example]
) -> Order:
    """The quick order's first messages anew, then the others. Raises `ModelUnusable`."""
    items = [each.item for each in order.placed]
    pool, rest = items[:MOST], order.placed[MOST:]
    if not pool:
        return order
    request = {
        "texts": [item.text for item in pool],
        "counts": [item.times for item in pool],
        "uncertainty": [doubt_about(item) for item in pool],
        "predicted": [item.label or "" for item in pool],
        "known": [example.text for example in examples],
        "known_labels": [example.label for example in examples],
        "limit": len(pool),
    }
    project.var.mkdir(parents=True, exist_ok=True)
    cache = project.var / "inbox-sentences.npz"
    answer = rasa.answer("components.active", request, "--cache", str(cache))
    placed: dict[int, Placed] = {}
    for chosen in answer["order"]:
        leader = chosen["index"]
        if leader in placed:
            continue
        for at in (leader, *chosen["like"]):
            if at not in placed:
                placed[at] = Placed(pool[at], leader, tuple(answer["nearest"][at]))
    return Order((*placed.values(), *rest), by_encoder=True)


def _worth(item: Item, known_words: Collection[str]) -> float:
    words = comparable(item.text).split()
    new = sum(word not in known_words for word in words) / len(words) if words else 0.0
    return (doubt_about(item) + 0.5 * new + 0.02) * math.log2(1 + item.times)


def _grouped(ranked: Sequence[Item]) -> list[Placed]:
    """Each message is followed by those that resemble it, among the first ones."""
    texts = [comparable(item.text) for item in ranked]
    placed: dict[int, Placed] = {}
    for leader, item in enumerate(ranked):
        if leader in placed:
            continue
        placed[leader] = Placed(item, leader)
        for at in range(leader + 1, min(len(ranked), _LOOKED_AT) if leader < _LOOKED_AT else 0):
            if at not in placed and fuzz.token_set_ratio(texts[leader], texts[at]) >= _ALIKE:
                placed[at] = Placed(ranked[at], leader)
    return list(placed.values())
