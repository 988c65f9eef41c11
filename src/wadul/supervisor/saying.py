"""What the supervisor tells whoever started it: on standard error, so that output stays output."""

from __future__ import annotations

import sys


def say(text: str) -> None:
    print(f"wadul: {text}", file=sys.stderr, flush=True)
