"""Prepared texts of an office. `{nama}` and the like are filled in when a reply is written."""

from __future__ import annotations

import re
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wadul.core.actors import Actor, Power
from wadul.core.composing import clean_text
from wadul.exceptions import Conflict, InvalidInput, NotFound
from wadul.models import CannedReply, new_id
from wadul.usecases import audit

VARIABLES = ("nama", "petugas", "kantor", "nomor", "tenggat", "jam")
_SHORTCUT = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_USED = re.compile(r"\{(\w*)\}")
_LONGEST = 1600
_FIRST = (
    ("salam", "Salam pembuka", "Selamat datang di {kantor}, Bapak/Ibu {nama}. Saya {petugas}. "
     "Ada yang bisa saya bantu?"),
    ("tunggu", "Mohon menunggu", "Mohon menunggu sebentar, Bapak/Ibu. Saya periksa dulu."),
    ("foto", "Minta foto", "Mohon kirim foto dan lokasinya, Bapak/Ibu, agar petugas lapangan "
     "mudah menemukannya."),
    ("alamat", "Minta alamat", "Mohon tuliskan desa, blok, RT dan RW-nya, Bapak/Ibu."),
    ("diterima", "Laporan dicatat", "Laporan Bapak/Ibu tercatat dengan nomor {nomor} dan dijawab "
     "paling lambat {tenggat}."),
    ("jam", "Jam pelayanan", "Jam pelayanan {kantor}:\n{jam}"),
    ("tutup", "Penutup", "Terima kasih sudah menghubungi {kantor}, Bapak/Ibu {nama}. Bila masih "
     "ada yang ditanyakan, silakan tulis kembali."),
)  # fmt: skip


class UnfitReply(InvalidInput):
    """The shortcut or the text cannot be used."""

    code = "unfit_reply"

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self.sentence = sentence


class ReplyChanged(Conflict):
    """Somebody else changed or deleted this reply first."""

    code = "reply_changed"
    sentence = "Balasan ini baru saja diubah atau dihapus orang lain. Muat ulang, lalu ulangi."


def save_reply(
    session: Session,
    actor: Actor,
    *,
    shortcut: str,
    title: str,
    text: str,
    now: datetime,
    reply_id: UUID | None = None,
    version: int = 0,
) -> UUID:
    """Add a reply, or change the one with this id and version. Raises `UnfitReply`."""
    actor.require(Power.LEAD)
    shortcut, title, text = shortcut.strip().lower(), clean_text(title), clean_text(text)
    _check(session, actor, shortcut, title, text, reply_id)
    if reply_id is None:
        reply = CannedReply(office_id=actor.office_id, id=new_id())
        session.add(reply)
    else:
        reply = _shown(session, actor, reply_id, version)
    reply.shortcut, reply.title, reply.text = shortcut, title, text
    reply.changed_by, reply.changed_at = actor.name, now
    audit.append(
        session,
        actor.office_id,
        actor=actor.name,
        action="canned_reply_saved",
        subject=shortcut,
        now=now,
    )
    return reply.id


def delete_reply(
    session: Session, actor: Actor, reply_id: UUID, *, version: int, now: datetime
) -> None:
    """Nobody is offered it any more; what was written with it stays."""
    actor.require(Power.LEAD)
    reply = _shown(session, actor, reply_id, version)
    reply.deleted_at = now
    audit.append(
        session,
        actor.office_id,
        actor=actor.name,
        action="canned_reply_deleted",
        subject=reply.shortcut,
        now=now,
    )


def give_first_replies(session: Session, office_id: str, *, now: datetime) -> None:
    """A few to begin with, for an office that never had any."""
    count = select(func.count()).select_from(CannedReply).where(CannedReply.office_id == office_id)
    if session.scalar(count):
        return
    for shortcut, title, text in _FIRST:
        session.add(
            CannedReply(
                office_id=office_id,
                shortcut=shortcut,
                title=title,
                text=text,
                changed_by="system",
                changed_at=now,
            )
        )


def _check(
    session: Session, actor: Actor, shortcut: str, title: str, text: str, own: UUID | None
) -> None:
    if not _SHORTCUT.fullmatch(shortcut):
        raise UnfitReply("Singkatan hanya huruf kecil, angka dan tanda hubung, tanpa spasi.")
    if not title or not text:
        raise UnfitReply("Isi judul dan teksnya.")
    if len(title) > 120 or len(text) > _LONGEST:
        raise UnfitReply(f"Judul paling panjang 120 dan teks {_LONGEST} huruf.")
    unknown = sorted(set(_USED.findall(text)) - set(VARIABLES))
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in VARIABLES)
        raise UnfitReply(f"Isian {{{unknown[0]}}} tidak dikenal. Yang ada: {known}.")
    taken = session.scalars(
        select(CannedReply.id).where(
            CannedReply.office_id == actor.office_id,
            CannedReply.shortcut == shortcut,
            CannedReply.deleted_at.is_(None),
        )
    ).all()
    if any(reply_id != own for reply_id in taken):
        raise UnfitReply(f"Singkatan /{shortcut} sudah dipakai.")


def _shown(session: Session, actor: Actor, reply_id: UUID, version: int) -> CannedReply:
    reply = session.get(CannedReply, (actor.office_id, reply_id), with_for_update=True)
    if reply is None:
        raise NotFound("there is no such reply")
    if reply.deleted_at is not None or reply.version != version:
        raise ReplyChanged
    return reply
