"""Which delivery states follow which: status callbacks come late and out of order."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from wadul.core.states import DeliveryState

# A message that failed after it was sent may still be reported as delivered: then it was.
RANKS: dict[DeliveryState, int] = {
    DeliveryState.QUEUED: 0,
    DeliveryState.HELD: 0,
    DeliveryState.ERRORED: 0,
    DeliveryState.SENDING: 1,
    DeliveryState.ACCEPTED: 2,
    DeliveryState.SENT: 3,
    DeliveryState.FAILED: 4,
    DeliveryState.DELIVERED: 5,
    DeliveryState.READ: 6,
    DeliveryState.CANCELLED: 7,
}

# The messages after one of these wait for it, so that a conversation is read in order.
PENDING = (DeliveryState.QUEUED, DeliveryState.ERRORED, DeliveryState.SENDING)


def goes_forward(current: DeliveryState, reported: DeliveryState) -> bool:
    """Whether a report says more than is known already."""
    return RANKS[reported] > RANKS[current]


class Remedy(StrEnum):
    """What to do about a provider's error code."""

    RETRY = "retry"  # soon, with back-off
    FIX_SETTINGS = "fix_settings"  # ours to repair; retried slowly, so that nothing is lost
    OPEN_WINDOW = "open_window"  # needs a message template, or the resident's next message
    GIVE_UP = "give_up"  # the same message will never arrive


RemedyTable = Callable[[str | None], Remedy]


def never_again(_code: str | None) -> Remedy:
    """The table of somebody who knows no codes."""
    return Remedy.GIVE_UP
