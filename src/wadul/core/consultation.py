"""Which service and which aspect a question is about, with the memory of the last one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wadul.core.said import Said

GENERAL = "general"
_OFFICE_ASPECTS = frozenset({"hours", "contact", "place"})
_OFFICE_WORDS = re.compile(
    r"\b(kantor\w*|kecamatan|kec|ke camatan|camat|loket\w*|kalian|sini)\b", re.IGNORECASE
)
_WANTING = re.compile(
    r"\b(mau|mw|mo|ingin|pengen|bikin|buat|urus|ngurus|gawe|damel|arep|badhe|bade)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Consulted:
    """The last service and aspect; `waiting` is an aspect asked before the service was known."""

    service: str | None = None
    aspect: str | None = None
    waiting: str | None = None

    def to_slot(self) -> dict[str, Any]:
        return {"service": self.service, "aspect": self.aspect, "waiting": self.waiting}

    @classmethod
    def from_slot(cls, slot: Mapping[str, Any] | None) -> Consulted:
        return cls(**slot) if slot else cls()


@dataclass(frozen=True)
class Wanted:
    """`service` None with `office`: the office's own hours, place or contact.

    Neither: the service has to be asked first, unless a frequent question fits.
    """

    aspect: str
    service: str | None = None
    office: bool = False


def what_is_wanted(said: Said, memory: Consulted) -> Wanted:
    aspect = said.aspect or GENERAL
    named = said.value("service")
    if named:
        if aspect == GENERAL and memory.waiting:
            aspect = memory.waiting
        elif aspect == GENERAL and memory.aspect and _is_follow_up(said):
            aspect = memory.aspect
        return Wanted(aspect, str(named))
    about_office = bool(_OFFICE_WORDS.search(said.text))
    if aspect in ("hours", "contact") or (
        aspect == "place" and (about_office or memory.service is None)
    ):
        return Wanted(aspect, office=True)
    if aspect != GENERAL and memory.service and not about_office:
        return Wanted(aspect, memory.service)
    return Wanted(aspect)


def remembered(memory: Consulted, wanted: Wanted) -> Consulted:
    """The memory after the answer."""
    if wanted.service:
        return Consulted(wanted.service, wanted.aspect)
    if wanted.office:
        return Consulted(memory.service, memory.aspect)
    waiting = wanted.aspect if wanted.aspect != GENERAL else None
    return Consulted(memory.service, memory.aspect, waiting)


def _is_follow_up(said: Said) -> bool:
    """ "kalau KK?": another service, the same aspect."""
    return len(said.words) <= 4 and not _WANTING.search(said.text)
