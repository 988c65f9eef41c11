"""Numbered choices in a plain text, so that the phone can offer them for tapping."""

from __future__ import annotations

import re

from wadul.simulator.world import Choice

LINE = re.compile(r"^\s*[*_]{0,2}(\d{1,2})(?:[.)]|️?⃣)[*_]{0,2}\s+(.+?)\s*$")
# A numbered list of requirements is not a question. What asks for an answer says so.
CUE = re.compile(
    r"\b(balas|ketik|pilih|jawab|kirim)(?:lah|an)?\b|angka(?:nya)?\b|\bnomor(?:nya)?\b", re.I
)


def numbered(text: str) -> list[Choice]:
    """The choices of the last list that counts 1, 2, 3 …, if the text asks for one of them."""
    found: list[Choice] = []
    other: list[str] = []
    before = ""
    question = False
    for line in text.splitlines():
        match = LINE.match(line)
        if match is None:
            other.append(line)
            before = line.strip() or before
            continue
        number, title = int(match[1]), match[2].strip("*_ ")
        if number == 1:
            found = []
            question = before.endswith(("?", "?*", "?_"))
        if number != len(found) + 1:
            return []
        found.append(Choice(title=title, value=str(number)))
    if len(found) < 2:
        return []
    return found if question or CUE.search("\n".join(other)) else []
