"""Twilio's error codes and what to do about each: the one table.

Sources: Twilio's error dictionary and its WhatsApp code mapping, as of 2026; codes that are not
here follow the HTTP status, and are logged so that somebody adds them.
"""

from __future__ import annotations

from wadul.channels.sending import (
    Ambiguous,
    Misconfigured,
    Postponed,
    Refused,
    SendError,
    WindowClosed,
)
from wadul.core.delivery import Remedy

REMEDIES: dict[int, Remedy] = {
    # our account, sender or settings
    20003: Remedy.FIX_SETTINGS,  # authentication
    20005: Remedy.FIX_SETTINGS,  # account not active
    20404: Remedy.FIX_SETTINGS,  # account not found
    21606: Remedy.FIX_SETTINGS,  # From is not ours
    21212: Remedy.FIX_SETTINGS,  # From is not a valid address
    21703: Remedy.FIX_SETTINGS,  # messaging service without senders
    21705: Remedy.FIX_SETTINGS,  # messaging service does not exist
    30002: Remedy.FIX_SETTINGS,  # account suspended
    63007: Remedy.FIX_SETTINGS,  # no channel for From
    63020: Remedy.FIX_SETTINGS,  # terms not accepted at Meta
    63022: Remedy.FIX_SETTINGS,  # business name not verified
    # too fast, or something inside is broken
    20429: Remedy.RETRY,  # too many requests
    20500: Remedy.RETRY,
    20503: Remedy.RETRY,
    21611: Remedy.RETRY,  # the sender's queue is full
    30001: Remedy.RETRY,  # queue overflow
    30008: Remedy.RETRY,  # unknown error at the carrier
    63001: Remedy.RETRY,  # channel could not authenticate
    63010: Remedy.RETRY,  # internal
    63012: Remedy.RETRY,  # channel's internal error
    63017: Remedy.RETRY,  # account's rate
    63018: Remedy.RETRY,  # channel's rate
    # the 24-hour window
    63016: Remedy.OPEN_WINDOW,
    # this message, or this recipient, never
    21211: Remedy.GIVE_UP,  # To is not valid
    21610: Remedy.GIVE_UP,  # unsubscribed
    21614: Remedy.GIVE_UP,  # To cannot receive
    21617: Remedy.GIVE_UP,  # too long
    21619: Remedy.GIVE_UP,  # nothing to send
    21620: Remedy.GIVE_UP,  # bad media URL
    21655: Remedy.GIVE_UP,  # ContentSid invalid
    21656: Remedy.GIVE_UP,  # ContentVariables invalid
    21658: Remedy.GIVE_UP,  # too long
    30003: Remedy.GIVE_UP,  # unreachable
    30004: Remedy.GIVE_UP,  # blocked
    30005: Remedy.GIVE_UP,  # unknown recipient
    30006: Remedy.GIVE_UP,  # cannot receive
    30007: Remedy.GIVE_UP,  # filtered
    63003: Remedy.GIVE_UP,  # To not found
    63005: Remedy.GIVE_UP,  # channel refused the content
    63013: Remedy.GIVE_UP,  # violates a policy
    63014: Remedy.GIVE_UP,  # blocked by the resident
    63015: Remedy.GIVE_UP,  # sandbox: not joined
    63019: Remedy.GIVE_UP,  # media could not be fetched
    63021: Remedy.GIVE_UP,  # invalid content
    63024: Remedy.GIVE_UP,  # invalid recipient
    63025: Remedy.GIVE_UP,  # media exists already
    63027: Remedy.GIVE_UP,  # template missing in this language
    63028: Remedy.GIVE_UP,  # template: number of parameters
    63029: Remedy.GIVE_UP,  # template: too long
    63030: Remedy.GIVE_UP,  # unsupported parameter
    63032: Remedy.GIVE_UP,  # kept from this user by an experiment of Meta's
    63049: Remedy.GIVE_UP,  # Meta chose not to deliver
}

# Codes that speak of buttons, lists or variables: the same message as plain text may pass.
OF_CONTENT = frozenset({"21655", "21656", "63005", "63013", "63021", "63027", "63028", "63030"})

_ERRORS: dict[Remedy, type[SendError]] = {
    Remedy.RETRY: Postponed,
    Remedy.FIX_SETTINGS: Misconfigured,
    Remedy.OPEN_WINDOW: WindowClosed,
    Remedy.GIVE_UP: Refused,
}
_REFUSED_FOR_SURE = frozenset({429, 503})  # nothing was accepted


def remedy_for(code: str | None) -> Remedy:
    """For a code in a status callback; an unknown one is final, since Twilio gave up on it."""
    return REMEDIES.get(_number(code), Remedy.GIVE_UP)


def send_error(status: int, code: str | None, retry_after: float | None = None) -> SendError:
    """For a request that Twilio answered with an HTTP status from 400 on."""
    known = REMEDIES.get(_number(code))
    shown = code or f"http_{status}"
    if status == 429:
        return Postponed(shown, retry_after)
    if status >= 500:
        kind = Postponed if status in _REFUSED_FOR_SURE else Ambiguous
        return kind(shown, retry_after)
    if known is not None:
        return _ERRORS[known](shown, retry_after, general=False)
    if status in (401, 403):
        return Misconfigured(shown, retry_after)
    if status in (408, 425):
        return Ambiguous(shown, retry_after)
    return Refused(shown)


def is_known(code: str | None) -> bool:
    return _number(code) in REMEDIES


def _number(code: str | None) -> int:
    return int(code) if code and code.isdigit() else 0
