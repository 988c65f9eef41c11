"""All examples of `data/nlu`, and the trainer's changes to them.

Every change: lock, read, change, compare with what was read, replace. Pages and the command line
call the same functions; a page passes the digests of the files that it showed as `seen`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from wadul.exceptions import InvalidInput
from wadul.training import files, labels, markup
from wadul.training.exceptions import ChangedMeanwhile, ExampleNotFound
from wadul.training.masking import masked_numbers
from wadul.training.nlu_file import Example, NluFile
from wadul.training.project import Project
from wadul.training.similarity import comparable

Seen = Mapping[str, str]
"""How a page knows files: name as `Project.shown` gives it → digest."""


@dataclass(frozen=True)
class Corpus:
    """What the files said when they were read."""

    files: tuple[NluFile, ...]

    @classmethod
    def load(cls, project: Project) -> Corpus:
        """Raises `BrokenFile` for the first file that cannot be read."""
        return cls(tuple(NluFile.load(path) for path in project.nlu_files()))

    @cached_property
    def examples(self) -> tuple[Example, ...]:
        return tuple(example for file in self.files for example in file.examples)

    @cached_property
    def by_words(self) -> Mapping[str, tuple[Example, ...]]:
        """Comparable text → the examples that say it."""
        found: dict[str, list[Example]] = {}
        for example in self.examples:
            found.setdefault(comparable(example.text), []).append(example)
        return {words: tuple(same) for words, same in found.items()}

    def file_for(self, label: str, project: Project) -> NluFile:
        """Where new examples of the label go: its own block, its kin's file, or a new file."""
        for wanted in (lambda each: each == label, lambda each: _same_base(each, label)):
            for file in self.files:
                if any(wanted(section.label) for section in file.sections):
                    return file
        return NluFile.load(project.nlu / f"{labels.base_of(label)}.yml")


@dataclass(frozen=True)
class Addition:
    """What adding would do, or did. `elsewhere`: the sentence stands under another label."""

    label: str
    path: Path
    new: tuple[str, ...] = ()
    known: int = 0  # already there under this label, or twice in what was given
    elsewhere: tuple[tuple[str, Example], ...] = ()
    refused: tuple[str, ...] = ()  # empty or too long to be a message
    masked: int = 0  # sentences in which a NIK or phone number was hidden


def find(
    corpus: Corpus, words: str = "", *, label: str = "", regex: bool = False
) -> Iterator[Example]:
    """Examples that hold the words (case and punctuation aside) or match the expression.

    `label` also fits as a prefix: `complaint` finds `complaint/land`.
    """
    wanted = comparable(words)
    try:
        pattern = re.compile(words, re.IGNORECASE) if regex else None
    except re.error as error:
        raise InvalidInput(f"pola tidak dapat dibaca: {error}") from error
    for example in corpus.examples:
        if label and not _fits(example.label, label):
            continue
        if pattern:
            if pattern.search(example.text):
                yield example
        elif wanted in comparable(example.text) or words.lower() in example.text.lower():
            yield example


def add(
    project: Project,
    label: str,
    texts: Iterable[str],
    *,
    with_markup: bool = False,
    dry_run: bool = False,
    seen: Seen | None = None,
) -> Addition:
    """Add sentences that are not there yet, in one change of one file.

    `texts` may be a stream of any length; only what is new is kept. `with_markup`: the sentences
    are written with Rasa's markup for entities. Raises `UnknownLabel`, `BrokenFile`,
    `ChangedMeanwhile`.
    """
    labels.require(project, label)
    with _writing(project):
        corpus = _loaded(project, seen)
        file = corpus.file_for(label, project)
        addition = _sorted_out(corpus, file.path, label, texts, with_markup)
        if addition.new and not dry_run:
            _save(file, file.with_added(label, addition.new))
        return addition


def remove(
    project: Project,
    texts: Sequence[str],
    *,
    label: str = "",
    dry_run: bool = False,
    seen: Seen | None = None,
) -> list[Example]:
    """Take sentences out. Raises `ExampleNotFound`, `InvalidInput` if it is not clear which."""
    with _writing(project):
        corpus = _loaded(project, seen)
        chosen = [_the_one(project, corpus, text, label) for text in texts]
        if not dry_run:
            _take_out(corpus, chosen)
        return chosen


