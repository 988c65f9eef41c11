"""Every state and code that rows carry, one line of meaning each. Values are what is stored."""

from __future__ import annotations

from enum import StrEnum


class HandledBy(StrEnum):
    """Who answers a conversation now."""

    BOT = "bot"  # Rasa answers
    QUEUE = "queue"  # waits for an operator; the bot still answers what it surely knows
    OPERATOR = "operator"  # a person holds it; Rasa is not asked


class MessageKind(StrEnum):
    """What a resident's message is, whatever the provider calls it."""

    TEXT = "text"
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    DOCUMENT = "document"
    STICKER = "sticker"
    CONTACT_CARD = "contact_card"
    LOCATION = "location"
    BUTTON = "button"
    UNKNOWN = "unknown"  # kept, and politely not understood


class InboundState(StrEnum):
    WAITING = "waiting"  # no turn took it up yet
    JOINED = "joined"  # part of a turn
    FOR_OPERATOR = "for_operator"  # came in while an operator held the conversation
    FLOODED = "flooded"  # kept, but beyond the flood limit: the bot does not answer it


class TurnState(StrEnum):
    OPEN = "open"  # to be answered, perhaps again after a crash
    DONE = "done"  # its answer is in the outbox
    SUPERSEDED = "superseded"  # an operator took over first: the bot said nothing


class Author(StrEnum):
    """Who wrote an outgoing message."""

    BOT = "bot"
    OPERATOR = "operator"
    SYSTEM = "system"  # a ticket's news, an apology, a notice


class DeliveryState(StrEnum):
    """How far an outgoing message is; ranks are in `wadul.core.delivery`."""

    QUEUED = "queued"  # to be sent as soon as the ones before it are
    HELD = "held"  # the 24-hour window is closed and no message template serves
    SENDING = "sending"  # a request is under way; after a crash it is not known whether it arrived
    ACCEPTED = "accepted"  # the provider has it and gave an id
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    ERRORED = "errored"  # will be retried
    FAILED = "failed"  # final
    CANCELLED = "cancelled"  # withdrawn by us before it was sent


class AttachmentState(StrEnum):
    TO_FETCH = "to_fetch"
    ERRORED = "errored"  # will be retried
    STORED = "stored"
    FAILED = "failed"  # final; the reason is in `error_code`


class TicketKind(StrEnum):
    COMPLAINT = "complaint"
    CONSULTATION = "consultation"
    INFORMATION = "information"
    ASPIRATION = "aspiration"


class TicketClass(StrEnum):
    """Sets the legal limit (PermenPANRB 62/2018, see docs)."""

    INFORMATION = "information"
    NON_SUPERVISORY = "non_supervisory"
    SUPERVISORY = "supervisory"  # alleges misconduct: for inspectors only
    ASPIRATION = "aspiration"


class TicketStatus(StrEnum):
    RECEIVED = "received"
    VERIFIED = "verified"
    NEEDS_INFO = "needs_info"
    FORWARDED = "forwarded"
    IN_PROGRESS = "in_progress"
    ANSWERED = "answered"
    CLOSED = "closed"
    REOPENED = "reopened"
    DUPLICATE = "duplicate"
    OUT_OF_SCOPE = "out_of_scope"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Category(StrEnum):
    """The topic of a ticket."""

    CIVIL_REGISTRATION = "civil_registration"
    LETTERS_LEGALISATION = "letters_legalisation"
    SOCIAL_AID_BPJS = "social_aid_bpjs"
    PERMITS_MSME = "permits_msme"
    LAND = "land"
    PBB_TAX = "pbb_tax"
    ROADS_IRRIGATION_DRAINAGE = "roads_irrigation_drainage"
    WASTE_ENVIRONMENT = "waste_environment"
    ORDER_SECURITY = "order_security"
    STAFF_CONDUCT = "staff_conduct"
    LEVY_GRATIFICATION = "levy_gratification"
    VILLAGE_FUND_GOVERNMENT = "village_fund_government"
    EMERGENCY = "emergency"
    OTHER = "other"


class TicketEventType(StrEnum):
    FILED = "filed"
    STATUS_CHANGED = "status_changed"
    FACT_ADDED = "fact_added"  # the resident or an operator added words
    ATTACHMENT_ADDED = "attachment_added"
    ASSIGNED = "assigned"
    RECLASSIFIED = "reclassified"
    ANSWERED = "answered"
    OPENED_IDENTITY = "opened_identity"  # somebody looked at an anonymous reporter


class HandOffReason(StrEnum):
    ASKED = "asked"  # the resident asked for a person
    NOT_UNDERSTOOD = "not_understood"  # two misses in a row
    ANGER = "anger"
    OPERATOR = "operator"  # an operator took over by themselves


class Role(StrEnum):
    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    TRAINER = "trainer"
    INSPECTOR = "inspector"
    ADMIN = "admin"


class Decision(StrEnum):
    """What a trainer says about a message that the bot had to understand."""

    RIGHT = "right"  # it is what the bot took it for
    RELABEL = "relabel"  # it is something else that the bot knows
    NEW_INTENT = "new_intent"  # nothing that the bot knows fits; the proposal is in `note`
    NOT_FOR_TRAINING = "not_for_training"  # nothing to learn from it
    SECOND_OPINION = "second_opinion"  # unsure: another trainer should look


class Standing(StrEnum):
    """How far a message's labelling is."""

    OPEN = "open"  # nobody decided yet
    SECOND = "second"  # one asked for a second person
    CONTESTED = "contested"  # two people say different things
    DECIDED = "decided"


class NoticeKind(StrEnum):
    """Why a person should look at something."""

    MENTION = "mention"  # a colleague named them in a note
    FELL_BACK = "fell_back"  # whoever held the conversation gave no sign of life


class PrivacyRequestKind(StrEnum):
    ACCESS = "access"
    ERASURE = "erasure"
    STOP = "stop"
    START = "start"
