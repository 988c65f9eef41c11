"""Change single values of a YAML file as text: every other line stays, comments too.

A path leads through keys and places of lists to a mapping or a list. Each function returns a
change: the text before → the text after. What a comment stands above is what it belongs to, so
that comments in front of something that begins later stay where they are.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, FoldedScalarString

from wadul.exceptions import NotFound

Change = Callable[[str], str]
Way = Sequence[str | int]

_FOLDED_WIDTH = 110
_RISKY_FIRST = "0123456789?+-{[&*!|>'\"%@`"


def set_values(values: Mapping[str, Any]) -> Change:
    """Set keys of the file itself."""
    return set_in((), values)


def set_entry(name: str, values: Mapping[str, Any]) -> Change:
    """Set values of the entry with this `name` in a file that is a list."""

    def change(text: str) -> str:
        names = [entry["name"] for entry in _load(text)]
        if name not in names:
            raise NotFound("there is no such entry")
        return set_in((names.index(name),), values)(text)

    return change


def set_in(path: Way, values: Mapping[str, Any]) -> Change:
    """Set keys of the mapping at `path`. A key that is not there and has no value stays away."""

    def change(text: str) -> str:
        for key, value in values.items():
            document = _load(text)
            mapping = _at(document, path, CommentedMap)
            if key in mapping:
                if mapping[key] != value:
                    text = _replaced(text, document, mapping, key, value)
            elif value is not None:
                text = _added(text, document, mapping, key, value)
        return text

    return change


def add_item(path: Way, values: Mapping[str, Any]) -> Change:
    """A mapping at the end of the list at `path`, written as the last one there is."""

    def change(text: str) -> str:
        document = _load(text)
        *way, key = path
        items = _at(document, way, CommentedMap).get(key)
        if not items:
            return set_in(way, {str(key): [dict(values)]})(text)
        line, column = items.lc.item(len(items) - 1)
        lines = text.splitlines(keepends=True)
        end = _end(lines, line, _starts(document, items[-1]))
        if _is_flow(items[-1]):
            dumped = _flow({name: _in_quotes(value) for name, value in values.items()}) + "\n"
        else:
            dumped = _dump(dict(values))
        head = lines[line][:column]
        return "".join([*lines[:end], head, _indented(dumped, column), *lines[end:]])

    return change


def remove_item(path: Way, index: int) -> Change:
    """One of the list at `path`. Raises `NotFound`."""

    def change(text: str) -> str:
        document = _load(text)
        items = _at(document, path, CommentedSeq)
        if not 0 <= index < len(items):
            raise NotFound("there is no such entry")
        if len(items) == 1:
            *way, key = path
            return set_in(way, {str(key): []})(text)
        line, _ = items.lc.item(index)
        lines = text.splitlines(keepends=True)
        end = _end(lines, line, _starts(document, items[index]))
        return "".join([*lines[:line], *lines[end:]])

    return change


def value_at(text: str, path: Way) -> Any:
    """What stands there now. Raises `NotFound`."""
    return _at(_load(text), path, object)


def _at(document: Any, path: Way, kind: type) -> Any:
    node = document
    for step in path:
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            raise NotFound("there is no such entry") from None
    if not isinstance(node, kind):
        raise NotFound("there is no such entry")
    return node


def _replaced(text: str, document: Any, mapping: CommentedMap, key: str, value: Any) -> str:
    if _is_flow(mapping):
        return _with_flow(text, document, mapping, {**mapping, key: _in_quotes(value)})
    lines = text.splitlines(keepends=True)
    start, column = mapping.lc.key(key)
    end = _end(lines, start, _starts(document, mapping[key]))
    if isinstance(value, list) and _is_flow(mapping[key]):
        value = _in_flow(value)
    folded = isinstance(mapping[key], FoldedScalarString) and isinstance(value, str)
    fresh = _fold(key, value) if folded else _dump({key: value})
    head = lines[start][:column]  # "- " or spaces before the key of a list's entry
    return "".join([*lines[:start], head, _indented(fresh, column), *lines[end:]])


def _added(text: str, document: Any, mapping: CommentedMap, key: str, value: Any) -> str:
    if _is_flow(mapping):
        return _with_flow(text, document, mapping, {**mapping, key: _in_quotes(value)})
    lines = text.splitlines(keepends=True)
    fresh = _dump({key: value})
    if mapping is document:
        return "".join([*lines, fresh])
    *_, last = mapping
    start, column = mapping.lc.key(last)
    end = _end(lines, start, _starts(document, mapping[last]))
    return "".join([*lines[:end], " " * column, _indented(fresh, column), *lines[end:]])


def _with_flow(text: str, document: Any, mapping: CommentedMap, values: Mapping[str, Any]) -> str:
    """`{…}` in one piece; what stands behind it on its line stays."""
    lines = text.splitlines(keepends=True)
    start, column = mapping.lc.line, mapping.lc.col
    end = _end(lines, start, _starts(document, mapping))
    old = "".join(lines[start:end])
    behind = old[old.rindex("}") + 1 :]
    return "".join([*lines[:start], old[:column], _flow(values), behind, *lines[end:]])


def _end(lines: list[str], start: int, starts: Iterator[int]) -> int:
    """Behind the last line of what begins at `start`, without the comments of what follows."""
    end = min((each for each in starts if each > start), default=len(lines))
    while end - 1 > start and (not lines[end - 1].strip() or lines[end - 1].lstrip()[0] == "#"):
        end -= 1
    return end


def _starts(node: Any, within: Any) -> Iterator[int]:
    """The lines on which keys and items begin, but for those `within` what is changed."""
    if isinstance(node, CommentedMap) and node is not within:
        for key, value in node.items():
            yield node.lc.key(key)[0]
            yield from _starts(value, within)
    elif isinstance(node, CommentedSeq) and node is not within:
        for index, value in enumerate(node):
            yield node.lc.item(index)[0]
            yield from _starts(value, within)


def _is_flow(node: Any) -> bool:
    return isinstance(node, (CommentedMap, CommentedSeq)) and bool(node.fa.flow_style())


def _in_flow(items: list[Any]) -> CommentedSeq:
    node = CommentedSeq(map(_quoted, items))
    node.fa.set_flow_style()
    return node


def _indented(dumped: str, column: int) -> str:
    """All lines but the first, which stands behind what is there already."""
    first, *others = dumped.splitlines(keepends=True)
    return "".join([first, *(" " * column + line if line.strip() else line for line in others)])


def _fold(key: str, text: str) -> str:
    """`key: >-` and lines that are not too long, as people write long texts."""
    paragraphs = text.strip().split("\n")
    if any(" ".join(each.split()) != each for each in paragraphs):
        return _dump({key: text})
    wrapped = [
        textwrap.wrap(each, _FOLDED_WIDTH, break_long_words=False, break_on_hyphens=False)
        for each in paragraphs
    ]
    lines = [line for each in wrapped for line in ("", *each)][1:]
    return "".join([f"{key}: >-\n", *(f"  {line}\n" if line else "\n" for line in lines)])


def _flow(values: Mapping[str, Any]) -> str:
    node = CommentedMap(values)
    node.fa.set_flow_style()
    return _dump(node).strip()


def _dump(value: Any) -> str:
    out = io.StringIO()
    _round_trip().dump(_quoted(value), out)
    return out.getvalue()


def _in_quotes(value: Any) -> Any:
    return DoubleQuotedScalarString(value) if isinstance(value, str) else value


def _quoted(value: Any) -> Any:
    if isinstance(value, (CommentedMap, CommentedSeq)):
        return value
    if isinstance(value, str):
        risky = ":" in value or "#" in value or value[:1] in _RISKY_FIRST
        return DoubleQuotedScalarString(value) if risky or not value.strip() else value
    if isinstance(value, list):
        return [_quoted(each) for each in value]
    if isinstance(value, dict):
        return {key: _quoted(each) for key, each in value.items()}
    return value


def _load(text: str) -> Any:
    return _round_trip().load(text)


def _round_trip() -> YAML:
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 4096  # long lines stay as they are
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.representer.add_representer(
        type(None), lambda r, _: r.represent_scalar("tag:yaml.org,2002:null", "null")
    )
    return yaml
