"""What can be read off a message without understanding it, as families of named features.

`words` and `letters` look at the normalised text, `shape` at the text as typed (capitals, length,
digits, last sign), `concepts` at families of everyday words, `frame` at the sentence with services,
places, money and numbers replaced by their kind, so that "syarat KIA" helps "syarat NIB", and
`matter` only at what the named services are about, which a long sentence would drown.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from string import ascii_lowercase, ascii_uppercase, digits
from typing import TYPE_CHECKING, Any

import yaml

from components.masking import mask_personal_numbers
from components.words import fold

if TYPE_CHECKING:
    from collections.abc import Callable

    from components.normaliser import Normaliser

CONCEPTS = Path(__file__).with_name("concepts.yml")
MAX_CHARACTERS = 1_000
OF_THE_OFFICE = frozenset({"service", "desa", "out_of_area_place", "ticket_number", "rt", "rw"})
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_RUN = re.compile(r"(.)\1{2,}")
_SIGNS = str.maketrans(ascii_lowercase + ascii_uppercase + digits, "a" * 26 + "A" * 26 + "9" * 10)


@dataclass(frozen=True)
class View:
    """One message: `raw` as typed, `normal` normalised, `frame` with entities replaced.

    `novelty`: share of the words that no example has, 0 where only one is new or where something
    of the office is named.
    """

    raw: str
    normal: str
    frame: str
    marks: tuple[str, ...] = field(default=())
    novelty: float = 0.0


def look(text: str, entities: list[dict[str, Any]], normaliser: Normaliser) -> View:
    """Make a `View`; `entities` are Rasa's dictionaries, with `category` where a service has one."""
    text = text[:MAX_CHARACTERS]
    parts: list[str] = []
    at = 0
    for one in sorted(entities, key=lambda e: (e["start"], -e["end"])):
        if one["start"] < at or one["end"] > len(text):
            continue
        parts += [normaliser.normalise(text[at : one["start"]]), f"_{one['entity']}"]
        at = one["end"]
    parts.append(normaliser.normalise(text[at:]))
    frame = _NUMBER.sub("_number", " ".join(part for part in parts if part))
    marks = tuple(f"_category {e['category']}" for e in entities if e.get("category"))
    normal = normaliser.normalise(text)
    named = any(one["entity"] in OF_THE_OFFICE for one in entities)
    novelty = 0.0 if named else normaliser.novelty(normal)
    return View(mask_personal_numbers(text), normal, frame, marks, novelty)


def words(view: View) -> list[str]:
    """Return single words and pairs."""
    tokens = view.normal.split()
    return [*tokens, *map(" ".join, itertools.pairwise(tokens))]


def letters(view: View) -> list[str]:
    """Return runs of 2 to 5 letters inside word borders."""
    return [
        padded[at : at + size]
        for word in view.normal.split()
        for padded in (f" {word} ",)
        for size in range(2, 6)
        for at in range(len(padded) - size + 1)
    ]


def shape(view: View) -> list[str]:
    """Return length, the pattern of each word ("Aa", "99", "AA-9") and the last sign.

    A last full stop says nothing: some people's keyboards set it.
    """
    raw = view.raw.rstrip(". ")
    tokens = raw.split()
    patterns = [_pattern(token) for token in tokens[:20]]
    last = raw[-1:]
    return [
        f"words {min(len(tokens), 8)}",
        f"length {min(len(raw) // 10, 9)}",
        f"first {patterns[0] if patterns else ''}",
        f"last {'a' if last.isalnum() else last}",
        *patterns,
    ]


def concepts(view: View) -> list[str]:
    """Return the families of the words, pairs of families, and the whole line if it is short."""
    families = _families()
    groups = [families.get(word) or (_kind(word),) for word in view.normal.split()]
    padded = [("<",), *groups, (">",)]
    single = [name for group in groups for name in group]
    pairs = [f"{a}|{b}" for left, right in itertools.pairwise(padded) for a in left for b in right]
    whole = ["=" + " ".join(group[0] for group in groups)] if len(groups) <= 6 else []
    return single + pairs + whole


def frame(view: View) -> list[str]:
    """Return words, pairs and pairs with a gap of the frame, and the categories of its services."""
    tokens = view.frame.split()
    closed = ["<", *tokens, ">"]
    pairs = map(" ".join, itertools.pairwise(closed))
    gaps = map(" _ ".join, zip(tokens, tokens[2:], strict=False))
    return [*tokens, *pairs, *gaps, *view.marks]


def matter(view: View) -> list[str]:
    """Return the categories of the services that are named."""
    return list(view.marks)


FAMILIES: dict[str, Callable[[View], list[str]]] = {
    "words": words,
    "letters": letters,
    "shape": shape,
    "concepts": concepts,
    "frame": frame,
    "matter": matter,
}


def _pattern(token: str) -> str:
    return _RUN.sub(r"\1\1", token.translate(_SIGNS))[:20]


def _kind(word: str) -> str:
    if _NUMBER.fullmatch(word):
        return "#number"
    if any(c.isdigit() for c in word):
        return "#code"
    return "#word" if word.isalnum() else f"#{word}"


@lru_cache(maxsize=1)
def _families() -> dict[str, tuple[str, ...]]:
    table = yaml.safe_load(CONCEPTS.read_text(encoding="utf-8"))
    found: dict[str, list[str]] = {}
    for family, members in table.items():
        for word in str(members).split():
            found.setdefault(fold(word), []).append(str(family))
    return {word: tuple(names) for word, names in found.items()}
