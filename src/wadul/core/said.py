"""What a resident said in one turn, as the dialogue sees it: plain values, no Rasa.

Texts are the tracker's: NIK, KK and phone numbers are masked in them already.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from wadul.core.states import Category, MessageKind

CLEAR = 0.6
"""From this confidence on an intent counts even against the question that was asked."""

EVIDENCE = frozenset(
    {MessageKind.IMAGE, MessageKind.AUDIO, MessageKind.VIDEO, MessageKind.DOCUMENT}
)

_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)
_VOWEL = re.compile(r"[aeiou]")
_COMMAND = re.compile(r"^\W*/\s*\w+\W*$")

# Words that announce a report, or address somebody, and say nothing about what happened.
_OPENING_WORDS = frozenset(
    """
    mau mw mo pengen pgn pingin ingin arep pan badhe bade rek hendak izin ijin lapor laporan
    melapor melaporkan laporin ngelapor wadul wadulan ngadu mengadu aduan adukan pengaduan
    komplain keluhan mengeluh complain nyampein menyampaikan sampaikan bikin buat membuat
    saya sy sya aku aq ak gw gua reang isun insun kula kulo abdi kita kami pak bapak bpk bu ibu min
    admin mimin kak kang mang mas mbak bang bos gan yu pakde ada ana wonten aya nih ni ini itu dong
    deh ya yah yg yang nya tolong tlg mohon punten permisi maaf halo hai hi selamat pagi siang sore
    malam assalamualaikum aslm ass salam boleh bisa bs kah dan di ke tentang soal mengenai nambah
    nambahin tambah tambahan tambahkan nambahi keterangan info informasi data laporannya tadi
    kemarin wingi foto fotonya susulan susulin bukti untuk buat kangge kanggo tiket nomor no
    lengkapi melengkapi kelupaan lupa
    """.split()
)

_ANGRY = re.compile(
    r"\b(bobrok|becus|goblok|goblog|bego|tolol|anj\w*|bangsat|brengsek|kampret|sialan|tai|bajingan|"
    r"kecewa|muak|kesel|kesal|marah|emosi|viral\w*|payah|parah banget|parah bgt|ga guna|gak guna|"
    r"percuma|lelet|bolak2|bolak-balik)\b|!{2,}|😡|🤬|😠",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Entity:
    """`start` and `end` are offsets in the turn's text."""

    name: str
    value: Any
    start: int = 0
    end: int = 0


@dataclass(frozen=True)
class Pin:
    latitude: float
    longitude: float
    address: str = ""


@dataclass(frozen=True)
class Said:
    """One turn. `label` is the full intent (complaint/land), `intent` the part before the slash."""

    text: str = ""
    label: str = ""
    confidence: float = 1.0
    alternatives: Sequence[str] = ()
    entities: Sequence[Entity] = ()
    message_ids: Sequence[str] = ()
    attachments: Sequence[MessageKind] = ()
    pin: Pin | None = None
    tapped: bool = False  # a button that we sent, not words
    at: datetime | None = None

    @property
    def intent(self) -> str:
        return self.label.partition("/")[0]

    @property
    def aspect(self) -> str:
        return self.label.partition("/")[2]

    def clearly(self, *intents: str) -> bool:
        """The intent is one of these, tapped or with confidence."""
        return self.intent in intents and (self.tapped or self.confidence >= CLEAR)

    def values(self, name: str) -> list[Any]:
        return [entity.value for entity in self.entities if entity.name == name]

    def value(self, name: str) -> Any | None:
        found = self.values(name)
        return found[0] if found else None

    @property
    def words(self) -> list[str]:
        return _WORD.findall(self.text.lower())

    @property
    def has_evidence(self) -> bool:
        return any(kind in EVIDENCE for kind in self.attachments)

    @property
    def only_files(self) -> bool:
        """Files or a pin and not one word."""
        return bool((self.attachments or self.pin) and not self.words)


def tells_something(said: Said, at_least: int = 2) -> bool:
    """Whether the text holds a story, and not only "pak, mau lapor"."""
    if said.tapped:
        return False
    text = said.text
    for entity in said.entities:
        if entity.name == "ticket_number":
            text = text.replace(said.text[entity.start : entity.end], " ")
    words = _WORD.findall(text.lower())
    return sum(word not in _OPENING_WORDS for word in words) >= at_least


