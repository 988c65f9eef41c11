"""Content resources at the provider, each made once for an office."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from wadul.models import ProviderContent


def content_id(session: Session, office_id: str, fingerprint: str) -> str | None:
    return session.scalar(
        select(ProviderContent.external_id).where(
            ProviderContent.office_id == office_id, ProviderContent.fingerprint == fingerprint
        )
    )


def remember_content(
    session: Session, office_id: str, fingerprint: str, external_id: str, *, now: datetime
) -> str:
    """The id to use: an earlier one, if another worker was quicker."""
    known = content_id(session, office_id, fingerprint)
    if known is not None:
        return known
    session.add(
        ProviderContent(
            office_id=office_id, fingerprint=fingerprint, external_id=external_id, created_at=now
        )
    )
    return external_id
