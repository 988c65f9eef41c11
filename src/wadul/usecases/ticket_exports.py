"""Tickets that are taken along as a file: the file is read by queries, that it was is noted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from wadul.core.actors import Power, Viewer
from wadul.usecases import audit


def note_export(
    session: Session, viewer: Viewer, chosen: Mapping[str, str], *, count: int, now: datetime
) -> None:
    """Before anything is given out. `chosen`: the filter; words that were looked for may be a
    resident's name, so that only their being there is noted. Raises `NotPermitted`."""
    viewer.require(Power.WORK_TICKETS)
    noted = {key: value[:80] if key != "text" else "…" for key, value in chosen.items()}
    audit.append(
        session,
        viewer.office_id,
        actor=viewer.name,
        action="tickets_exported",
        subject=f"{count} laporan",
        now=now,
        details={"count": count, "filter": noted},
    )