def move(
    project: Project,
    texts: Sequence[str],
    to: str,
    *,
    label: str = "",
    dry_run: bool = False,
    seen: Seen | None = None,
) -> list[Example]:
    """Put sentences under another label, markup and all.

    The new place is written first: a crash between the two leaves a sentence twice, never lost.
    """
    labels.require(project, to)
    with _writing(project):
        corpus = _loaded(project, seen)
        chosen = [_the_one(project, corpus, text, label) for text in texts]
        chosen = [example for example in chosen if example.label != to]
        if dry_run or not chosen:
            return chosen
        there = {comparable(example.text) for example in corpus.examples if example.label == to}
        sources = [each.source for each in chosen if comparable(each.text) not in there]
        target = corpus.file_for(to, project)
        in_target = [example for example in chosen if example.path == target.path]
        new = target.with_added(to, sources) if sources else target
        if in_target:
            sought = {(example.label, example.source) for example in in_target}
            gone = [each for each in new.examples if (each.label, each.source) in sought]
            new = new.without(gone)
        if new is not target:
            _save(target, new)
        _take_out(corpus, [example for example in chosen if example.path != target.path])
        return chosen


def edit(
    project: Project,
    text: str,
    new_text: str,
    *,
    label: str = "",
    with_markup: bool = False,
    seen: Seen | None = None,
) -> Example:
    """Other words for one sentence, in its place. `with_markup`: as in `add`."""
    with _writing(project):
        corpus = _loaded(project, seen)
        example = _the_one(project, corpus, text, label)
        source = masked_numbers(markup.one_line(new_text))
        words = markup.plain(source) if with_markup else source
        if not comparable(words) or len(words) > markup.LONGEST:
            raise InvalidInput("kalimat baru kosong atau terlalu panjang.")
        others = [one for one in corpus.by_words.get(comparable(words), ()) if one != example]
        if others:
            raise InvalidInput(f"kalimat itu sudah ada: {place_of(project, others[0])}.")
        file = next(each for each in corpus.files if each.path == example.path)
        changed = file.with_source(example, source if with_markup else markup.escaped(words))
        _save(file, changed)
        return next(each for each in changed.examples if each.line == example.line)


def place_of(project: Project, example: Example) -> str:
    return f"{project.shown(example.path)}:{example.line} ({example.label})"


@contextmanager
def _writing(project: Project) -> Iterator[None]:
    with files.locked(project.var / "language-data.lock"):
        yield


def _loaded(project: Project, seen: Seen | None) -> Corpus:
    """Raises `ChangedMeanwhile` if a file is not as it was shown."""
    corpus = Corpus.load(project)
    for file in corpus.files:
        shown = (seen or {}).get(project.shown(file.path), file.content.digest)
        if shown != file.content.digest:
            raise ChangedMeanwhile(file.path)
    return corpus


def _save(old: NluFile, new: NluFile) -> None:
    files.replace(old.path, new.content.text, expected=old.content.digest)


def _take_out(corpus: Corpus, chosen: Sequence[Example]) -> None:
    for file in corpus.files:
        mine = [example for example in chosen if example.path == file.path]
        if mine:
            _save(file, file.without(mine))


def _sorted_out(
    corpus: Corpus, path: Path, label: str, texts: Iterable[str], with_markup: bool
) -> Addition:
    new: dict[str, str] = {}
    elsewhere: list[tuple[str, Example]] = []
    refused: list[str] = []
    known = hidden = 0
    for given in texts:
        text = markup.one_line(given)
        if not text and not given.strip():
            continue
        kept = text if with_markup else masked_numbers(text)
        words = comparable(markup.plain(kept) if with_markup else kept)
        if not words or len(text) > markup.LONGEST:
            refused.append(text[:80])
            continue
        same = corpus.by_words.get(words, ())
        if words in new or any(example.label == label for example in same):
            known += 1
        elif same:
            elsewhere.append((text, same[0]))
        else:
            hidden += kept != text
            new[words] = kept if with_markup else markup.escaped(kept)
    return Addition(
        label, path, tuple(new.values()), known, tuple(elsewhere), tuple(refused), hidden
    )


def _the_one(project: Project, corpus: Corpus, text: str, label: str) -> Example:
    """By `file:line`, or by its words; `label` decides between several."""
    path, _, number = text.rpartition(":")
    if number.isdigit() and path.endswith(".yml"):
        found = [
            example
            for example in corpus.examples
            if example.line == int(number) and project.shown(example.path).endswith(path)
        ]
    else:
        found = list(corpus.by_words.get(comparable(text), ()))
        exact = [each for each in found if each.text == text]
        found = exact or found
    found = [each for each in found if not label or _fits(each.label, label)]
    if not found:
        raise ExampleNotFound(f"kalimat tidak ditemukan: {text}")
    if len({each.label for each in found}) > 1:
        places = "; ".join(place_of(project, each) for each in found)
        raise InvalidInput(f"kalimat itu ada di beberapa label, pilih dengan --label: {places}.")
    return found[0]


def _fits(label: str, wanted: str) -> bool:
    return label == wanted or labels.base_of(label) == wanted


def _same_base(label: str, other: str) -> bool:
    return labels.base_of(label) == labels.base_of(other)
