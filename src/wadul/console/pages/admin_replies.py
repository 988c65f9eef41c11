"""Administration: prepared texts for operators."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from wadul.console.desk import Desk
from wadul.queries.reference import list_prepared
from wadul.usecases.canned_replies import VARIABLES, delete_reply, save_reply

_FILLED = ", ".join(f"{{{name}}}" for name in VARIABLES)


class RepliesSection:
    title = "Balasan siap pakai"
    intro = "Petugas mengetik / di kolom balasan, lalu memilih. Isian diganti otomatis."
    add_label = "Tambah balasan"
    columns = (
        {"key": "shortcut", "label": "Singkatan", "kind": "code"},
        {"key": "title", "label": "Judul"},
        {"key": "text", "label": "Teks"},
    )
    fields = (
        {
            "name": "shortcut",
            "label": "Singkatan",
            "required": True,
            "max": 40,
            "plain": True,
            "placeholder": "misalnya syarat-kk",
        },
        {"name": "title", "label": "Judul", "required": True, "max": 120},
        {
            "name": "text",
            "label": "Teks",
            "type": "textarea",
            "rows": 6,
            "required": True,
            "max": 1600,
            "help": f"Isian yang dapat dipakai: {_FILLED}.",
        },
    )

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def rows(self) -> list[dict[str, Any]]:
        return [
            {
                "id": str(row.id),
                "version": row.version,
                "label": row.title,
                "cells": {"shortcut": f"/{row.shortcut}", "title": row.title, "text": row.text},
                "values": {"shortcut": row.shortcut, "title": row.title, "text": row.text},
                "actions": [
                    {
                        "key": "delete",
                        "label": "Hapus",
                        "danger": True,
                        "confirm": "Balasan ini tidak ditawarkan lagi. Pesan yang sudah dikirim "
                        "tetap ada.",
                    }
                ],
            }
            for row in await self._desk.look(list_prepared)
        ]

    async def save(self, told: dict[str, Any]) -> str:
        values = told["values"]
        await self._desk.act(
            save_reply,
            shortcut=str(values["shortcut"]),
            title=str(values["title"]),
            text=str(values["text"]),
            reply_id=UUID(told["id"]) if told["id"] else None,
            version=int(told["version"] or 0),
            now=self._desk.now(),
        )
        return "Balasan disimpan."

    async def act(self, told: dict[str, Any]) -> str:
        await self._desk.act(
            delete_reply, UUID(told["id"]), version=int(told["version"]), now=self._desk.now()
        )
        return "Balasan dihapus."
