"""From chances to one answer: name, label, honest confidence, or the admission of doubt."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from components.words import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

FALLBACK = "nlu_fallback"
AMBIGUOUS = "ambiguous_kind"
ELSEWHERE, SPAM, EMERGENCY = "out_of_scope", "spam", "emergency"
OTHER_WORLD = frozenset({ELSEWHERE, SPAM})
KINDS = ("complaint", "consultation")
SHOWN = 5

_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
_EMOJI = re.compile("[\u2600-\u27bf\u2b00-\u2bff\U0001f300-\U0001faff]")
_NUMBER = re.compile(r"\d")
_ONLY_ASKS = re.compile(r"[\s?]*\?[\s?]*")


def decide(
    text: str,
    labels: Sequence[str],
    chances: Sequence[float],
    config: dict[str, Any],
    novelty: float = 0.0,
) -> list[dict[str, Any]]:
    """Return the ranking, the decision first: `{name, label, confidence, alternatives}` each.

    The chance of a name is the sum over its labels: ten unsure categories of complaint are one
    sure complaint. Words that no example has (`novelty`) make another world likelier, but an
    emergency no less likely. The names of another world stand together against every other name.
    """
    by_name: dict[str, float] = defaultdict(float)
    best: dict[str, tuple[float, str]] = {}
    for label, chance in zip(labels, chances, strict=False):
        name = label.partition("/")[0]
        by_name[name] += float(chance)
        best[name] = max(best.get(name, (0.0, "")), (float(chance), label))
    _weigh_novelty(by_name, config["novelty"] * novelty)
    _join_elsewhere(by_name, config["spam"])
    order = sorted(by_name, key=lambda name: -by_name[name])[:SHOWN]
    ranking = [
        {"name": name, "label": best[name][1], "confidence": by_name[name]} for name in order
    ]
    alternatives = [one["label"] for one in ranking[:3]]
    doubt = _doubt(text, by_name, order, config)
    if doubt:
        sure = 1 - by_name[order[0]] if order else 1.0
        ranking.insert(0, {"name": doubt, "label": doubt, "confidence": sure})
    if doubt == AMBIGUOUS:
        ranking[0]["confidence"] = sum(by_name[name] for name in KINDS)
        alternatives = [best[name][1] for name in sorted(KINDS, key=lambda n: -by_name[n])]
    ranking[0]["alternatives"] = alternatives
    return ranking


def _weigh_novelty(by_name: dict[str, float], evidence: float) -> None:
    """Add `evidence`, a logarithm of odds, for another world."""
    if not by_name or max(by_name, key=by_name.__getitem__) == EMERGENCY:
        return
    for name in OTHER_WORLD & by_name.keys():
        by_name[name] *= math.exp(evidence)
    total = sum(by_name.values())
    for name in by_name:
        by_name[name] /= total


def _join_elsewhere(by_name: dict[str, float], spam: float) -> None:
    """Give the chance of another world to one of its names, where it is likeliest: to spam, which
    gets a curt answer, only if that is at least the part `spam` of it.
    """
    if not by_name.keys() >= OTHER_WORLD:
        return
    joint = sum(by_name[name] for name in OTHER_WORLD)
    if joint >= max(by_name.values()):
        name = SPAM if by_name[SPAM] >= spam * joint else ELSEWHERE
        by_name |= {**dict.fromkeys(OTHER_WORLD, 0.0), name: joint}


def _doubt(text: str, by_name: dict[str, float], order: list[str], config: dict[str, Any]) -> str:
    if not order or not says_something(text):
        return FALLBACK
    if set(order[:2]) == set(KINDS) and min(by_name[kind] for kind in KINDS) >= config["ambiguity"]:
        return AMBIGUOUS
    return FALLBACK if by_name[order[0]] < config["threshold"] else ""


def says_something(text: str) -> bool:
    """A text can be understood if it has Latin letters, styled ones too, a digit or an emoji, or if
    it asks "??".
    """
    plain = fold(text)
    signs = (_LATIN, _EMOJI, _NUMBER)
    return any(sign.search(plain) for sign in signs) or bool(_ONLY_ASKS.fullmatch(plain))
