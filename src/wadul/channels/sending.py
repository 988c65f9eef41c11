"""What every channel can do for the outbox: send one message, and say what became of it.

SendError
├── Refused        this message will never arrive as it is: give up
├── WindowClosed   only a message template, or the resident's next message, opens the way
├── Misconfigured  an account, a sender or a credential is wrong: retried slowly until repaired
├── Postponed      not accepted now: try again (`retry_after` seconds if the provider said so)
└── Ambiguous      the request left and no clear answer came: look whether it was accepted first
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from wadul.core.choices import Choice
from wadul.exceptions import WadulError


@dataclass(frozen=True)
class MessageTemplate:
    """A template as the provider knows it."""

    external_id: str
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class OutgoingMessage:
    """One message, ready to go. With a template the provider puts the text together itself."""

    office_id: str
    address: str = field(repr=False)
    office_address: str
    text: str = field(repr=False)
    choices: tuple[Choice, ...] = ()  # they are in the text too
    template: MessageTemplate | None = field(default=None, repr=False)
    media_url: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Accepted:
    """The provider has the message and gave it an id."""

    external_id: str


class SendError(WadulError):
    """The message was not accepted."""

    code = "send_error"
    ambiguous = False
    window_closed = False
    misconfigured = False

    def __init__(
        self,
        code: str | None = None,
        retry_after: float | None = None,
        *,
        general: bool = True,
    ) -> None:
        super().__init__()
        if code:
            self.code = code
        self.retry_after = retry_after  # seconds
        self.general = general  # every message meets it now, not only this one


class Refused(SendError):
    """The provider will never deliver this message."""


class WindowClosed(SendError):
    """The 24-hour window is closed."""

    window_closed = True


class Misconfigured(SendError):
    """The account or the sender is not set up for this."""

    retryable = True
    misconfigured = True


class Postponed(SendError):
    """The provider cannot take the message now."""

    retryable = True


class Ambiguous(SendError):
    """It is not known whether the provider took the message."""

    retryable = True
    ambiguous = True


@dataclass(frozen=True)
class Found:
    """A message that the provider has for this address."""

    external_id: str
    same_text: bool


class Sender(Protocol):
    async def send(self, message: OutgoingMessage) -> Accepted:
        """Raises `SendError`."""
        ...


class Finder(Protocol):
    """A provider that can be asked what it accepted, so that nothing is sent twice."""

    async def find(self, message: OutgoingMessage, since: datetime | None) -> list[Found]:
        """Messages to this address since then, oldest first. Raises `SendError`."""
        ...
