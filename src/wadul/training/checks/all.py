"""Runs every check; a broken file is a finding and does not hide the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from rapidfuzz import fuzz, process

from wadul.office import Office, OfficeContentError, check_offices, load_offices
from wadul.training import labels
from wadul.training.checks.dialogue import Dialogue, Domain, check_dialogue, load_domain
from wadul.training.checks.examples import (
    check_entities,
    check_labels,
    check_likeness,
    check_numbers,
)
from wadul.training.checks.findings import Finding, Severity, broken
from wadul.training.checks.held_out import (
    check_held_out,
    held_out_files,
    held_out_of,
    load_held_out,
)
from wadul.training.corpus import Corpus, place_of
from wadul.training.exceptions import BrokenFile
from wadul.training.markup import entities, plain
from wadul.training.nlu_file import Example, NluFile
from wadul.training.project import Project
from wadul.training.similarity import NEAR, SHORT, comparable

T = TypeVar("T")


def check(
    project: Project, more: Sequence[Callable[[Corpus], Iterator[Finding]]] = ()
) -> list[Finding]:
    """Errors first, then by place. `more`: slow checks that the caller wants besides."""
    reading = _Reading(project)
    corpus = Corpus(tuple(reading.each(project.nlu_files(), NluFile.load)))
    tests = [row for rows in reading.each(held_out_files(project), load_held_out) for row in rows]
    dialogue = Dialogue()
    reading.each(project.dialogue_files(), dialogue.read)
    found = reading.findings
    domain = next(iter(reading.each([project.domain], load_domain)), None)
    offices = _offices(project, found)
    services = {service.code for office in offices for service in office.services}
    if domain is not None:
        known = labels.known_labels(project)
        found += check_labels(project, corpus.examples, known)
        found += check_entities(project, corpus.examples, _values(domain, offices))
        found += check_held_out(project, tests, known, services)
        found += check_dialogue(project, domain, dialogue)
    found += check_likeness(project, corpus.examples, tests)
    found += check_numbers(project, corpus.examples)
    for slow in more:
        found += slow(corpus)
    return sorted(set(found), key=lambda each: (each.severity is not Severity.ERROR, each))


def check_sentence(
    project: Project, corpus: Corpus, label: str, source: str, *, with_markup: bool = False
) -> list[Finding]:
    """For a page while somebody types: what is the same or nearly, in the test set too, and
    entities that nobody knows. `with_markup`: the sentence is written as in the file."""
    text = plain(source) if with_markup else source
    found = [*_likeness(project, corpus, label, text), *_leaks(project, text)]
    if with_markup and entities(source):
        found += _marks(project, label, source)
    return found


def _likeness(project: Project, corpus: Corpus, label: str, text: str) -> Iterator[Finding]:
    words = comparable(text)
    choices = [comparable(example.text) for example in corpus.examples]
    for _, ratio, at in process.extract(
        words, choices, scorer=fuzz.ratio, score_cutoff=NEAR, limit=5
    ):
        other: Example = corpus.examples[at]
        same = choices[at] == words
        severity = Severity.ERROR if same and other.label != label else Severity.WARNING
        yield Finding(
            project.shown(other.path),
            other.line,
            "same" if same else "nearly_same",
            f"{'sama' if same else f'hampir sama ({ratio:.0f}%)'} dengan “{other.text}” di "
            f"{place_of(project, other)}.",
            "Tidak perlu ditambahkan lagi." if other.label == label else "Pastikan labelnya.",
            severity,
        )


def _leaks(project: Project, text: str) -> Iterator[Finding]:
    words = comparable(text)
    for test in held_out_of(project):
        other = comparable(test.text)
        near = len(words) >= SHORT and fuzz.ratio(words, other, score_cutoff=NEAR)
        if not test.unavoidable and (words == other or near):
            yield Finding(
                project.shown(test.path),
                test.line,
                "leak",
                f"mirip kalimat uji “{test.text}” ({project.shown(test.path)}:{test.line}).",
                "Tulis dengan kata lain; kalimat uji yang dilatihkan membuat hasil ukur menipu.",
                Severity.WARNING,
            )


def _marks(project: Project, label: str, source: str) -> Iterator[Finding]:
    with suppress(BrokenFile):
        values = _values(load_domain(project.domain), _offices(project, []))
        yield from check_entities(project, [Example(label, source, project.domain, line=0)], values)


class _Reading:
    """Reads files and keeps what is wrong with them."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self.findings: list[Finding] = []

    def each(self, paths: Sequence[Path], load: Callable[[Path], T]) -> list[T]:
        loaded = []
        for path in paths:
            try:
                loaded.append(load(path))
            except BrokenFile as error:
                self.findings.append(broken(self._project, error))
        return loaded


def _offices(project: Project, found: list[Finding]) -> list[Office]:
    """Raises nothing: what is wrong with the offices' files is a finding."""
    try:
        return list(load_offices(project.offices).values())
    except OfficeContentError:
        for problem in check_offices(project.offices).problems:
            if problem.severity is Severity.ERROR:
                found.append(
                    Finding(
                        f"{project.shown(project.offices)}/{problem.file}",
                        problem.line,
                        "office_content",
                        f"{problem.field}: {problem.message}" if problem.field else problem.message,
                        "Betulkan, lalu periksa dengan `wadul office check`.",
                    )
                )
        return []


def _values(domain: Domain, offices: Sequence[Office]) -> dict[str, set[str] | None]:
    """Entity → what its markup may say."""
    values: dict[str, set[str] | None] = dict.fromkeys(domain.entities)
    if offices:
        services = [service for office in offices for service in office.services]
        villages = [village for office in offices for village in office.villages]
        words = [word for each in services for word in (each.code, each.name, *each.aliases)]
        names = [word for each in villages for word in (each.name, *each.spellings)]
        for entity, allowed in (("service", words), ("desa", names)):
            if entity in values:
                values[entity] = {comparable(word) for word in allowed}
    return values
