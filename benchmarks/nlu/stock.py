"""Stock Rasa and ours, trained on the same part of our data: on all of it stock takes hours.

The figures are kept in `stock.json`; they count as long as the data, the test set and both
pipelines are the same. Stock learns the full labels ("complaint/land"). What it decides is the name
of its best label, or `nlu_fallback` where its FallbackClassifier says so, as `rasa init` suggests.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from hashlib import sha256
from pathlib import Path
from typing import Any

from benchmarks.nlu import sets
from benchmarks.nlu.figures import Figures, measure
from benchmarks.nlu.measures import OnTestSet, Reading
from benchmarks.nlu.pipeline import FALLBACK, STOCK, Pipeline, ours
from components.encoder import shared_encoder
from components.sources import sources_fingerprint

STORED = Path(__file__).with_name("stock.json")


@dataclass
class Trained:
    """`training`: seconds of processor time, which depend little on what else runs."""

    training: float
    figures: Figures


@dataclass
class Beside:
    """Both systems after training on `examples` sentences, every `every`th one of each label."""

    of: str
    day: str
    every: int
    examples: int
    stock: Trained
    ours: Trained


def stored() -> Beside | None:
    """Return the figures if they were measured with today's data and pipelines."""
    if not STORED.is_file():
        return None
    found = json.loads(STORED.read_text(encoding="utf-8"))
    if found["of"] != _digest():
        return None
    return Beside(**found | {name: _trained(found[name]) for name in ("stock", "ours")})


def measured(every: int) -> Beside:
    """Train both, measure them and store what came out."""
    texts, labels = sets.examples(every)
    stock = Pipeline([*STOCK, FALLBACK], labels=False)
    beside = Beside(
        of=_digest(),
        day=datetime.now(timezone.utc).date().isoformat(),
        every=every,
        examples=len(texts),
        stock=_train(stock, texts, labels, lambda: None),
        ours=_train(Pipeline(ours()), texts, labels, shared_encoder().forget),
    )
    STORED.write_text(json.dumps(asdict(beside), ensure_ascii=False, indent=1) + "\n", "utf-8")
    return beside


def _train(
    pipeline: Pipeline, texts: list[str], labels: list[str], forget: Callable[[], None]
) -> Trained:
    began = time.process_time()
    pipeline.train(texts, labels)
    training = time.process_time() - began
    figures = measure(lambda text: _reading(pipeline, text), forget)
    pipeline.forget()
    return Trained(training, figures)


def _reading(pipeline: Pipeline, text: str) -> Reading:
    parse = pipeline.read(text).as_dict()
    best = Reading.of(parse)
    decided = str(parse["intent"]["name"]).partition("/")[0]
    return Reading(best.label, best.confidence, decided, best.entities)


def _trained(found: dict[str, Any]) -> Trained:
    figures = found["figures"]
    return Trained(found["training"], Figures(**figures | {"test": OnTestSet(**figures["test"])}))


def _digest() -> str:
    tests = [(u.text, u.label) for u in sets.test_set()]
    content = [STOCK, FALLBACK, sets.examples(), tests, sets.PUBLIC.is_dir()]
    content += [ours(), sources_fingerprint()]
    return sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()
