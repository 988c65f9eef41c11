"""What the dialogue gathered, as the use cases take it."""

from __future__ import annotations

from actions.turn import uuids
from wadul.core.report import Draft
from wadul.usecases.tickets import TicketDraft


def ticket_draft(draft: Draft) -> TicketDraft:
    return TicketDraft(
        kind=draft.kind,
        category=draft.category,
        message_ids=uuids(draft.message_ids),
        service=draft.service,
        desa=draft.desa,
        place=", ".join(part for part in (draft.place, draft.outside) if part) or None,
        latitude=draft.latitude,
        longitude=draft.longitude,
        occurred=draft.occurred,
        occurred_on=draft.occurred_on,
        reported_party=draft.reported_party,
        anonymous=draft.anonymous,
        confidential=draft.confidential,
    )
