"""One file of `data/nlu`: its examples with their lines, and changes to single lines of it.

ruamel.yaml tells where every block begins; a change replaces lines of the text and leaves all
others, comments included, byte for byte. The result is read again before it counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from wadul.training.exceptions import BrokenFile
from wadul.training.files import Content, read
from wadul.training.markup import Marked, entities, plain

HEADER = 'version: "3.1"\n\nnlu:\n'


@dataclass(frozen=True)
class Example:
    """`source` is what stands in the file, `text` what it means; `line` counts from 1."""

    label: str
    source: str
    path: Path
    line: int

    @property
    def text(self) -> str:
        return plain(self.source)

    @property
    def entities(self) -> list[Marked]:
        return entities(self.source)


@dataclass(frozen=True)
class Section:
    """The examples of one intent in one file. `first` and `end` are the block's lines, from 0.

    `indent` is what stands before the dash; None where the examples are not a `|` block, so that
    they can be read but not changed.
    """

    label: str
    line: int
    first: int
    end: int
    indent: str | None
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class NluFile:
    content: Content
    sections: tuple[Section, ...]

    @classmethod
    def load(cls, path: Path) -> NluFile:
        """Raises `BrokenFile`."""
        return cls.of(read(path))

    @classmethod
    def of(cls, content: Content) -> NluFile:
        return cls(content, tuple(_sections(content)))

    @property
    def path(self) -> Path:
        return self.content.path

    @cached_property
    def examples(self) -> tuple[Example, ...]:
        return tuple(example for section in self.sections for example in section.examples)

    def with_added(self, label: str, sources: Sequence[str]) -> NluFile:
        """The sentences at the end of the label's block; a new block if it has none here."""
        section = next((each for each in self.sections if each.label == label), None)
        lines = self._lines()
        if section is None:
            lines = lines or HEADER.splitlines(keepends=True)
            at, indent, head = len(lines), "    ", [f"- intent: {label}\n", "  examples: |\n"]
            if not lines[-1].endswith("\n"):
                lines[-1] += "\n"
            if lines[-1].strip() not in ("", "nlu:"):
                head.insert(0, "\n")
        else:
            at, indent, head = section.end, self._indent(section), []
            if at and not lines[at - 1].endswith("\n"):
                lines[at - 1] += "\n"
        ending = "\r\n" if "\r\n" in self.content.text else "\n"
        new = [*head, *(f"{indent}- {source}\n" for source in sources)]
        lines[at:at] = [line.removesuffix("\n") + ending for line in new]
        old = [(each.label, each.source) for each in self.examples]
        return self._changed(lines, [*old, *((label, source) for source in sources)])

    def without(self, gone: Iterable[Example]) -> NluFile:
        """Without these examples; a block that becomes empty goes too."""
        numbers = {example.line for example in gone}
        lines = self._lines()
        for section in self.sections:
            mine = {example.line for example in section.examples} & numbers
            if not mine:
                continue
            self._indent(section)
            start = section.line - 1 if len(mine) == len(section.examples) else None
            if start is not None:
                mine = set(range(start + 1, section.end + 1))
            for number in mine:
                lines[number - 1] = ""
        kept = [(each.label, each.source) for each in self.examples if each.line not in numbers]
        return self._changed(lines, kept)

    def with_source(self, example: Example, source: str) -> NluFile:
        """One example in other words, in its place."""
        section = next(each for each in self.sections if example in each.examples)
        lines = self._lines()
        old = lines[example.line - 1]
        ending = old[len(old.rstrip("\r\n")) :]
        lines[example.line - 1] = f"{self._indent(section)}- {source}{ending}"
        wanted = [
            (each.label, source if each.line == example.line else each.source)
            for each in self.examples
        ]
        return self._changed(lines, wanted)

    def _lines(self) -> list[str]:
        return [line + "\n" for line in self.content.text.split("\n")[:-1]] + (
            [last] if (last := self.content.text.rpartition("\n")[2]) else []
        )

    def _indent(self, section: Section) -> str:
        if section.indent is None:
            problem = (
                f"contoh untuk {section.label} tidak ditulis dalam bentuk `examples: |`; "
                "ubah bentuknya dengan tangan dahulu."
            )
            raise BrokenFile(self.path, section.line, problem)
        return section.indent

    def _changed(self, lines: list[str], wanted: list[tuple[str, str]]) -> NluFile:
        """Read the new text; raises `BrokenFile` if it does not say what was meant."""
        new = NluFile.of(replace(self.content, text="".join(lines)))
        if sorted(wanted) != sorted((each.label, each.source) for each in new.examples):
            raise BrokenFile(self.path, None, "susunan berkas ini tidak dapat diubah dengan aman.")
        return new


