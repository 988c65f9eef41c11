"""The office's files from the pages: permission first, then the file, then the log."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import Session

from wadul.console.desk import Desk
from wadul.core.actors import Actor, Power
from wadul.exceptions import InvalidInput
from wadul.office import CurrentOffices
from wadul.usecases import audit
from wadul.usecases.office_content import UnfitContent, edit_office_file, version_of
from wadul.usecases.office_yaml import Change


class UnfitConfirmation(InvalidInput):
    """Who confirmed something, when, and until when it counts do not fit together."""

    code = "unfit_confirmation"

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self.sentence = sentence


def check_confirmation(values: Mapping[str, Any], today: date) -> None:
    """`confirmed_by`, `confirmed_on`, `valid_until` of a form (dates as YYYY-MM-DD or None).

    Raises `UnfitConfirmation`.
    """
    by, on, until = map(values.get, ("confirmed_by", "confirmed_on", "valid_until"))
    if (by is None) != (on is None):
        raise UnfitConfirmation(
            "Isi nama dan tanggal konfirmasi bersama-sama, atau kosongkan keduanya."
        )
    if on and on > today.isoformat():
        raise UnfitConfirmation("Tanggal konfirmasi belum tiba.")
    if on and until and until < on:
        raise UnfitConfirmation("“Berlaku sampai” tidak boleh sebelum tanggal konfirmasi.")


def shown_version(desk: Desk, file: str) -> str:
    return version_of(desk.wadul.settings.offices_dir, desk.office.id, file)


class UnfitForm(InvalidInput):
    """The content has mistakes; told with the form's own words for its fields."""

    code = "unfit_form"

    def __init__(self, error: UnfitContent, labels: Mapping[str, str]) -> None:
        super().__init__()
        names = [(problem, problem.field.rpartition(".")[2]) for problem in error.problems]
        self.sentence = " ".join(f"{labels.get(n, n)}: {p.message}" for p, n in names)


def labels_of(*forms: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Field names → what people read above the fields, without what is in brackets."""
    return {str(f["name"]): str(f["label"]).partition(" (")[0] for form in forms for f in form}


async def edit(
    desk: Desk,
    file: str,
    change: Change,
    *,
    version: str,
    power: Power,
    labels: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Raises `FileChanged`, `UnfitForm` and `NotPermitted`."""

    def allowed(_: Session, actor: Actor) -> None:
        actor.require(power)

    await desk.act(allowed)
    try:
        office = await asyncio.to_thread(
            edit_office_file,
            desk.wadul.settings.offices_dir,
            desk.office.id,
            file,
            change,
            version=version,
        )
    except UnfitContent as error:
        raise UnfitForm(error, labels) from error
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
