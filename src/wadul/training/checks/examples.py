"""The examples themselves: labels, repetition, contradiction, balance."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from statistics import median

from wadul.training.checks.findings import Finding, Severity
from wadul.training.checks.held_out import HeldOut
from wadul.training.labels import DETAILS, base_of
from wadul.training.nlu_file import Example
from wadul.training.project import Project
from wadul.training.similarity import SHORT, comparable, near_pairs

FEWEST = 15
"""Different examples below which a label is learnt badly."""
ALIKE = 0.4
"""Share of a label's examples that nearly repeat another one, from which it is too uniform."""
UNEVEN = 6.0
"""A label with so many times the usual number of examples pulls others towards it."""

_WARNING = Severity.WARNING


def check_labels(
    project: Project, examples: Sequence[Example], known: Collection[str]
) -> Iterator[Finding]:
    """Labels that the domain does not have, and labels without a single example."""
    bases = {base_of(label) for label in known}
    first: dict[str, Example] = {}
    for example in examples:
        first.setdefault(example.label, example)
    for label, example in first.items():
        if label in known:
            continue
        if base_of(label) in bases and base_of(label) in DETAILS:
            details = ", ".join(DETAILS[base_of(label)])
            advice = f"Setelah garis miring pakai salah satu: {details}."
        elif base_of(label) in bases:
            advice = f"Tulis {base_of(label)} tanpa garis miring."
        else:
            advice = "Perbaiki ejaannya, pindahkan kalimatnya, atau tambahkan ke domain.yml."
        yield _at(project, example, "unknown_label", f"label {label} tidak dikenal.", advice)
    for label in known:
        if label not in first:
            yield Finding(
                project.shown(project.domain),
                0,
                "label_without_examples",
                f"label {label} tidak punya satu pun contoh.",
                f"Tambah dengan `wadul nlu add {label} …`, atau hapus dari domain.yml.",
            )


def check_likeness(
    project: Project, examples: Sequence[Example], held_out: Sequence[HeldOut]
) -> Iterator[Finding]:
    """Same and nearly same sentences: under two labels, in the test set, within one label."""
    words = [
        comparable(text) for text in (*(e.text for e in examples), *(h.text for h in held_out))
    ]
    yield from _same(project, examples, held_out, words)
    twins: dict[str, set[int]] = defaultdict(set)
    count = len(examples)
    for first, second, ratio in near_pairs(words):
        if words[first] == words[second]:
            if second < count:
                twins[examples[second].label].add(second)
        elif second < count:
            one, other = examples[first], examples[second]
            if one.label == other.label:
                twins[one.label].add(second)
            else:
                yield _at(
                    project,
                    other,
                    "nearly_same",
                    f"“{other.text}” ({other.label}) hampir sama ({ratio:.0f}%) dengan "
                    f"“{one.text}” ({one.label}, {_place(project, one)}).",
                    "Pastikan keduanya memang berbeda maksud; kalau tidak, pindahkan salah satu.",
                    _WARNING,
                )
        elif first < count and not held_out[second - count].unavoidable:
            yield _leak(project, examples[first], held_out[second - count], ratio)
    yield from _too_alike(project, examples, twins)


def check_numbers(project: Project, examples: Sequence[Example]) -> Iterator[Finding]:
    """Labels with too few examples, and labels with far more than the others."""
    different: dict[str, set[str]] = defaultdict(set)
    first: dict[str, Example] = {}
    for example in examples:
        different[example.label].add(comparable(example.text))
        first.setdefault(example.label, example)
    counts = {label: len(texts) for label, texts in different.items()}
    usual = median(counts.values()) if counts else 0
    for label, count in counts.items():
        if count < FEWEST:
            yield _at(
                project,
                first[label],
                "too_few",
                f"{label} hanya punya {count} contoh yang berbeda.",
                f"Tambah sampai sedikitnya {FEWEST}, sebaiknya dari pesan warga yang nyata.",
                _WARNING,
            )
        elif count > UNEVEN * usual:
            yield _at(
                project,
                first[label],
                "unbalanced",
                f"{label} punya {count} contoh, {count / usual:.0f} kali label lain (biasanya "
                f"{usual:.0f}).",
                "Tambah contoh label lain, atau buang contoh yang mirip satu sama lain.",
                _WARNING,
            )


