"""Files of residents' messages: fetched, stored by their hash, or given up and said so."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from wadul.core.states import (
    AttachmentState,
    Author,
    DeliveryState,
    HandledBy,
    MessageKind,
)
from wadul.database import ring
from wadul.models import Attachment, Conversation, OutboundMessage

# Why a file was given up, and the one sentence that the resident reads.
GONE, TOO_BIG, WRONG_TYPE, UNREACHABLE = "gone", "too_big", "wrong_type", "unreachable"
_SENTENCES = {
    GONE: "Mohon maaf, {file} yang Bapak/Ibu kirim tidak dapat kami buka, silakan kirim ulang bila "
    "perlu; pesan Bapak/Ibu tetap kami lanjutkan.",
    TOO_BIG: "Mohon maaf, {file} yang Bapak/Ibu kirim terlalu besar (paling besar {limit} MB), "
    "silakan kirim yang lebih kecil bila perlu; pesan Bapak/Ibu tetap kami lanjutkan.",
    WRONG_TYPE: "Mohon maaf, jenis {file} yang Bapak/Ibu kirim tidak dapat kami simpan, silakan "
    "kirim sebagai foto atau PDF bila perlu; pesan Bapak/Ibu tetap kami lanjutkan.",
    UNREACHABLE: "Mohon maaf, {file} yang Bapak/Ibu kirim belum berhasil kami unduh, silakan kirim "
    "ulang bila perlu; pesan Bapak/Ibu tetap kami lanjutkan.",
}
_NAMES = {
    MessageKind.IMAGE: "foto",
    MessageKind.AUDIO: "pesan suara",
    MessageKind.VIDEO: "video",
    MessageKind.DOCUMENT: "dokumen",
    MessageKind.STICKER: "stiker",
    MessageKind.CONTACT_CARD: "kartu kontak",
}


@dataclass(frozen=True)
class Fetch:
    """One file to get now. `attempt` counts from 1."""

    office_id: str
    attachment_id: UUID
    url: str = field(repr=False)
    declared_type: str
    attempt: int


@dataclass(frozen=True)
class StoredFile:
    sha256: str
    size: int  # bytes
    content_type: str  # by content


def lease_attachments(
    session: Session, *, now: datetime, lease_seconds: float, limit: int
) -> list[Fetch]:
    """A lost one is due again when its lease ends; fetching twice stores the same file once."""
    rows = session.scalars(
        select(Attachment)
        .where(
            Attachment.state.in_((AttachmentState.TO_FETCH, AttachmentState.ERRORED)),
            or_(Attachment.next_attempt_at.is_(None), Attachment.next_attempt_at <= now),
        )
        .order_by(Attachment.next_attempt_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        row.attempts += 1
        row.next_attempt_at = now + timedelta(seconds=lease_seconds)
    return [Fetch(row.office_id, row.id, row.url, row.declared_type, row.attempts) for row in rows]


def next_fetch_at(session: Session, now: datetime) -> datetime | None:
    """When the earliest retry is due."""
    return session.scalar(
        select(func.min(Attachment.next_attempt_at)).where(
            Attachment.state == AttachmentState.ERRORED, Attachment.next_attempt_at > now
        )
    )


def record_stored(session: Session, fetch: Fetch, stored: StoredFile) -> None:
    row = session.get(Attachment, (fetch.office_id, fetch.attachment_id))
    if row is None:  # erased meanwhile
        return
    row.state = AttachmentState.STORED
    row.sha256 = stored.sha256
    row.size = stored.size
    row.content_type = stored.content_type
    row.error_code = row.next_attempt_at = None
    ring(session)


def record_fetch_failure(
    session: Session,
    fetch: Fetch,
    code: str,
    *,
    retry_at: datetime | None,
    now: datetime,
    limit_bytes: int,
) -> None:
    """Without `retry_at` it is final, and the resident is told, once for each message of theirs."""
    row = session.get(Attachment, (fetch.office_id, fetch.attachment_id))
    if row is None or row.state not in (AttachmentState.TO_FETCH, AttachmentState.ERRORED):
        return
    conversation = session.get_one(  # locked before its attachments, as everywhere
        Conversation, (row.office_id, row.conversation_id), with_for_update=True
    )
    row.error_code = code
    row.next_attempt_at = retry_at
    if retry_at is not None:
        row.state = AttachmentState.ERRORED
        return
    row.state = AttachmentState.FAILED
    if conversation.handled_by is HandledBy.OPERATOR or _told(session, row):
        return
    session.add(
        OutboundMessage(
            office_id=row.office_id,
            conversation_id=row.conversation_id,
            author=Author.SYSTEM,
            text=_SENTENCES.get(code, _SENTENCES[GONE]).format(
                file=_NAMES.get(row.kind, "berkas"), limit=limit_bytes // 1_048_576
            ),
            state=DeliveryState.QUEUED,
            next_attempt_at=now,
            created_at=now,
        )
    )
    ring(session)


def _told(session: Session, row: Attachment) -> bool:
    """Another file of the same message failed before."""
    other = session.scalar(
        select(Attachment.id)
        .where(
            Attachment.office_id == row.office_id,
            Attachment.message_id == row.message_id,
            Attachment.id != row.id,
            Attachment.state == AttachmentState.FAILED,
        )
        .limit(1)
    )
    return other is not None
