"""What can be made to go wrong, and how often."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class SendFault(StrEnum):
    """How Twilio misbehaves at the next sends."""

    none = "none"
    busy = "429"  # too many requests, with Retry-After
    broken = "500"
    unavailable = "503"
    window_now = "63016"  # refused in the answer to the send
    window_later = "63016_callback"  # taken, then reported as undelivered, as Twilio does
    blocked = "63024_callback"  # taken, then reported: this person cannot be reached
    lost = "lost"  # taken and delivered, but the sender never gets the answer


class MediaDefect(StrEnum):
    """What is wrong with the next file that a resident sends."""

    none = "none"
    missing = "missing"  # 404
    huge = "huge"  # 20 MB
    wrong_type = "wrong_type"  # a web page that calls itself a picture
    endless = "endless"  # never ends


@dataclass
class Faults:
    """`slow` is in seconds, between taking a message and answering; `chaos` scrambles callbacks."""

    send: SendFault = SendFault.none
    remaining: int = 0
    slow: float = 0.0
    chaos: bool = False
    media: MediaDefect = MediaDefect.none

    def take_send(self) -> SendFault:
        if self.send is SendFault.none or self.remaining <= 0:
            return SendFault.none
        fault = self.send
        self.remaining -= 1
        if self.remaining == 0:
            self.send = SendFault.none
        return fault

    def take_media(self) -> MediaDefect:
        defect, self.media = self.media, MediaDefect.none
        return defect

    def as_json(self) -> dict[str, Any]:
        return {
            "send": self.send.value,
            "remaining": self.remaining,
            "slow": self.slow,
            "chaos": self.chaos,
            "media": self.media.value,
        }
