"""Take a verified webhook in, straight from the gateway or later from the spool."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from wadul.channels.whatsapp.errors import remedy_for
from wadul.channels.whatsapp.webhook import NotAMessage, fields_of, parse_message, parse_status
from wadul.office import Office, office_for_address
from wadul.settings import Settings
from wadul.usecases.inbox import store_incoming, store_unknown
from wadul.usecases.outbox import apply_delivery_report

MESSAGE = "message"
STATUS = "status"


class Outcome(StrEnum):
    """What a webhook turned out to be; counted by the gateway."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    FLOODED = "flooded"
    REPORTED = "reported"  # a delivery report
    IGNORED = "ignored"  # known and of no use to us
    UNKNOWN = "unknown"  # kept raw


def take_webhook(
    session: Session,
    endpoint: str,
    body: bytes,
    *,
    offices: Mapping[str, Office],
    settings: Settings,
    now: datetime,
) -> Outcome:
    """`endpoint` is MESSAGE or STATUS; `body` the raw form. What is not understood is kept raw."""
    fields = fields_of(body)
    try:
        if endpoint == STATUS:
            return _take_status(session, fields, now)
        return _take_message(session, fields, offices, settings, now)
    except NotAMessage as error:
        store_unknown(session, endpoint, error.reason, body.decode("utf-8", "replace"), now)
        return Outcome.UNKNOWN


def _take_message(
    session: Session,
    fields: Mapping[str, str],
    offices: Mapping[str, Office],
    settings: Settings,
    now: datetime,
) -> Outcome:
    incoming = parse_message(fields)
    office = office_for_address(offices, incoming.office_address)
    if office is None:
        raise NotAMessage("unknown_office")
    stored = store_incoming(session, office.id, incoming, now=now, settings=settings)
    if stored.message_id is None:
        return Outcome.DUPLICATE
    return Outcome.FLOODED if stored.flooded else Outcome.STORED


def _take_status(session: Session, fields: Mapping[str, str], now: datetime) -> Outcome:
    report = parse_status(fields)
    if report is None:
        return Outcome.IGNORED
    apply_delivery_report(
        session, report.external_id, report.state, report.error_code, now, remedy_for
    )
    return Outcome.REPORTED
