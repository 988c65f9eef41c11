"""From a trainer's decision to the language data: what a message teaches stands in `data/nlu`.

An example is written as soon as one trainer decides, is taken out while two disagree, and moves
when the disagreement is settled otherwise. Only what labelling wrote is ever taken out again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from wadul.core.labelling import Opinion, outcome_of
from wadul.core.states import Decision, Standing
from wadul.exceptions import InvalidInput
from wadul.training import corpus, labels
from wadul.training.checks.dialogue import load_domain
from wadul.training.inbox import Item
from wadul.training.markup import Span, marked, one_line
from wadul.training.masking import EMAIL, NAME
from wadul.training.nlu_file import Example
from wadul.training.project import Project
from wadul.training.similarity import comparable

# A masked name is a hole that no resident ever writes; a common name of the region stands for it.
_NAMES = (
    "Casmini",
    "Warsidi",
    "Ratinah",
    "Tarmidi",
    "Nurhayati",
    "Dulkarim",
    "Sumarni",
    "Wastinah",
)
_ADDRESS = "warga@surel.example"


@dataclass(frozen=True)
class Choice:
    """What a trainer decided about an item; `entities` are positions in the masked text."""

    decision: Decision
    label: str | None = None
    entities: tuple[Mapping[str, Any], ...] = ()
    note: str = ""
    settles: bool = False


def teach(project: Project, item: Item, choice: Choice, author: UUID) -> bool:
    """Bring the data in line with the decision; True if it wrote an example.

    Raises `UnknownLabel`, `BrokenFile`, `ChangedMeanwhile`, `InvalidInput`.
    """
    mine = Opinion(author, choice.decision, _label(project, item, choice), choice.settles)
    after = outcome_of([*(word.opinion for word in item.words), mine])
    teaches = after.standing is Standing.DECIDED and after.label is not None
    text, source = _sentence(project, item, choice if mine.label == after.label else None)
    known = corpus.Corpus.load(project).by_words.get(comparable(text), ())
    ours = _taught_by_us(item, known)
    if not teaches or after.label is None:
        if ours is not None:
            corpus.remove(project, [ours.text], label=ours.label)
        return False
    if any(example.label == after.label for example in known):
        return False
    if ours is not None:
        corpus.move(project, [ours.text], after.label, label=ours.label)
        return True
    if known:
        raise InvalidInput(
            f"kalimat ini sudah ada di data sebagai {known[0].label} "
            f"({corpus.place_of(project, known[0])}). Pindahkan dahulu lewat halaman Data bila itu "
            "keliru."
        )
    return bool(corpus.add(project, after.label, [source], with_markup=True).new)


def example_text(item_text: str) -> str:
    """The masked text as a sentence of the data."""
    text = one_line(item_text)
    number = int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)
    while NAME in text:
        text = text.replace(NAME, _NAMES[number % len(_NAMES)], 1)
        number += 1
    return text.replace(EMAIL, _ADDRESS)


def _label(project: Project, item: Item, choice: Choice) -> str | None:
    if choice.decision is Decision.RIGHT:
        label = item.label or ""
    elif choice.decision is Decision.RELABEL:
        label = choice.label or ""
    else:
        return None
    labels.require(project, label)
    return label


def _sentence(project: Project, item: Item, choice: Choice | None) -> tuple[str, str]:
    """The sentence, and its source with the entities that the trainer marked."""
    text = example_text(item.text)
    if choice is None or not choice.entities:
        return text, marked(text, ())
    allowed = load_domain(project.domain).entities
    spans, end = [], 0
    for each in sorted(choice.entities, key=lambda one: int(one["start"])):
        entity, value = str(each["entity"]), str(each.get("value") or "")
        words = one_line(item.text[int(each["start"]) : int(each["end"])])
        if entity not in allowed:
            raise InvalidInput(f"entitas {entity} tidak ada di domain.yml.")
        # names are filled in and breaks are gone, so that the place is looked for again
        start = text.find(words, end) if words else -1
        if start < 0:
            raise InvalidInput(
                "bagian yang ditandai berisi data yang disamarkan; tandai yang lain."
            )
        end = start + len(words)
        spans.append(Span(start, end, entity, value))
    try:
        return text, marked(text, spans)
    except ValueError as error:
        raise InvalidInput(
            "tanda entitas tidak boleh bertumpuk atau memuat kurung siku."
        ) from error


def _taught_by_us(item: Item, known: Sequence[Example]) -> Example | None:
    """The example that labelling this very message wrote, if it still stands."""
    taught = {word.label for word in item.words if word.taught}
    return next((example for example in known if example.label in taught), None)
