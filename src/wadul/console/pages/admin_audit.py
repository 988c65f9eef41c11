"""Administration: the audit log, newest first."""

from __future__ import annotations

from typing import Any

from wadul.console import present
from wadul.console.desk import Desk
from wadul.exceptions import InvalidInput
from wadul.queries.administration import AUDIT_PAGE, AuditRow, list_audit

ACTIONS = {
    "login": "Masuk",
    "login_failed": "Gagal masuk",
    "logout": "Keluar",
    "logout_everywhere": "Keluar dari semua perangkat",
    "second_factor_set_up": "Memasang kode kedua",
    "second_factor_failed": "Salah kode kedua",
    "second_factor_reset": "Menghapus kode kedua",
    "account_linked": "Menautkan akun",
    "account_unlinked": "Melepas tautan akun",
    "link_failed": "Gagal menautkan akun",
    "office_left": "Pindah ke kantor lain",
    "office_entered": "Masuk dari kantor lain",
    "take_over": "Mengambil alih percakapan",
    "hand_back": "Mengembalikan ke bot",
    "return_to_queue": "Mengembalikan ke antrean",
    "lease_expired": "Pegangan berakhir sendiri",
    "duty_on": "Mulai bertugas",
    "duty_off": "Selesai bertugas",
    "identity_opened": "Membuka identitas pelapor",
    "refused": "Mencoba membuka yang bukan haknya",
    "tickets_assigned": "Menugaskan laporan",
    "tickets_exported": "Mengunduh laporan",
    "tickets_merged": "Menggabung laporan",
    "ticket_made": "Membuat laporan",
    "ticket_answered": "Menjawab laporan",
    "ticket_reclassified": "Mengubah golongan laporan",
    "ticket_verified": "Memverifikasi laporan",
    "ticket_needs_info": "Meminta data",
    "ticket_forwarded": "Meneruskan laporan",
    "ticket_in_progress": "Memproses laporan",
    "ticket_closed": "Menutup laporan",
    "ticket_reopened": "Membuka kembali laporan",
    "ticket_out_of_scope": "Menyatakan bukan kewenangan",
    "ticket_rejected": "Menolak laporan",
    "proof_matches": "Bukti mirip foto lain",
    "canned_reply_saved": "Menyimpan balasan siap pakai",
    "canned_reply_deleted": "Menghapus balasan siap pakai",
    "user_added": "Menambah petugas",
    "user_changed": "Mengubah akun",
    "login_link_made": "Membuat tautan masuk",
    "password_changed": "Mengganti kata sandi",
    "office_file_changed": "Mengubah isi kantor",
    "model_trained": "Melatih model",
    "model_evaluated": "Mengukur model",
    "model_promoted": "Memasang model",
    "model_rolled_back": "Kembali ke model sebelumnya",
    "model_deleted": "Menghapus model",
}


class AuditSection:
    title = "Catatan audit"
    intro = "Tidak dapat diubah: setiap baris terikat pada baris sebelumnya (wadul audit verify)."
    add_label = ""
    columns = (
        {"key": "number", "label": "No."},
        {"key": "at", "label": "Waktu"},
        {"key": "actor", "label": "Siapa"},
        {"key": "action", "label": "Tindakan"},
        {"key": "subject", "label": "Tentang", "kind": "code"},
    )
    fields = None

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._rows: list[AuditRow] = []
        self._older = False
        self.more = False

    async def rows(self) -> list[dict[str, Any]]:
        before = self._rows[-1].number if self._older and self._rows else None
        page = await self._desk.look(list_audit, before=before)
        self._rows = [*self._rows, *page] if before else page
        self._older = False
        self.more = len(page) == AUDIT_PAGE
        zone = self._desk.office.zone
        return [
            {
                "id": str(row.number),
                "version": "",
                "label": str(row.number),
                "cells": {
                    "number": str(row.number),
                    "at": f"{present.short_date(row.at.astimezone(zone).date())} "
                    f"{present.clock(row.at, zone)}",
                    "actor": "Sistem" if row.actor == "system" else row.actor,
                    "action": ACTIONS.get(row.action, row.action),
                    "subject": present.FOR_INSPECTORS if row.hidden else row.subject,
                },
                "values": {},
            }
            for row in self._rows
        ]

    def older(self) -> None:
        self._older = True

    async def save(self, told: dict[str, Any]) -> str:
        raise InvalidInput("the audit log is written by what people do")

    async def act(self, told: dict[str, Any]) -> str:
        raise InvalidInput("the audit log is written by what people do")
