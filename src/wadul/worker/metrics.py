"""What the worker counts (Prometheus). It listens on nothing: the gateway shows these where
`PROMETHEUS_MULTIPROC_DIR` is set for both."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)

TURNS = Counter("wadul_turns_total", "Turns by what became of the attempt.", ["outcome"])
TURN_SECONDS = Histogram("wadul_turn_seconds", "Time that Rasa took.", buckets=_SECONDS)
SENDS = Counter("wadul_sends_total", "Attempts to send, by outcome and code.", ["outcome", "code"])
SEND_SECONDS = Histogram("wadul_send_seconds", "Time that the provider took.", buckets=_SECONDS)
FILES = Counter("wadul_files_total", "Residents' files, by what became of them.", ["outcome"])
