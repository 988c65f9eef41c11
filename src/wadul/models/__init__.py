"""The tables."""

from wadul.models.base import Base, new_id
from wadul.models.conversation import (
    Attachment,
    Contact,
    Conversation,
    DeliveryReport,
    HandOff,
    InboundMessage,
    OutboundMessage,
    Turn,
)
from wadul.models.system import Heartbeat, PrivacyRequest, ProviderContent, UnknownWebhook, User
from wadul.models.ticket import Ticket, TicketEvent

__all__ = [
    "Attachment",
    "Base",
    "Contact",
    "Conversation",
    "DeliveryReport",
    "HandOff",
    "Heartbeat",
    "InboundMessage",
    "OutboundMessage",
    "PrivacyRequest",
    "ProviderContent",
    "Ticket",
    "TicketEvent",
    "Turn",
    "UnknownWebhook",
    "User",
    "new_id",
]
