"""What every channel turns a provider's webhook into."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from wadul.core.states import MessageKind


@dataclass(frozen=True)
class IncomingFile:
    """A file that the provider keeps for us to fetch."""

    url: str
    declared_type: str  # the provider's claim, e.g. image/jpeg
    kind: MessageKind


@dataclass(frozen=True)
class IncomingMessage:
    """One message from a resident. `address` and `office_address` are opaque channel addresses."""

    channel: str
    external_id: str
    address: str
    office_address: str
    kind: MessageKind
    text: str = ""
    profile_name: str = ""
    files: tuple[IncomingFile, ...] = ()
    latitude: float | None = None
    longitude: float | None = None
    place_name: str | None = None
    payload: str | None = None
    reply_to_external_id: str | None = None
    raw: dict[str, Any] = field(default_factory=dict)
