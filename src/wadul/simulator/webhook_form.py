"""The form of an incoming WhatsApp message as Twilio posts it (domain §6.1), blank fields kept."""

from __future__ import annotations

import json

from wadul.simulator.world import Message, Resident


def inbound_form(
    account_sid: str,
    resident: Resident,
    message: Message,
    media_base: str,
    tapped: dict[str, str] | None = None,
) -> dict[str, str]:
    """`tapped` holds the button or list fields; `media_base` is where Twilio serves files."""
    form = {"SmsMessageSid": message.sid, "NumMedia": str(len(message.media))}
    form |= {"ProfileName": resident.name, "MessageType": message_type(message, tapped)}
    form |= {"SmsSid": message.sid}
    if not resident.hidden:
        form["WaId"] = resident.number.removeprefix("+")
    form |= {"SmsStatus": "received", "Body": message.body, "To": message.office}
    if message.location is not None:
        form |= {
            "Latitude": str(message.location["lat"]),
            "Longitude": str(message.location["lon"]),
            "Address": str(message.location.get("address") or ""),
            "Label": str(message.location.get("label") or ""),
        }
    for number, media in enumerate(message.media):
        form[f"MediaContentType{number}"] = media.content_type
        form[f"MediaUrl{number}"] = (
            f"{media_base}/2010-04-01/Accounts/{account_sid}"
            f"/Messages/{message.sid}/Media/{media.sid}"
        )
    if message.reply_to:
        form["OriginalRepliedMessageSid"] = message.reply_to
        form["OriginalRepliedMessageSender"] = message.office
    form |= tapped or {}
    context: dict[str, str] = {"ProfileName": resident.name}
    if not resident.hidden:
        context["WaId"] = resident.number.removeprefix("+")
    form |= {
        "NumSegments": "1",
        "ReferralNumMedia": "0",
        "MessageSid": message.sid,
        "AccountSid": account_sid,
        "ChannelMetadata": json.dumps({"type": "whatsapp", "data": {"context": context}}),
        "From": resident.address,
        "ApiVersion": "2010-04-01",
        "ExternalUserId": resident.user_id,
        "ParentExternalUserId": "",
        "ProfileUsername": username(resident) if resident.hidden else "",
    }
    return form


def message_type(message: Message, tapped: dict[str, str] | None) -> str:
    if tapped:
        return tapped.pop("MessageType", "interactive")
    return message.kind


def username(resident: Resident) -> str:
    return "".join(c for c in resident.name.lower() if c.isalnum() and c.isascii()) or "warga"
