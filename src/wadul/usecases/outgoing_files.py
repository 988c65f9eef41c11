"""Files that operators send: looked at, stored by hash, and fetched by the provider once."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from wadul.core.actors import Actor, Power
from wadul.exceptions import InvalidInput
from wadul.models import OperatorMessage, OutboundMessage, OutgoingFile, new_id

# What WhatsApp shows: Twilio refuses other types and what is larger.
SENDABLE = {
    "image/jpeg": 5 * 1_048_576,
    "image/png": 5 * 1_048_576,
    "application/pdf": 16 * 1_048_576,
}
LIFETIME = timedelta(days=2)  # from the latest attempt to send it: WhatsApp fetches soon after


class UnfitFile(InvalidInput):
    """This file cannot be sent."""

    code = "unfit_file"
    sentence = "Berkas ini tidak dapat dikirim: hanya foto JPG/PNG (paling besar 5 MB) atau PDF "
    sentence += "(paling besar 16 MB), dan isinya harus sesuai dengan jenisnya."


@dataclass(frozen=True)
class KeptFile:
    """`token` is told once: the address that the provider fetches ends with it."""

    id: UUID
    name: str
    content_type: str
    token: str = field(repr=False)


def keep_file(
    session: Session,
    actor: Actor,
    *,
    name: str,
    content_type: str | None,
    sha256: str,
    size: int,
    now: datetime,
) -> KeptFile:
    """Note a file that is in the store; `content_type` by content. Raises `UnfitFile`."""
    actor.require(Power.ANSWER)
    limit = SENDABLE.get(content_type or "")
    if limit is None or size > limit or content_type is None:
        raise UnfitFile
    token = secrets.token_urlsafe(24)
    row = OutgoingFile(
        office_id=actor.office_id,
        id=new_id(),
        user_id=actor.user_id,
        token_hash=hashlib.sha256(token.encode()).hexdigest(),
        name=plain_name(name),
        content_type=content_type,
        sha256=sha256,
        size=size,
        created_at=now,
        expires_at=now + LIFETIME,
    )
    session.add(row)
    return KeptFile(row.id, row.name, content_type, token)


def renew_file(session: Session, message: OutboundMessage, now: datetime) -> None:
    """Before each attempt: a message may have been held, or have failed, for longer than that."""
    file_id = select(OperatorMessage.file_id).where(
        OperatorMessage.office_id == message.office_id, OperatorMessage.message_id == message.id
    )
    session.execute(
        update(OutgoingFile)
        .where(
            OutgoingFile.office_id == message.office_id,
            OutgoingFile.id == file_id.scalar_subquery(),
        )
        .values(expires_at=now + LIFETIME)
    )


def plain_name(name: str) -> str:
    """Without folders and what a header or a screen cannot take."""
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(c for c in last if c.isprintable() and c not in '"<>:|?*').strip(". ")
    return shown[-120:] or "berkas"
