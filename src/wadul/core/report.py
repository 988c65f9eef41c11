"""A report while the bot takes it down, and which question is still open."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from wadul.core.deadlines import SUPERVISORY_CATEGORIES
from wadul.core.said import Said, day_of
from wadul.core.states import Category, HandOffReason, MessageKind, TicketKind

ASK_LIMIT = 3
"""A question is put at most this often; then the bot goes on without, or gets a person."""

WAVER_LIMIT = 4
"""So many turns after the summary that are neither yes nor news, and a person takes over."""

EXCERPT = 600

PLACE_BOUND = frozenset(
    {
        Category.ROADS_IRRIGATION_DRAINAGE,
        Category.WASTE_ENVIRONMENT,
        Category.ORDER_SECURITY,
        Category.EMERGENCY,
    }
)
INFRASTRUCTURE = frozenset({Category.ROADS_IRRIGATION_DRAINAGE, Category.WASTE_ENVIRONMENT})

_VISUAL = frozenset({MessageKind.IMAGE, MessageKind.VIDEO, MessageKind.DOCUMENT})
_DENIAL = re.compile(r"\b(bukan|bkn|dudu|sanes|lain)\b\s*(di\s+)?(desa\s+)?$", re.IGNORECASE)
_PART = re.compile(r"\b(blok|gang|gg|dusun|perum|perumahan|komplek)\.?\s+$", re.IGNORECASE)
_LANDMARK = re.compile(
    r"\b(?:blok|gang|gg\.?|dusun|depan|dpn|belakang|blkg|samping|sebelah|pertigaan|perempatan|"
    r"dekat|deket|dkt)\s+\w+(?:\s(?!rusak|sudah|udah|sdh|ada|yang|yg|dan|lalu|terus|karena|krn|rt|"
    r"rw|desa)\w+){0,2}",
    re.IGNORECASE,
)
_ALLEGATION = re.compile(
    r"\b(di|me|peng)?(korup\w*|gelap(kan|an)\w*|tilep\w*|nilep\w*|sunat\w*|nyunat\w*|suap\w*|"
    r"sogok\w*|nyogok\w*|pungli\w*|fiktif)\b",
    re.IGNORECASE,
)
_PARTY = re.compile(
    r"\b(?:petugas|oknum|pegawai|staf|kuwu|kadus|perangkat|operator|calo)\b(?:\s(?!minta|mnta|"
    r"njaluk|yang|yg|di|ga|gak|tidak|nya)\w+)?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Facts:
    """What the dialogue must know of the office.

    `spellings`: lower-case spelling to desa name. `ambiguous_desa`: names that are also the
    kecamatan's, so that they are asked about once.
    """

    ambiguous_desa: frozenset[str] = frozenset()
    spellings: Mapping[str, str] = field(default_factory=dict)
    service_categories: Mapping[str, str] = field(default_factory=dict)


class Question(StrEnum):
    """What the bot can ask; the order is the order of asking."""

    WANTED = "wanted"  # whether to file at all; after an emergency's numbers
    STORY = "story"
    LOCATION = "location"
    INCIDENT = "incident"  # misconduct: when and at which desk, if they like
    PHOTO = "photo"
    CONFIRMED = "confirmed"
    CORRECTION = "correction"  # the summary was wrong: what is?


@dataclass(frozen=True)
class Draft:
    """`told` is an excerpt for the summary; the full words stay with `message_ids`."""

    kind: TicketKind = TicketKind.COMPLAINT
    category: Category = Category.OTHER
    emergency: str = ""  # fire, flood, …
    message_ids: tuple[str, ...] = ()
    told: str = ""
    has_story: bool = False
    service: str | None = None
    desa: str | None = None
    desa_unsure: bool = False  # the name is the kecamatan's too
    place: str | None = None
    outside: str | None = None  # a place of another kecamatan
    latitude: float | None = None
    longitude: float | None = None
    occurred: str | None = None
    occurred_on: date | None = None
    reported_party: str | None = None
    anonymous: bool = False
    confidential: bool = False
    visuals: int = 0
    files: int = 0
    wanted: bool = True
    passed: tuple[Question, ...] = ()  # asked, and left open
    asked: Question | None = None
    misses: int = 0  # how often the open question went unanswered
    wavering: int = 0  # turns since the summary that were neither yes nor news
    touched_at: datetime | None = None
    reason: HandOffReason | None = None  # why a person took over

    @property
    def supervisory(self) -> bool:
        return self.kind is TicketKind.COMPLAINT and self.category in SUPERVISORY_CATEGORIES

    @property
    def has_location(self) -> bool:
        sure = self.desa is not None and not self.desa_unsure
        return sure or self.latitude is not None or self.outside is not None

    def to_slot(self) -> dict[str, Any]:
        slot = asdict(self)
        slot["message_ids"], slot["passed"] = list(self.message_ids), list(self.passed)
        for name in ("occurred_on", "touched_at"):
            slot[name] = slot[name].isoformat() if slot[name] else None
        return slot

    @classmethod
    def from_slot(cls, slot: Mapping[str, Any] | None) -> Draft | None:
        if not slot:
            return None
        read: dict[str, Callable[[Any], Any]] = {
            "kind": TicketKind,
            "category": Category,
            "message_ids": tuple,
            "passed": lambda names: tuple(Question(name) for name in names),
            "asked": Question,
            "reason": HandOffReason,
            "occurred_on": date.fromisoformat,
            "touched_at": datetime.fromisoformat,
        }
        values = {
            name: read[name](value) if name in read and value is not None else value
            for name, value in slot.items()
        }
        return cls(**values)


def open_question(draft: Draft) -> Question:
    """The first question whose answer is missing; at last the summary."""
    complaint = draft.kind is TicketKind.COMPLAINT
    missing = {
        Question.WANTED: not draft.wanted,
        Question.STORY: not draft.has_story,
        Question.LOCATION: (complaint and draft.category in PLACE_BOUND and not draft.has_location),
        Question.INCIDENT: draft.supervisory and draft.occurred is None,
        Question.PHOTO: (complaint and draft.category in INFRASTRUCTURE and not draft.visuals),
    }
    for question, is_missing in missing.items():
        if is_missing and question not in draft.passed:
            return question
    return Question.CONFIRMED


def taken_down(draft: Draft, said: Said, facts: Facts) -> Draft:
    """The draft with every fact of this turn in it, whichever question it answers."""
    told = "\n".join(part for part in (draft.told, said.text.strip()) if part)[:EXCERPT]
    draft = replace(
        draft,
        message_ids=tuple(dict.fromkeys((*draft.message_ids, *said.message_ids))),
        told=told,
        visuals=draft.visuals + sum(kind in _VISUAL for kind in said.attachments),
        files=draft.files + sum(kind is not MessageKind.STICKER for kind in said.attachments),
        service=draft.service or said.value("service"),
        reported_party=draft.reported_party or party_in(said.text),
    )
    return with_date(with_location(draft, said, facts), said)


def with_location(draft: Draft, said: Said, facts: Facts) -> Draft:
    """Desa, RT/RW, landmark, pin and foreign kecamatan of this turn; what it does not say stays."""
    desa = chosen_desa(said, facts.spellings, known=draft.desa)
    if desa:
        sure = desa not in facts.ambiguous_desa or f"desa {desa}".lower() in said.text.lower()
        draft = replace(draft, desa=desa, desa_unsure=not sure, outside=None)
    elif (outside := said.value("out_of_area_place")) and not draft.desa:
        draft = replace(draft, outside=str(outside))
    if place := place_in(said):
        draft = replace(draft, place=place)
    if said.pin:
        draft = replace(draft, latitude=said.pin.latitude, longitude=said.pin.longitude)
        if said.pin.address and not draft.place:
            draft = replace(draft, place=said.pin.address[:200])
    return draft


def with_date(draft: Draft, said: Said) -> Draft:
    found = day_of(said)
    return replace(draft, occurred=found[0], occurred_on=found[1]) if found else draft


def chosen_desa(said: Said, spellings: Mapping[str, str], known: str | None = None) -> str | None:
    """The desa that is meant: of "bukan Krasak tapi Kalimati" the one that is not denied.

    "blok Pilangsari" names a part of the `known` desa, or of one named beside it; alone it is taken
    for the desa. The extractor names at most one; if that is not meant, the words are searched for
    another.
    """
    found = [(e.start, str(e.value)) for e in said.entities if e.name == "desa"]
    if not found:
        return None
    meant = _meant(said.text, found) or _meant(said.text, _villages_in(said.text, spellings))
    if not meant and known is None:
        meant = [name for start, name in found if not _DENIAL.search(said.text[:start])]
    return meant[-1] if meant else None


def _meant(text: str, villages: Sequence[tuple[int, str]]) -> list[str]:
    return [
        name
        for start, name in villages
        if not _DENIAL.search(text[:start]) and not _PART.search(text[:start])
    ]


def _villages_in(text: str, spellings: Mapping[str, str]) -> list[tuple[int, str]]:
    """Start and name of every desa, in order; of two that overlap the longer spelling."""
    taken: dict[int, tuple[int, str]] = {}
    free = text.lower()
    for spelling in sorted(spellings, key=len, reverse=True):
        for match in re.finditer(rf"\b{re.escape(spelling)}\b", free):
            taken[match.start()] = (match.start(), spellings[spelling])
            free = free[: match.start()] + "·" * len(spelling) + free[match.end() :]
    return [taken[start] for start in sorted(taken)]


def place_in(said: Said) -> str | None:
    """RT/RW and landmarks as told, e.g. "RT 3 RW 2, depan balai desa"."""
    house = " ".join(
        f"{name.upper()} {str(value).lstrip('0')}"
        for name in ("rt", "rw")
        if (value := said.value(name))
    )
    parts = [house, *dict.fromkeys(match.group(0) for match in _LANDMARK.finditer(said.text))]
    return ", ".join(part for part in parts if part)[:200] or None


def alleges(text: str) -> bool:
    """Words that accuse somebody of a crime in office, whatever the topic is called."""
    return bool(_ALLEGATION.search(text))


def party_in(text: str) -> str | None:
    """Whom a report of misconduct is about, as told; kept for the inspector, never repeated."""
    found = _PARTY.search(text)
    return found.group(0) if found else None
