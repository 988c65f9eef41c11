"""Cross-validation: the training data in parts, each measured by a model that never saw it.

Every part is trained with the whole pipeline in a folder of its own, so that it takes minutes.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from wadul.exceptions import InvalidInput
from wadul.settings import Settings
from wadul.training.checks.held_out import HeldOut
from wadul.training.corpus import Corpus
from wadul.training.evaluation import predictions
from wadul.training.metrics import Metrics, Row, measure
from wadul.training.model import failure
from wadul.training.nlu_file import HEADER, Example
from wadul.training.project import Project
from wadul.training.rasa import RasaPrograms

_MODEL = "fold"


def cross_validate(
    settings: Settings,
    parts: int,
    *,
    seed: int = 20261124,
    step: Callable[[int], None] = lambda _: None,
) -> Metrics:
    """`step` is told how many parts are done.

    Raises `TrainingFailed`, `NoRoom`, `ModelUnusable`, `InvalidInput` for labels with too few
    examples.
    """
    project, rasa = Project.of(settings), RasaPrograms.of(settings)
    rows: list[Row] = []
    for done, (held, kept) in enumerate(split(Corpus.load(project).examples, parts, seed)):
        step(done)
        with tempfile.TemporaryDirectory(prefix="wadul-fold-") as folder:
            data = Path(folder) / "data"
            data.mkdir()
            (data / "nlu.yml").write_text(written(kept), encoding="utf-8")
            arguments = ("--out", folder, "--name", _MODEL, "--data", str(data))
            with rasa.start(
                "components.train", *arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
            ) as program:
                _, errors = program.communicate()
            model = Path(folder) / f"{_MODEL}.tar.gz"
            if program.returncode or not model.is_file():
                sys.stderr.write(errors[-2000:])
                raise failure(program.returncode, errors.splitlines())
            tests = [HeldOut(each.text, each.label, each.path, each.line) for each in held]
            rows += predictions(rasa, model, tests)
    return measure(rows)


def split(
    examples: Sequence[Example], parts: int, seed: int
) -> list[tuple[list[Example], list[Example]]]:
    """(held out, kept) for each part; every label is spread evenly over the parts."""
    by_label: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        by_label[example.label].append(example)
    chance = random.Random(seed)  # noqa: S311 - a shuffle that can be repeated
    part_of: dict[Example, int] = {}
    for label, mine in by_label.items():
        if len(mine) < parts:
            raise InvalidInput(f"{label} punya {len(mine)} contoh, kurang dari {parts} bagian.")
        chance.shuffle(mine)
        part_of |= {example: at % parts for at, example in enumerate(mine)}
    return [
        (
            [example for example in examples if part_of[example] == part],
            [example for example in examples if part_of[example] != part],
        )
        for part in range(parts)
    ]


def written(examples: Sequence[Example]) -> str:
    """A data file with these examples."""
    by_label: dict[str, list[str]] = defaultdict(list)
    for example in examples:
        by_label[example.label].append(f"    - {example.source}\n")
    blocks = (
        f"- intent: {label}\n  examples: |\n{''.join(lines)}" for label, lines in by_label.items()
    )
    return HEADER + "".join(blocks)
