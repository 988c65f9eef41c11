"""Take a verified webhook in, straight from the gateway or later from the spool."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from wadul.channels.whatsapp.errors import remedy_for
from wadul.channels.whatsapp.webhook import NotAMessage, fields_of, parse_message, parse_status
from wadul.office import Office, office_for_address
from wadul.settings import Settings
from wadul.spool import SpooledWebhook
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


def take_webhooks(
    session: Session,
    webhooks: Sequence[SpooledWebhook],
    *,
    offices: Mapping[str, Office],
    settings: Settings,
) -> list[Outcome]:
    """One outcome each, in order. What is not understood is kept raw."""
    outcomes = []
    for webhook in webhooks:
        fields = fields_of(webhook.body)
        try:
            if webhook.endpoint == STATUS:
                outcome = _take_status(session, fields, webhook.received_at)
            else:
                outcome = _take_message(session, fields, offices, settings, webhook.received_at)
        except NotAMessage as error:
            outcome = keep_raw(session, webhook, error.reason)
        outcomes.append(outcome)
    return outcomes


def keep_raw(session: Session, webhook: SpooledWebhook, reason: str) -> Outcome:
    """Signed, but of no use to us as it is; `reason` is a slug."""
    body = webhook.body.decode("utf-8", "replace")
    store_unknown(session, webhook.endpoint, reason, body, webhook.received_at)
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
