"""Stock Rasa on our data. It takes hours, so the figures are kept in `stock.json`; they count as long
as the data, the test set and the pipeline are the same.

Stock learns the full labels ("complaint/land"). What it decides is the name of its best label, or
`nlu_fallback` where its FallbackClassifier says so, as `rasa init` suggests.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from hashlib import sha256
from pathlib import Path

from benchmarks.nlu import sets
from benchmarks.nlu.figures import Figures, measure
from benchmarks.nlu.measures import OnTestSet, Reading
from benchmarks.nlu.pipeline import FALLBACK, STOCK, Pipeline

STORED = Path(__file__).with_name("stock.json")


@dataclass
class Stock:
    """`training`: seconds of processor time, which do not depend on what else runs."""

    of: str
    day: str
    training: float
    figures: Figures


def stored() -> Stock | None:
    """Return the figures if they were measured with today's data."""
    if not STORED.is_file():
        return None
    found = json.loads(STORED.read_text(encoding="utf-8"))
    if found["of"] != _digest():
        return None
    figures = found.pop("figures")
    return Stock(**found, figures=Figures(**{**figures, "test": OnTestSet(**figures["test"])}))


def measured() -> Stock:
    """Train stock, measure it and store what came out."""
    began = time.process_time()
    pipeline = Pipeline([*STOCK, FALLBACK], labels=False).train(*sets.examples())
    training = time.process_time() - began
    figures = measure(lambda text: _reading(pipeline, text))
    pipeline.forget()
    day = datetime.now(timezone.utc).date().isoformat()
    stock = Stock(_digest(), day, training, figures)
    STORED.write_text(json.dumps(asdict(stock), ensure_ascii=False, indent=1) + "\n", "utf-8")
    return stock


def _reading(pipeline: Pipeline, text: str) -> Reading:
    parse = pipeline.read(text).as_dict()
    decided = str(parse["intent"]["name"]).partition("/")[0]
    best = Reading.of(parse)
    return Reading(best.label, best.confidence, decided)


def _digest() -> str:
    tests = [(u.text, u.label) for u in sets.test_set()]
    content = [STOCK, FALLBACK, sets.examples(), tests, sets.PUBLIC.is_dir()]
    return sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()
