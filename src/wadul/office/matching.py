"""Finds the frequently asked question that a resident's words mean."""

from __future__ import annotations

from rapidfuzz import fuzz

from wadul.office.models import FaqEntry, Office
from wadul.office.text import plain

SURE = 86.0
"""Similarity (0–100) from which different words count as the same question."""
SHORT = 4
"""A one-word alias ("sim") only counts in a message of at most this many words."""


def find_faq(office: Office, text: str) -> FaqEntry | None:
    """The best entry, or None when nothing is near enough. Longer aliases win over shorter ones."""
    wanted = plain(text)
    if not wanted:
        return None
    best: tuple[float, int, FaqEntry] | None = None
    for entry in office.faq:
        for phrase in map(plain, (entry.question, *entry.aliases)):
            score = _similarity(phrase, wanted)
            if score >= SURE and (best is None or (score, len(phrase)) > best[:2]):
                best = score, len(phrase), entry
    return best[2] if best else None


def _similarity(phrase: str, text: str) -> float:
    words, said = phrase.split(), text.split()
    if f" {phrase} " in f" {text} " and (len(words) > 1 or len(said) <= SHORT):
        return 100.0
    if len(words) == 1:
        return 0.0
    return fuzz.token_sort_ratio(phrase, text)
