"""Trains a model: `.venv-rasa/bin/python -m components.train --out models --name wadul-1`.

What `rasa train` does, with one line per step instead of thousands of warnings, without
TensorFlow where no component needs it, and always from nothing: Rasa's cache does not notice a
change in a module that a component imports. `rasa data validate` is where warnings belong.

Exit status: 1 the data, the pipeline or the encoder is wrong.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import warnings
from pathlib import Path

import structlog

from components.lean import import_late, spare_the_training


class Steps(logging.Handler):
    """Shows which component is being trained."""

    def emit(self, record: logging.LogRecord) -> None:
        words = record.getMessage().split("'")
        if record.getMessage().startswith("Starting to train component") and len(words) > 1:
            sys.stderr.write(f"wadul: training {words[1].rpartition('.')[2]} …\n")


def main() -> None:
    parser = argparse.ArgumentParser(prog="components.train", description="Trains a model.")
    parser.add_argument("--out", default="models")
    parser.add_argument("--name", required=True, help="file name without .tar.gz")
    parser.add_argument("--config", default="config.yml")
    parser.add_argument("--domain", default="domain.yml")
    parser.add_argument("--data", default="data")
    options = parser.parse_args()
    prepare()
    from rasa.model_training import train

    from components.encoder import EncoderUnavailable, shared_encoder

    try:
        shared_encoder()  # the pipeline's components use this one
    except EncoderUnavailable as error:
        raise SystemExit(f"wadul: {error}") from None
    result = train(
        options.domain,
        options.config,
        [options.data],
        output=options.out,
        fixed_model_name=options.name,
        force_training=True,
    )
    if result.code or not result.model or not Path(result.model).is_file():
        raise SystemExit(result.code or 1)


def prepare() -> None:
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ["RASA_MAX_CACHE_SIZE"] = "0"
    os.environ["TQDM_DISABLE"] = "1"
    warnings.simplefilter("ignore")
    warnings.showwarning = nothing  # the libraries below set their own filters
    import_late()
    spare_the_training()
    logging.basicConfig(level=logging.ERROR, stream=sys.stderr)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    hooks = logging.getLogger("rasa.engine.training.hooks")
    hooks.setLevel(logging.INFO)
    hooks.propagate = False
    hooks.addHandler(Steps())
    _ignore_rasas_own_warnings()


def nothing(*_: object, **__: object) -> None:
    """In place of a warning."""


def _ignore_rasas_own_warnings() -> None:
    """Rasa resets the filters for its user warnings: its function is silenced itself."""
    import rasa.shared.utils.io as io

    io.raise_warning = nothing


if __name__ == "__main__":
    main()
