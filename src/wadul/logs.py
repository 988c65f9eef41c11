"""Logs for operators of the system: one event per line, never a resident in it.

Every call carries an `action` slug. Values are redacted by what they look like, and keys that
hold people's words or names are dropped, so that a careless call leaks nothing. Exceptions are
shown by type and place: a library's text may quote what a resident wrote (a failed INSERT does).
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any, Literal

import structlog
from structlog.processors import ExceptionRenderer

_PEOPLES_KEYS = frozenset(
    {"address", "body", "description", "form", "name", "profile_name", "raw", "signature", "text"}
)
_PERSONAL = re.compile(
    r"whatsapp:\S+"  # a channel address
    r"|\b[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{6,}\b"  # an id of someone who hides their number
    r"|(?<!\w)\+?\d(?:[ .\-]?\d){8,17}(?!\w)"  # a phone number, NIK or KK
)
REDACTED = "[redacted]"


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    """A structlog processor."""
    return {
        key: REDACTED if key in _PEOPLES_KEYS else _redacted(value) for key, value in event.items()
    }


def _redacted(value: Any) -> Any:
    return _PERSONAL.sub(REDACTED, value) if isinstance(value, str) else value


def type_and_place(exc_info: Any) -> str:
    """The frames and types of an exception and its causes; words only of our own exceptions."""
    shown: list[str] = []
    error: BaseException | None = exc_info[1]
    while error is not None:
        kind = type(error)
        ours = kind.__module__.partition(".")[0] == "wadul"
        named = f"{kind.__module__}.{kind.__qualname__}" + (f": {error}" if ours else "")
        shown.insert(0, "".join(traceback.format_tb(error.__traceback__)) + named)
        hidden = None if error.__suppress_context__ else error.__context__
        error = error.__cause__ or hidden
    return "\n\nwhich led to\n\n".join(shown)


class RedactedFormatter(logging.Formatter):
    """For lines of libraries."""

    def formatException(self, ei: Any) -> str:
        return type_and_place(ei)

    def format(self, record: logging.LogRecord) -> str:
        return _PERSONAL.sub(REDACTED, super().format(record))


def configure_logs(process: str, style: Literal["console", "json"]) -> None:
    """Set structlog up for this process; standard-library loggers speak up from WARNING on."""
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            ExceptionRenderer(type_and_place),
            redact,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(process=process)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(RedactedFormatter("%(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
