"""Collected only where Rasa is installed (.venv-rasa)."""

from __future__ import annotations

from importlib.util import find_spec

if find_spec("rasa") is None:
    collect_ignore_glob = ["*"]
