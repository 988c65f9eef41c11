"""Who changed the language data or the model: into the audit log, beside the files themselves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from wadul.core.actors import Actor, Power
from wadul.usecases import audit


def require_trainer(_: Session, actor: Actor) -> None:
    """Raises `NotPermitted`; asked before a file is touched."""
    actor.require(Power.TRAIN)


def note_training(
    session: Session,
    actor: Actor,
    action: str,
    subject: str,
    *,
    now: datetime,
    details: Mapping[str, Any] | None = None,
) -> None:
    """`subject`: a file, a label or a model; never a resident's words."""
    actor.require(Power.TRAIN)
    audit.append(
        session,
        actor.office_id,
        actor=actor.name,
        action=action,
        subject=subject,
        details=details,
        now=now,
    )
