"""What the bot says first after a person gave the conversation back to it."""

from __future__ import annotations

import re

_BEGINNING = re.compile(
    r"^(tadi\s+)?((sudah|sdh|udah|dah)\s+)?(di)?bantu(\s+(oleh\s+)?petugas)?"
    r"(\s+(soal|tentang|mengenai|untuk|utk|ttg))?\s+",
    re.IGNORECASE,
)


def helped_words(note: str) -> str:
    """From "sudah dibantu soal KK" to a sentence for the resident; empty without a note."""
    topic = " ".join(note.split())
    topic = _BEGINNING.sub("", topic).rstrip(" .!,;")
    if not topic:
        return ""
    return f"Tadi petugas kami sudah membantu Bapak/Ibu soal {topic}."
