"""Checks that ask the Rasa environment: its own validation, and sentences that mean the same."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator

from wadul.training.checks.findings import Finding, Severity
from wadul.training.corpus import Corpus, place_of
from wadul.training.project import Project
from wadul.training.rasa import RasaPrograms
from wadul.training.similarity import SHORT

ALIKE = 0.85
"""Cosine of centred vectors; "ktp belum jadi jadi" and "ktp sudah jadi belum" have 0.92."""
_LONGEST = 120
"""Characters: long stories resemble each other whatever they are about."""
_PAIRS = 40

_WARNING = re.compile(r"UserWarning: (.*?)(?=\x1b\[0m|\n\S*/rasa/|\Z)", re.DOTALL)
_ERROR = re.compile(r"^(?:\S*(?:Exception|Error): |YAMLError )(.*)", re.MULTILINE)
_COLOUR = re.compile(r"\x1b\[\d+m")


def rasa_validation(project: Project, rasa: RasaPrograms) -> Callable[[Corpus], Iterator[Finding]]:
    """`rasa data validate`, its warnings as findings."""

    def run(_: Corpus) -> Iterator[Finding]:
        arguments = ("data", "validate", "--fail-on-warnings", "--quiet")
        with rasa.start("rasa", *arguments, stderr=subprocess.STDOUT) as program:
            output, _err = program.communicate()
        yield from findings_of(project, output, failed=program.returncode != 0)

    return run


def findings_of(project: Project, output: str, *, failed: bool) -> Iterator[Finding]:
    """What Rasa printed, as findings."""
    messages = [_one_line(match) for match in _WARNING.findall(output)]
    if failed and not messages:
        messages = [_one_line(match) for match in _ERROR.findall(output)] or [
            _one_line(output[-300:]) or "gagal tanpa keterangan"
        ]
    for message in dict.fromkeys(messages):
        yield Finding(
            project.shown(project.domain),
            0,
            "rasa",
            f"Rasa: {message}",
            "Betulkan seperti disebut Rasa, lalu periksa lagi.",
            Severity.ERROR if failed else Severity.WARNING,
        )


def same_meaning(project: Project, rasa: RasaPrograms) -> Callable[[Corpus], Iterator[Finding]]:
    """Sentences of different labels that the encoder places close together."""

    def run(corpus: Corpus) -> Iterator[Finding]:
        examples = [each for each in corpus.examples if SHORT <= len(each.text) <= _LONGEST]
        request = {
            "texts": [example.text for example in examples],
            "labels": [example.label for example in examples],
            "cutoff": ALIKE,
            "limit": _PAIRS,
        }
        cache = project.var / "sentences.npz"
        cache.parent.mkdir(parents=True, exist_ok=True)
        answer = rasa.answer("components.meaning", request, "--cache", str(cache))
        for first, second, cosine in answer["pairs"]:
            one, other = examples[first], examples[second]
            yield Finding(
                project.shown(other.path),
                other.line,
                "same_meaning",
                f"“{other.text}” ({other.label}) semakna ({cosine:.0%}) dengan “{one.text}” "
                f"({place_of(project, one)}).",
                "Pastikan keduanya memang berbeda maksud; kalau tidak, pindahkan salah satu.",
                Severity.WARNING,
            )

    return run


def _one_line(text: str) -> str:
    return " ".join(_COLOUR.sub("", text).split())