def compose(content: Content) -> Node | None:
    """The YAML tree with line marks. Raises `BrokenFile` with the line."""
    try:
        root: Node | None = YAML().compose(content.text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else None
        problem = f"YAML rusak ({error.problem or error.context}). Periksa lekukan dan tanda baca."
        raise BrokenFile(content.path, line, problem) from error
    except YAMLError as error:
        position = getattr(error, "position", None)
        line = content.text.count("\n", 0, position) + 1 if position is not None else None
        raise BrokenFile(content.path, line, "ada karakter yang tidak boleh di YAML.") from error
    _refuse_repeated_keys(content.path, root)
    return root


def _refuse_repeated_keys(path: Path, root: Node | None) -> None:
    """Rasa refuses the whole file for it."""
    waiting = [root] if root else []
    while waiting:
        node = waiting.pop()
        if isinstance(node, SequenceNode):
            waiting += node.value
        elif isinstance(node, MappingNode):
            known: set[str] = set()
            for key, value in node.value:
                if str(key.value) in known:
                    raise BrokenFile(
                        path, key.start_mark.line + 1, f"{key.value} ditulis dua kali."
                    )
                known.add(str(key.value))
                waiting.append(value)


def pairs(node: Node | None) -> dict[str, tuple[Node, Node]]:
    """A mapping's key → (key node, value node); empty for anything else."""
    if not isinstance(node, MappingNode):
        return {}
    return {str(key.value): (key, value) for key, value in node.value}


def _sections(content: Content) -> Iterator[Section]:
    root = compose(content)
    if root is None:
        return
    if not isinstance(root, MappingNode):
        raise BrokenFile(content.path, root.start_mark.line + 1, "isi berkas bukan `nlu:` Rasa.")
    items = pairs(root).get("nlu", (None, None))[1]
    if items is None:
        return
    if not isinstance(items, SequenceNode):
        if isinstance(items, ScalarNode) and not items.value:
            return
        raise BrokenFile(content.path, items.start_mark.line + 1, "`nlu:` harus berupa daftar.")
    lines = content.text.split("\n")
    for item in items.value:
        keys = pairs(item)
        if "intent" not in keys:
            continue
        label = str(keys["intent"][1].value)
        line = item.start_mark.line + 1
        node = keys.get("examples", (None, None))[1]
        if node is None:
            yield Section(label, line, line, line, None, ())
        elif isinstance(node, SequenceNode):
            yield _from_list(content.path, label, line, node)
        elif isinstance(node, ScalarNode) and node.style == "|":
            yield _from_block(content.path, label, line, node, lines)
        else:
            yield _from_scalar(content.path, label, line, node)


def _from_block(
    path: Path, label: str, line: int, node: ScalarNode, lines: Sequence[str]
) -> Section:
    """A literal block: its lines are the file's lines."""
    first = node.start_mark.line + 1
    written = node.value.split("\n")
    while written and not written[-1].strip():
        written.pop()
    found = []
    indent = "    "
    for number, text in enumerate(written, first):
        if not text.strip():
            continue
        if not text.startswith("-"):
            problem = f"contoh harus diawali `- `: {text[:40]}"
            raise BrokenFile(path, number + 1, problem)
        indent = lines[number][: lines[number].index("-")]
        found.append(Example(label, text[1:].strip(" \r"), path, number + 1))
    return Section(label, line, first, first + len(written), indent, tuple(found))


def _from_list(path: Path, label: str, line: int, node: SequenceNode) -> Section:
    """`examples:` as a list of `text:`; Rasa strips each text."""
    found = []
    for item in node.value:
        text = pairs(item).get("text", (None, None))[1]
        if isinstance(text, ScalarNode):
            source = str(text.value).strip("\n\r ")
            found.append(Example(label, source, path, item.start_mark.line + 1))
    return Section(label, line, line, line, None, tuple(found))


def _from_scalar(path: Path, label: str, line: int, node: Node) -> Section:
    """Folded or quoted: readable, but a line of the value is no line of the file."""
    at = node.start_mark.line + 1
    texts = [text.strip() for text in str(node.value).splitlines()]
    found = [Example(label, text[1:].strip(), path, at) for text in texts if text[:1] == "-"]
    return Section(label, line, line, line, None, tuple(found))
