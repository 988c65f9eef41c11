"""Twilio's WhatsApp webhooks: what their fields mean for us. Foreign words stop here.

Fields: Twilio's documentation of incoming messages and status callbacks; new ones arrive without
notice, so unknown fields are kept with the message and otherwise ignored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from wadul.channels.incoming import IncomingFile, IncomingMessage
from wadul.core.states import DeliveryState, MessageKind

CHANNEL = "whatsapp"

STATES: dict[str, DeliveryState] = {
    "accepted": DeliveryState.ACCEPTED,
    "scheduled": DeliveryState.ACCEPTED,
    "queued": DeliveryState.ACCEPTED,
    "sending": DeliveryState.ACCEPTED,
    "sent": DeliveryState.SENT,
    "delivered": DeliveryState.DELIVERED,
    "partially_delivered": DeliveryState.DELIVERED,
    "read": DeliveryState.READ,
    "undelivered": DeliveryState.FAILED,
    "failed": DeliveryState.FAILED,
    "canceled": DeliveryState.FAILED,
}
IGNORED_STATES = frozenset({"receiving", "received"})  # of incoming messages

_KIND_OF_TYPE = (
    ("image/webp", MessageKind.STICKER),
    ("image/", MessageKind.IMAGE),
    ("audio/", MessageKind.AUDIO),
    ("video/", MessageKind.VIDEO),
    ("text/vcard", MessageKind.CONTACT_CARD),
    ("text/x-vcard", MessageKind.CONTACT_CARD),
    ("application/", MessageKind.DOCUMENT),
    ("text/", MessageKind.DOCUMENT),
)
_KNOWN_TYPES = {
    "", "text", "image", "audio", "voice", "video", "document", "sticker", "contacts", "contact",
    "location", "interactive", "button", "list", "reaction", "media", "file",
}  # fmt: skip
_ADDRESS_PREFIX = "whatsapp:"
_MAX_FILES = 10


class NotAMessage(Exception):
    """Signed, but no message that we know; `reason` is a slug for logs and counters."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class StatusReport:
    external_id: str
    state: DeliveryState
    error_code: str | None


def fields_of(body: bytes) -> dict[str, str]:
    """The form's fields, blank ones kept; what is no UTF-8 becomes U+FFFD, NUL too (PostgreSQL
    cannot store it). Of a repeated field the last one counts."""
    pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, errors="replace")
    return {
        name.replace("\x00", "\ufffd"): value.replace("\x00", "\ufffd") for name, value in pairs
    }


def parse_message(fields: Mapping[str, str]) -> IncomingMessage:
    """Raises `NotAMessage`."""
    external_id = fields.get("MessageSid") or fields.get("SmsMessageSid") or fields.get("SmsSid")
    if not external_id or len(external_id) > 64:
        raise NotAMessage("no_message_id")
    address = _address(fields)
    office_address = fields.get("To", "")
    if not office_address.startswith(_ADDRESS_PREFIX):
        raise NotAMessage("no_recipient")
    declared = fields.get("MessageType", "").lower()
    if declared not in _KNOWN_TYPES and not fields.get("Body"):
        raise NotAMessage("unknown_message_type")
    files = _files(fields)
    latitude, longitude = _number(fields, "Latitude", 90), _number(fields, "Longitude", 180)
    if latitude is None or longitude is None:
        latitude = longitude = None
    place = [fields[name] for name in ("Label", "Address") if fields.get(name)]
    text = fields.get("Body", "")
    payload = fields.get("ButtonPayload") or fields.get("ListId") or None
    if payload and not text:
        text = fields.get("ButtonText") or fields.get("ListTitle") or ""
    return IncomingMessage(
        channel=CHANNEL,
        external_id=external_id,
        address=address,
        office_address=office_address[:120],
        kind=_kind(files, latitude, payload, text),
        text=text,
        profile_name=fields.get("ProfileName", "")[:200],
        files=files,
        latitude=latitude,
        longitude=longitude,
        place_name=", ".join(place) or None,
        payload=payload,
        reply_to_external_id=(fields.get("OriginalRepliedMessageSid") or "")[:64] or None,
        raw=dict(fields),
    )


def parse_status(fields: Mapping[str, str]) -> StatusReport | None:
    """None for states that say nothing about our sending. Raises `NotAMessage`."""
    external_id = fields.get("MessageSid") or fields.get("SmsSid")
    if not external_id or len(external_id) > 64:
        raise NotAMessage("no_message_id")
    word = (fields.get("MessageStatus") or fields.get("SmsStatus") or "").lower()
    if word in IGNORED_STATES:
        return None
    if word not in STATES:
        raise NotAMessage("unknown_status")
    code = fields.get("ErrorCode", "").strip()[:20]
    return StatusReport(external_id, STATES[word], code if code and code != "0" else None)


def _address(fields: Mapping[str, str]) -> str:
    """The resident: a number, or an opaque id where the number is hidden (usernames, 2026)."""
    sender = fields.get("From", "").strip()
    if not sender and fields.get("ExternalUserId"):
        sender = _ADDRESS_PREFIX + fields["ExternalUserId"].strip()
    if not sender.startswith(_ADDRESS_PREFIX) or not 10 <= len(sender) <= 120:
        raise NotAMessage("no_sender")
    return sender


def _files(fields: Mapping[str, str]) -> tuple[IncomingFile, ...]:
    try:
        count = int(fields.get("NumMedia") or 0)
    except ValueError:
        count = 0
    files = []
    for index in range(min(count, _MAX_FILES)):
        url = fields.get(f"MediaUrl{index}", "")
        if url:
            declared = fields.get(f"MediaContentType{index}", "")[:120]
            files.append(IncomingFile(url, declared, _kind_of_type(declared)))
    return tuple(files)


def _kind_of_type(declared: str) -> MessageKind:
    return next(
        (kind for prefix, kind in _KIND_OF_TYPE if declared.lower().startswith(prefix)),
        MessageKind.UNKNOWN,
    )


def _kind(
    files: tuple[IncomingFile, ...], latitude: float | None, payload: str | None, text: str
) -> MessageKind:
    if files:
        return files[0].kind
    if latitude is not None:
        return MessageKind.LOCATION
    if payload:
        return MessageKind.BUTTON
    return MessageKind.TEXT if text else MessageKind.UNKNOWN


def _number(fields: Mapping[str, str], name: str, limit: float) -> float | None:
    try:
        value = float(fields.get(name) or "")
    except ValueError:
        return None
    return value if -limit <= value <= limit else None
