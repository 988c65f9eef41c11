"""From the label that the language model gives to what the office does with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

UNCLEAR = "unclear"
AMBIGUOUS = "ambiguous_kind"
DOUBT = frozenset({AMBIGUOUS, "nlu_fallback"})
LIKELY = 0.5

KIND_OF_INTENT = {
    "complaint": "complaint",
    "consultation": "consultation",
    "emergency": "emergency",
    "aspiration": "aspiration",
    "human_request": "handoff",
    "document_status": "status",
    "ticket_status": "status",
    "ticket_add": "status",
    "ticket_reopen": "status",
    "ticket_withdraw": "status",
    "out_of_area": "information",
    "privacy_data": "information",
    "privacy_erase": "information",
    "privacy_stop": "information",
    "privacy_start": "information",
    "greet": "smalltalk",
    "goodbye": "smalltalk",
    "thanks": "smalltalk",
    "affirm": "smalltalk",
    "deny": "smalltalk",
    "cancel": "smalltalk",
    "correct": "smalltalk",
    "skip": "smalltalk",
    "inform": "smalltalk",
    "anonymity": "smalltalk",
    "bot_challenge": "smalltalk",
    "insult": "smalltalk",
    "menu": "smalltalk",
    "spam": UNCLEAR,
    "out_of_scope": UNCLEAR,
    "nlu_fallback": UNCLEAR,
    AMBIGUOUS: UNCLEAR,
}


def kind_of(label: str) -> str:
    """For a label such as `complaint/land`; what is not known is unclear."""
    return KIND_OF_INTENT.get(label.partition("/")[0], UNCLEAR)


def meant(parse: Mapping[str, Any]) -> tuple[str, float]:
    """The label that a parse stands for, and its chance; also where the bot asks before it acts.

    `ambiguous_kind` stands for the likelier of the two, `nlu_fallback` for the best label of a kind
    that is more likely than not; else for itself.
    """
    intent = parse["intent"]
    label = str(intent.get("label") or intent.get("name") or "")
    if label not in DOUBT:
        return label, float(intent.get("confidence") or 0.0)
    chances: dict[str, float] = defaultdict(float)
    best: dict[str, tuple[float, str]] = {}
    for each in parse.get("intent_ranking", ()):
        if each["name"] not in DOUBT:
            kind, chance = kind_of(each["name"]), float(each["confidence"])
            chances[kind] += chance
            best[kind] = max(best.get(kind, (0.0, "")), (chance, str(each["label"])))
    likeliest = max(chances, key=lambda kind: chances[kind], default=UNCLEAR)
    if label == AMBIGUOUS or chances[likeliest] >= LIKELY:
        return best[likeliest][1], chances[likeliest]
    return label, float(intent.get("confidence") or 0.0)


def aspect_of(label: str) -> str | None:
    """What of a service is asked: requirements, cost, …; None for a general question."""
    intent, _, detail = label.partition("/")
    return detail if intent == "consultation" and detail not in {"", "general"} else None
