"""The office's files from the pages: permission first, then the file, then the log."""

from __future__ import annotations

import asyncio

from sqlalchemy.orm import Session

from wadul.console.desk import Desk
from wadul.core.actors import Actor, Power
from wadul.office import CurrentOffices
from wadul.usecases import audit
from wadul.usecases.office_content import Change, edit_office_file, version_of


def shown_version(desk: Desk, file: str) -> str:
    return version_of(desk.wadul.settings.offices_dir, desk.office.id, file)


async def edit(desk: Desk, file: str, change: Change, *, version: str, power: Power) -> None:
    """Raises what `edit_office_file` raises, and `NotPermitted`."""

    def allowed(_: Session, actor: Actor) -> None:
        actor.require(power)

    await desk.act(allowed)
    office = await asyncio.to_thread(
        edit_office_file,
        desk.wadul.settings.offices_dir,
        desk.office.id,
        file,
        change,
        version=version,
    )
    if isinstance(desk.wadul.offices, CurrentOffices):
        desk.wadul.offices.put(office)

    def note(session: Session, actor: Actor) -> None:
        audit.append(
            session,
            actor.office_id,
            actor=actor.name,
            action="office_file_changed",
            subject=file,
            now=desk.now(),
        )

    await desk.act(note)