def is_command(said: Said) -> bool:
    """A word after a slash, as people try on bots."""
    return not said.tapped and bool(_COMMAND.match(said.text.strip()))


def is_noise(said: Said) -> bool:
    """No words at all, a command, or one heap of letters: nothing that could be an answer."""
    text = said.text.strip()
    if is_command(said):
        return True
    words = [word for word in said.words if word.isascii()]
    if not words:
        return not any(character.isalnum() for character in text)
    return len(said.words) == 1 and len(words[0]) > 3 and not _VOWEL.search(words[0])


def is_angry(said: Said) -> bool:
    return said.intent == "insult" or bool(_ANGRY.search(said.text))


def category_of(label: str) -> Category | None:
    """The category that a label names: complaint/land → land, emergency/fire → emergency."""
    intent, _, rest = label.partition("/")
    if intent == "emergency":
        return Category.EMERGENCY
    if intent == "complaint" and rest in set(Category):
        return Category(rest)
    return None


def day_of(said: Said) -> tuple[str, date] | None:
    """The words and the date of the first resolved date in the text."""
    for entity in said.entities:
        if entity.name == "date":
            try:
                day = date.fromisoformat(str(entity.value)[:10])
            except ValueError:
                continue
            return said.text[entity.start : entity.end].strip() or day.isoformat(), day
    return None


@dataclass(frozen=True)
class Pending:
    """A turn that waits for a decision: report or question, file it or not."""

    text: str = ""
    label: str = ""
    alternatives: tuple[str, ...] = ()
    entities: tuple[Entity, ...] = ()
    message_ids: tuple[str, ...] = ()
    attachments: tuple[MessageKind, ...] = ()
    pin: Pin | None = None
    number: str | None = None  # of the ticket that the decision is about

    @classmethod
    def of(cls, said: Said, number: str | None = None) -> Pending:
        return cls(
            text=said.text,
            label=said.label,
            alternatives=tuple(said.alternatives),
            entities=tuple(said.entities),
            message_ids=tuple(said.message_ids),
            attachments=tuple(said.attachments),
            pin=said.pin,
            number=number,
        )

    def as_said(self, label: str = "") -> Said:
        """The waiting turn again, as a turn with this label."""
        return Said(
            text=self.text,
            label=label or self.label,
            alternatives=self.alternatives,
            entities=self.entities,
            message_ids=self.message_ids,
            attachments=self.attachments,
            pin=self.pin,
        )

    def best(self, intent: str) -> str:
        """The likeliest label of this intent among the alternatives; the bare intent if none."""
        labels = (self.label, *self.alternatives)
        return next((one for one in labels if one.partition("/")[0] == intent), intent)

    def to_slot(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "label": self.label,
            "alternatives": list(self.alternatives),
            "entities": [[e.name, e.value, e.start, e.end] for e in self.entities],
            "message_ids": list(self.message_ids),
            "attachments": [str(kind) for kind in self.attachments],
            "pin": [self.pin.latitude, self.pin.longitude, self.pin.address] if self.pin else None,
            "number": self.number,
        }

    @classmethod
    def from_slot(cls, slot: Mapping[str, Any] | None) -> Pending | None:
        if not slot:
            return None
        return cls(
            text=slot["text"],
            label=slot["label"],
            alternatives=tuple(slot["alternatives"]),
            entities=tuple(Entity(*one) for one in slot["entities"]),
            message_ids=tuple(slot["message_ids"]),
            attachments=tuple(MessageKind(kind) for kind in slot["attachments"]),
            pin=Pin(*slot["pin"]) if slot["pin"] else None,
            number=slot["number"],
        )


def joined(first: Said, then: Said) -> Said:
    """Two turns as one story: the texts under each other, the label of the first."""
    shift = len(first.text) + 1 if first.text else 0
    moved = [replace(e, start=e.start + shift, end=e.end + shift) for e in then.entities]
    return replace(
        first,
        text="\n".join(part for part in (first.text, then.text) if part),
        entities=(*first.entities, *moved),
        message_ids=tuple(dict.fromkeys((*first.message_ids, *then.message_ids))),
        attachments=(*first.attachments, *then.attachments),
        pin=then.pin or first.pin,
        at=then.at or first.at,
    )