def check_entities(
    project: Project, examples: Sequence[Example], values: Mapping[str, Collection[str] | None]
) -> Iterator[Finding]:
    """Markup that names an entity that is not there, or a value that the office does not have.

    `values`: entity → comparable values and aliases; None where any value will do.
    """
    for example in examples:
        for entity, value in example.entities:
            if entity not in values:
                yield _at(
                    project,
                    example,
                    "unknown_entity",
                    f"entitas {entity} tidak ada di domain.yml.",
                    "Betulkan tandanya; kurung yang bukan tanda ditulis lewat `wadul nlu add`.",
                )
            elif (allowed := values[entity]) is not None and comparable(value) not in allowed:
                yield _at(
                    project,
                    example,
                    "unknown_value",
                    f"{entity} “{value}” tidak dikenal di folder offices.",
                    "Tambahkan sebagai alias di berkas layanan/kantor, atau betulkan ejaannya.",
                )


def _same(
    project: Project, examples: Sequence[Example], held_out: Sequence[HeldOut], words: list[str]
) -> Iterator[Finding]:
    at: dict[str, list[Example]] = defaultdict(list)
    for example, text in zip(examples, words, strict=False):
        at[text].append(example)
    for same in at.values():
        for one, other in pairwise(same):
            if one.label == other.label and _another_way_to_write(one, other):
                continue
            if one.label == other.label:
                yield _at(
                    project,
                    other,
                    "repeated",
                    f"“{other.text}” sudah ada di {_place(project, one)}.",
                    "Hapus salah satu.",
                    _WARNING,
                )
            else:
                yield _at(
                    project,
                    other,
                    "contradiction",
                    f"“{other.text}” ada di bawah {other.label} dan {one.label} "
                    f"({_place(project, one)}).",
                    "Putuskan maksudnya, lalu hapus atau pindahkan salah satu.",
                )
    for test, text in zip(held_out, words[len(examples) :], strict=True):
        if text in at and not test.unavoidable:
            yield _leak(project, at[text][0], test, 100)


def _another_way_to_write(one: Example, other: Example) -> bool:
    """As "STOP" beside "stop", "👌 lanjut" beside "lanjut": what a short line is there to teach."""
    return len(comparable(one.text)) < SHORT and one.text != other.text


def _too_alike(
    project: Project, examples: Sequence[Example], twins: Mapping[str, set[int]]
) -> Iterator[Finding]:
    totals = Counter(example.label for example in examples)
    for label, repeated in twins.items():
        if totals[label] >= FEWEST and len(repeated) / totals[label] > ALIKE:
            yield _at(
                project,
                examples[min(repeated)],
                "too_alike",
                f"{len(repeated)} dari {totals[label]} contoh {label} hampir mengulang yang lain.",
                "Ganti dengan kalimat yang benar-benar berbeda; ulangan tidak mengajari apa-apa.",
                _WARNING,
            )


def _leak(project: Project, example: Example, test: HeldOut, ratio: float) -> Finding:
    same = ratio >= 100
    short = len(comparable(test.text)) < SHORT  # there are only so many ways to write "P"
    return Finding(
        project.shown(test.path),
        test.line,
        "leak",
        f"kalimat uji “{test.text}” {'sama' if same else f'hampir sama ({ratio:.0f}%)'} dengan "
        f"contoh latihan di {_place(project, example)}.",
        "Hapus contoh latihannya; kalimat uji yang bocor membuat hasil ukur terlalu bagus.",
        Severity.ERROR if same and not short else _WARNING,
    )


def _place(project: Project, example: Example) -> str:
    return f"{project.shown(example.path)}:{example.line}"


def _at(
    project: Project,
    example: Example,
    code: str,
    message: str,
    advice: str,
    severity: Severity = Severity.ERROR,
) -> Finding:
    return Finding(project.shown(example.path), example.line, code, message, advice, severity)
