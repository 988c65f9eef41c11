"""A sentence as it stands in a data file, and as it is meant.

Rasa reads `[text](entity)`, `[text]{"entity": …}` and `[text][{…}, …]` as markup and has no escape
sign. But an *empty list* of entities, `[text][]`, is markup that stands for the bare text. So a
bracket that is meant is written `[[][]`: Rasa itself turns it back. Only the opening bracket
begins markup; the other signs are plain text without it.

In a file of ASCII only, Rasa also reads `\\u0041` as a letter, and fails at `\\u` before anything
else: there the letter u is written `[u][]`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

LONGEST = 4096
"""Characters; WhatsApp's own limit for one message."""

# The same pattern as rasa.shared.nlu.training_data.entities_parser; a test compares the results.
_MARKUP = re.compile(
    r"\[(?P<text>[^\]]+?)\]"
    r"(\((?P<entity>[^:)]+?)(?:\:(?P<value>[^)]+))?\)|\{(?P<dict>[^}]+?)\}|\[(?P<list>.*?)\])"
)
_ENTITY_NAME = re.compile(r'"entity"\s*:\s*"([^"]*)"')
_ENTITY_VALUE = re.compile(r'"value"\s*:\s*"([^"]*)"')
_SPECIAL = re.compile(r"\[|(?<=\\)[uU]")
_BLANK = re.compile(r"\s+")


class Marked(NamedTuple):
    """An entity of the markup; `value` is the text where the markup gives none."""

    entity: str
    value: str


def escaped(text: str) -> str:
    """How a sentence is written so that Rasa reads exactly this sentence."""
    return _SPECIAL.sub(lambda sign: f"[{sign[0]}][]", text)


def plain(source: str) -> str:
    """The sentence that Rasa reads."""
    return _MARKUP.sub(lambda match: match["text"], source)


def entities(source: str) -> list[Marked]:
    found = []
    for match in _MARKUP.finditer(source):
        if match["entity"]:
            found.append(Marked(match["entity"], match["value"] or match["text"]))
        for part in (match["dict"], *re.findall(r"\{([^}]+?)\}", match["list"] or "")):
            if part and (name := _ENTITY_NAME.search(part)):
                value = _ENTITY_VALUE.search(part)
                found.append(Marked(name[1], value[1] if value else match["text"]))
    return found


def one_line(text: str) -> str:
    """Without what a line of a data file cannot hold: breaks, control signs, invisible edges."""
    kept = (" " if unicodedata.category(sign) in _NOT_WRITTEN else sign for sign in text)
    return _BLANK.sub(" ", "".join(kept)).strip().strip("\ufeff\u2060").strip()


_NOT_WRITTEN = {"Cc", "Cs", "Cn", "Zl", "Zp"}


class Span(NamedTuple):
    """Where an entity stands in a plain sentence; no `value` where the words are the value."""

    start: int
    end: int
    entity: str
    value: str = ""


def marked(text: str, spans: Sequence[Span]) -> str:
    """The source of a sentence with entities. Raises `ValueError` for spans that cannot be."""
    parts, at = [], 0
    for span in sorted(spans):
        words = text[span.start : span.end]
        usable = at <= span.start < span.end <= len(text) and words.strip()
        if not usable or set(words) & set("[]") or set(span.value) & set(")]"):
            raise ValueError(f"no entity can stand at {span.start}-{span.end}")
        value = f":{span.value}" if span.value and span.value != words else ""
        parts += [escaped(text[at : span.start]), f"[{words}]({span.entity}{value})"]
        at = span.end
    return "".join([*parts, escaped(text[at:])])
