"""A turn as an action sees it: the tracker and its metadata as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from rasa_sdk import Tracker

from actions.wiring import wadul
from wadul.core.last_ticket import LastTicket
from wadul.core.said import Entity, Pending, Pin, Said
from wadul.core.states import MessageKind
from wadul.core.talk import Misses
from wadul.office import Office


@dataclass(frozen=True)
class Turn:
    """`now` is the server's time; `said.at` the time the resident wrote."""

    said: Said
    office: Office
    conversation_id: UUID
    contact_id: UUID
    turn_id: UUID
    slots: Mapping[str, Any]
    now: datetime

    @property
    def message_ids(self) -> list[UUID]:
        return uuids(self.said.message_ids)

    @property
    def offer(self) -> str | None:
        return self.slots.get("offer")

    @property
    def pending(self) -> Pending | None:
        return Pending.from_slot(self.slots.get("pending"))

    @property
    def misses(self) -> Misses:
        return Misses.from_slot(self.slots.get("misses"))

    @property
    def fresh_ticket(self) -> LastTicket | None:
        """The ticket that was filed in this conversation minutes ago."""
        last = LastTicket.from_slot(self.slots.get("last_ticket"))
        return last if last and last.is_fresh(self.at) else None

    @property
    def at(self) -> datetime:
        return self.said.at or self.now


def read_turn(tracker: Tracker) -> Turn:
    """Raises KeyError or ValueError if the channel sent no whole metadata."""
    message = tracker.latest_message
    metadata = message["metadata"]
    return Turn(
        said=said_of(message, metadata),
        office=wadul().offices[metadata["office"]],
        conversation_id=UUID(tracker.sender_id),
        contact_id=UUID(metadata["contact_id"]),
        turn_id=UUID(metadata["turn_id"]),
        slots=tracker.slots,
        now=wadul().clock.now(),
    )


def said_of(message: Mapping[str, Any], metadata: Mapping[str, Any]) -> Said:
    intent = message.get("intent") or {}
    sent_at = metadata.get("sent_at")
    return Said(
        text=message.get("text") or "",
        label=intent.get("label") or intent.get("name") or "",
        confidence=float(intent.get("confidence") or 0.0),
        alternatives=tuple(intent.get("alternatives") or ()),
        entities=tuple(
            Entity(one["entity"], one["value"], one.get("start") or 0, one.get("end") or 0)
            for one in message.get("entities") or ()
        ),
        message_ids=tuple(str(one) for one in metadata.get("message_ids") or ()),
        attachments=tuple(_kind(one.get("kind")) for one in metadata.get("attachments") or ()),
        pin=_pin(metadata.get("location")),
        tapped=bool(metadata.get("payload")),
        at=datetime.fromisoformat(sent_at) if sent_at else wadul().clock.now(),
    )


def uuids(ids: Any) -> list[UUID]:
    return [UUID(one) for one in dict.fromkeys(ids)]


def _kind(name: Any) -> MessageKind:
    return MessageKind(name) if name in set(MessageKind) else MessageKind.UNKNOWN


def _pin(location: Mapping[str, Any] | None) -> Pin | None:
    if not location or location.get("lat") is None or location.get("lon") is None:
        return None
    words = [location.get("label"), location.get("address")]
    address = ", ".join(str(word) for word in words if word)
    return Pin(float(location["lat"]), float(location["lon"]), address)
