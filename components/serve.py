"""Starts the Rasa server: `.venv-rasa/bin/python -m components.serve --model models --port 5005`.

What `rasa run` does, without TensorFlow, telemetry, other channels and message texts in the log.
It reads the model and answers one message before it opens the port, so that a damaged model or
encoder is one clear error now and not at a resident's first message.

Exit status: 2 wrong arguments or settings, 3 no usable model, encoder or tracker store.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from components.lean import import_late, spare_the_server

LOOPBACK = "127.0.0.1"
NO_MODEL = 3
STANDING_BY = "wadul: rasa: standing by"
DEFAULTS = {
    "WADUL_ACTIONS_URL": "http://127.0.0.1:5055/webhook",
    "WADUL_RASA_TRACKER_URL": "sqlite:///var/rasa.db",
    "RASA_TELEMETRY_ENABLED": "false",
    "SANIC_WORKERS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}

logger = logging.getLogger("wadul.serve")


def main(arguments: list[str] | None = None) -> None:
    options = _options(arguments)
    prepare_environment(os.environ)
    configure_logging()
    import_late()
    spare_the_server()
    serve(options)


def prepare_environment(environment: MutableMapping[str, str]) -> None:
    """Fill in what endpoints.yml refers to; `WADUL_REDIS_URL` becomes the parts that Rasa wants."""
    for name, value in DEFAULTS.items():
        environment.setdefault(name, value)
    redis = urlsplit(environment.get("WADUL_REDIS_URL", ""))
    environment["WADUL_RASA_LOCK_STORE"] = "redis" if redis.hostname else "in_memory"
    environment["WADUL_RASA_REDIS_HOST"] = redis.hostname or "127.0.0.1"
    environment["WADUL_RASA_REDIS_PORT"] = str(redis.port or 6379)
    environment["WADUL_RASA_REDIS_DB"] = redis.path.strip("/") or "1"
    environment["WADUL_RASA_REDIS_USERNAME"] = unquote(redis.username or "")
    environment["WADUL_RASA_REDIS_PASSWORD"] = unquote(redis.password or "")


class FramesOnly(logging.Formatter):
    """Shows where an exception came from but not its text, which may quote a resident."""

    def formatException(self, ei: Any) -> str:
        kind, _, trace = ei
        return "".join(traceback.format_tb(trace)) + (kind.__name__ if kind else "")


def configure_logging() -> None:
    """Our own lines from INFO, all others from WARNING; structured ones by event name only."""
    import structlog

    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(FramesOnly("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("wadul").setLevel(logging.INFO)
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    structlog.configure(
        processors=[structlog.processors.add_log_level, _event_name_only],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.stdlib.LoggerFactory(),
    )


def serve(options: argparse.Namespace) -> None:
    from rasa.core.agent import load_agent
    from rasa.core.run import configure_app, create_http_input_channels
    from rasa.core.utils import AvailableEndpoints

    from components.encoder import EncoderUnavailable, shared_encoder

    if Path.cwd().as_posix() not in sys.path:
        sys.path.insert(0, Path.cwd().as_posix())
    try:
        shared_encoder()  # the model's components use this one
    except EncoderUnavailable as error:
        _stop(str(error).rstrip("."))
    endpoints = AvailableEndpoints.read_endpoints(options.endpoints)
    channels = create_http_input_channels(None, options.credentials)
    agent = asyncio.run(load_agent(model_path=options.model, endpoints=endpoints))
    check(agent, endpoints)
    if options.standby:
        stand_by()
    app = configure_app(channels, enable_api=False, port=options.port, endpoints=endpoints)
    app.ctx.agent = agent
    logger.info("serve.ready model=%s port=%s", agent.processor.model_filename, options.port)
    app.run(host=LOOPBACK, port=options.port, workers=1, access_log=False, motd=False, debug=False)


def check(agent: Any, endpoints: Any) -> None:
    """End the program unless the agent can answer and its conversations are really kept."""
    from rasa.core.channels.channel import UserMessage
    from rasa.core.tracker_store import InMemoryTrackerStore

    from components.turns import real_store

    if not agent.is_ready():
        _stop("no model could be loaded: train one, or see the error above")
    store = real_store(agent.tracker_store)
    if endpoints.tracker_store and isinstance(store, InMemoryTrackerStore):
        _stop(f"the tracker store {endpoints.tracker_store.type} could not be loaded")
    try:
        asyncio.run(agent.processor.parse_message(UserMessage("halo")))
    except Exception:
        logger.exception("serve.model_broken")
        _stop("the model was loaded but cannot read a message: train it again")


def stand_by() -> None:
    """Wait, loaded and checked, until the one who started us says that the port is free.

    A line on standard input says go; its end says that we are not needed.
    """
    sys.stdout.write(f"{STANDING_BY}\n")
    sys.stdout.flush()
    if not sys.stdin.readline():
        raise SystemExit(0)


def _stop(sentence: str) -> None:
    sys.stderr.write(f"wadul: rasa: {sentence}.\n")
    raise SystemExit(NO_MODEL)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="components.serve", description="The Rasa server.")
    parser.add_argument("--model", default="models", help="model file, or folder with models")
    parser.add_argument("--port", type=int, default=5005)
    parser.add_argument(
        "--standby", action="store_true", help="load, then wait for a line on stdin"
    )
    parser.add_argument("--credentials", default="credentials.yml")
    parser.add_argument("--endpoints", default="endpoints.yml")
    return parser.parse_args(arguments)


def _event_name_only(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:
    return f"{event.get('level')} {event.get('event')}"


if __name__ == "__main__":
    main()
