"""From what the bot says in one turn to as few messages as possible.

Everything goes into one message, parts a blank line apart, the choices as a numbered list at the
end; only what is longer than one message is split.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wadul.core.choices import Choice, numbered
from wadul.core.splitting import LIMIT, size, split_text

_GAP = "\n\n"


@dataclass(frozen=True)
class Part:
    """One message to be sent; the choices are in its text too."""

    text: str
    choices: tuple[Choice, ...] = ()


def compose(texts: Sequence[str], choices: Sequence[Choice], limit: int = LIMIT) -> list[Part]:
    """Empty if there is nothing to say. A list too long for one message goes through `split_text`,
    and the last piece carries the choices."""
    said = [clean for text in texts if (clean := clean_text(text))]
    pieces = split_text(_GAP.join(said), limit)
    listed = clean_text(numbered(choices))
    if listed and pieces and size(pieces[-1]) + len(_GAP) + size(listed) <= limit:
        pieces[-1] += _GAP + listed
    elif listed:
        pieces += split_text(listed, limit)
    parts = [Part(piece) for piece in pieces]
    if parts and choices:
        parts[-1] = Part(parts[-1].text, tuple(choices))
    return parts


def clean_text(text: str) -> str:
    """Without what a database or a phone cannot take: NUL and halves of surrogate pairs."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\x00", "").strip()
