"""From the label that the language model gives to what the office does with it."""

from __future__ import annotations

UNCLEAR = "unclear"

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
    "ambiguous_kind": UNCLEAR,
}


def kind_of(label: str) -> str:
    """For a label such as `complaint/land`; what is not known is unclear."""
    return KIND_OF_INTENT.get(label.partition("/")[0], UNCLEAR)


def aspect_of(label: str) -> str | None:
    """What of a service is asked: requirements, cost, …; None for a general question."""
    intent, _, detail = label.partition("/")
    return detail if intent == "consultation" and detail not in {"", "general"} else None
