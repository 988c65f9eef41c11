"""The bot's fixed answers in `domain.yml`: read, reworded, added and taken out, one at a time.

Only the text that changes is replaced; comments, order, buttons and conditions stay as they are.
The new file is read again before it counts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from ruamel.yaml.nodes import Node, ScalarNode, SequenceNode

from wadul.exceptions import InvalidInput, NotFound
from wadul.training import files
from wadul.training.checks.dialogue import load_domain
from wadul.training.exceptions import ChangedMeanwhile
from wadul.training.nlu_file import compose, pairs
from wadul.training.project import Project

LONGEST = 1600  # characters of one WhatsApp message
_BLANK = re.compile(r"\{([^{}]*)\}")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
# What actions and the channel fill in, beside the slots.
_ALWAYS = frozenset({"office", "greeting", "sender_id"})


@dataclass(frozen=True)
class Variant:
    """One way to say a response. `number` counts from 0 within it; `line` from 1."""

    response: str
    number: int
    text: str
    line: int
    buttons: tuple[str, ...] = ()
    when: str = ""  # its condition, in words
    of: int = 1  # how many variants the response has

    @property
    def blanks(self) -> frozenset[str]:
        return frozenset(_BLANK.findall(self.text))


@dataclass(frozen=True)
class Responses:
    variants: tuple[Variant, ...]
    digest: str  # of domain.yml as it was read


def load(project: Project) -> Responses:
    """Raises `BrokenFile`."""
    content = files.read(project.domain)
    return Responses(tuple(_variants(compose(content))), content.digest)


def edit(project: Project, response: str, number: int, text: str, *, seen: str) -> None:
    """Other words for one variant.

    Raises `InvalidInput`, `NotFound`, `ChangedMeanwhile`, `BrokenFile`.
    """
    with _locked(project):
        before, variant = _found(project, response, number, seen)
        words = _usable(project, text, variant.blanks)
        node = _text_node(compose(before), response, number)
        written = json.dumps(words, ensure_ascii=False)
        start, end = node.start_mark.index, node.end_mark.index
        rest = before.text[end:]
        if node.style in ("|", ">"):  # a block's end is the next line's beginning
            written += "\n"
        _save(project, before, before.text[:start] + written + rest, variant, words)


def add(project: Project, response: str, text: str, *, seen: str) -> None:
    """Another way to say a response that there is; the bot takes one by chance."""
    with _locked(project):
        before = _as_seen(project, seen)
        variants = [each for each in _variants(compose(before)) if each.response == response]
        if not variants:
            raise NotFound(f"jawaban {response} tidak ada di domain.yml.")
        words = _usable(project, text, frozenset().union(*(each.blanks for each in variants)))
        items = _items(compose(before), response)
        last = items.value[-1]
        if items.flow_style:
            raise InvalidInput("susunan jawaban ini tidak dapat ditambah dari sini.")
        lines = before.text.split("\n")
        dash = lines[last.start_mark.line].index("-")
        at = _end_of(lines, last.start_mark.line, dash)
        lines.insert(at, f"{' ' * dash}- text: {json.dumps(words, ensure_ascii=False)}")
        new = replace(variants[-1], number=len(variants), text=words)
        _save(project, before, "\n".join(lines), new, words)


def remove(project: Project, response: str, number: int, *, seen: str) -> None:
    """Take one of several variants out. The last one stays: something would have no answer."""
    with _locked(project):
        before, variant = _found(project, response, number, seen)
        if variant.of == 1:
            raise InvalidInput(
                f"{response} hanya punya satu bunyi; ubahlah, karena bot perlu jawaban."
            )
        items = _items(compose(before), response)
        if items.flow_style:
            raise InvalidInput("susunan jawaban ini tidak dapat dihapus dari sini.")
        lines = before.text.split("\n")
        first = items.value[number].start_mark.line
        dash = lines[first].index("-")
        del lines[first : _end_of(lines, first, dash)]
        text = "\n".join(lines)
        after = [each.text for each in _of(text, before, response)]
        kept = [each.text for each in _of(before.text, before, response)]
        kept.pop(number)
        if after != kept:
            raise InvalidInput("susunan domain.yml ini tidak dapat diubah dengan aman.")
        files.replace(project.domain, text, expected=before.digest)


def _locked(project: Project) -> AbstractContextManager[None]:
    return files.locked(project.var / "language-data.lock")


def _as_seen(project: Project, seen: str) -> files.Content:
    content = files.read(project.domain)
    if content.digest != seen:
        raise ChangedMeanwhile(project.domain)
    return content


def _found(
    project: Project, response: str, number: int, seen: str
) -> tuple[files.Content, Variant]:
    content = _as_seen(project, seen)
    for variant in _variants(compose(content)):
        if (variant.response, variant.number) == (response, number):
            return content, variant
    raise NotFound(f"jawaban {response} tidak ada di domain.yml.")


def _usable(project: Project, text: str, allowed: frozenset[str]) -> str:
    words = text.replace("\r\n", "\n").strip()
    if not words or len(words) > LONGEST:
        raise InvalidInput(f"jawaban kosong atau lebih dari {LONGEST} huruf.")
    if words.count("{") != len(_BLANK.findall(words)) or words.count("}") != words.count("{"):
        raise InvalidInput("kurung kurawal { } tidak berpasangan; pakai hanya untuk isian.")
    known = allowed | _ALWAYS | set(load_domain(project.domain).slots)
    for name in _BLANK.findall(words):
        if name not in known or not _NAME.fullmatch(name):
            told = ", ".join(sorted(f"{{{each}}}" for each in allowed)) or "tidak ada"
            raise InvalidInput(f"isian {{{name}}} tidak dikenal. Isian jawaban ini: {told}.")
    return words


def _save(project: Project, before: files.Content, text: str, variant: Variant, words: str) -> None:
    """Only if it says what was meant, and everything else what it said before."""
    old = {(each.response, each.number): each.text for each in _variants(compose(before))}
    old[variant.response, variant.number] = words
    new = {
        (each.response, each.number): each.text
        for each in _variants(compose(replace(before, text=text)))
    }
    if new != old:
        raise InvalidInput("susunan domain.yml ini tidak dapat diubah dengan aman.")
    files.replace(project.domain, text, expected=before.digest)


def _of(text: str, content: files.Content, response: str) -> list[Variant]:
    root = compose(replace(content, text=text))
    return [each for each in _variants(root) if each.response == response]


def _variants(root: Node | None) -> Iterator[Variant]:
    for response, (_, items) in pairs(pairs(root).get("responses", (None, None))[1]).items():
        if not isinstance(items, SequenceNode):
            continue
        for number, item in enumerate(items.value):
            about = pairs(item)
            text = about.get("text", (None, None))[1]
            if not isinstance(text, ScalarNode):
                continue
            yield Variant(
                response,
                number,
                str(text.value),
                text.start_mark.line + 1,
                tuple(_titles(about.get("buttons", (None, None))[1])),
                "; ".join(_conditions(about.get("condition", (None, None))[1])),
                len(items.value),
            )


def _titles(node: Node | None) -> Iterator[str]:
    for item in node.value if isinstance(node, SequenceNode) else ():
        title = pairs(item).get("title", (None, None))[1]
        if title is not None:
            yield str(title.value)


def _conditions(node: Node | None) -> Iterator[str]:
    for item in node.value if isinstance(node, SequenceNode) else ():
        fields = {key: value.value for key, (_, value) in pairs(item).items()}
        yield f"{fields.get('name')} = {fields.get('value')}"


def _items(root: Node | None, response: str) -> SequenceNode:
    items = pairs(pairs(root)["responses"][1])[response][1]
    if not isinstance(items, SequenceNode):
        raise NotFound(f"jawaban {response} tidak ada di domain.yml.")
    return items


def _text_node(root: Node | None, response: str, number: int) -> ScalarNode:
    node = pairs(_items(root, response).value[number])["text"][1]
    if not isinstance(node, ScalarNode):
        raise NotFound(f"jawaban {response} tidak ada di domain.yml.")
    return node


def _end_of(lines: list[str], first: int, dash: int) -> int:
    """The line after the item that begins at `first`; comments behind it belong to what follows."""
    end = first + 1
    while end < len(lines):
        line = lines[end]
        if line.strip() and not line.lstrip().startswith("#"):
            indent = len(line) - len(line.lstrip())
            if indent <= dash:
                break
        end += 1
    while end - 1 > first and (not lines[end - 1].strip() or lines[end - 1].lstrip()[0] == "#"):
        end -= 1
    return end
