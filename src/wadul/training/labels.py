"""Which labels there are: intents of domain.yml, and the details of those that have some."""

from __future__ import annotations

from wadul.core.states import Category
from wadul.office import EMERGENCY_KINDS
from wadul.training.exceptions import UnknownLabel
from wadul.training.files import read
from wadul.training.nlu_file import compose, pairs
from wadul.training.project import Project

GENERAL = "general"
ASPECTS = ("requirements", "cost", "duration", "place", "procedure", "hours", "contact", GENERAL)
DETAILS: dict[str, tuple[str, ...]] = {
    "complaint": (*(each.value for each in Category if each is not Category.EMERGENCY), GENERAL),
    "consultation": ASPECTS,
    "emergency": EMERGENCY_KINDS,
}
NEVER_TRAINED = frozenset({"attachment", "location", "ambiguous_kind", "nlu_fallback"})
"""Intents of the domain that no sentence stands for."""


def base_of(label: str) -> str:
    return label.partition("/")[0]


def known_labels(project: Project) -> list[str]:
    """In the order of domain.yml. Raises `BrokenFile`."""
    labels = []
    for intent in intents_of_domain(project):
        if intent in NEVER_TRAINED:
            continue
        details = DETAILS.get(intent)
        labels += [f"{intent}/{detail}" for detail in details] if details else [intent]
    return labels


def intents_of_domain(project: Project) -> list[str]:
    node = pairs(compose(read(project.domain))).get("intents", (None, None))[1]
    return [
        # an intent is a name, or a mapping from its name to options
        str(item.value if not isinstance(item.value, list) else item.value[0][0].value)
        for item in (node.value if node else ())
    ]


def require(project: Project, label: str) -> None:
    """Raises `UnknownLabel`, naming labels that are close."""
    known = known_labels(project)
    if label in known:
        return
    alike = [each for each in known if base_of(each) == base_of(label)] or known
    raise UnknownLabel(f"label {label} tidak dikenal. Yang ada: {', '.join(alike)}.")
