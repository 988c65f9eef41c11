"""Administration: the office's people."""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID

from wadul.console import present, words
from wadul.console.desk import Desk
from wadul.core.states import Role
from wadul.queries.administration import Account, list_accounts
from wadul.usecases.staff import change_user, hire, new_link, reset_second_factor

_RESET = "Kode masuk kedua dipasang ulang pada saat masuk berikutnya; sesi yang ada diakhiri."
_LINK = "Semua sesinya diakhiri, dan Anda mendapat tautan masuk sekali pakai untuknya."


class PeopleSection:
    title = "Petugas"
    intro = "Siapa yang bekerja dengan Wadul di kantor ini, dan perannya."
    add_label = "Tambah petugas"
    columns = (
        {"key": "full_name", "label": "Nama"},
        {"key": "name", "label": "Nama pengguna", "kind": "code"},
        {"key": "role", "label": "Peran"},
        {"key": "state", "label": "Keadaan", "kind": "pill"},
        {"key": "factor", "label": "Kode kedua"},
        {"key": "seen", "label": "Terakhir masuk"},
    )
    fields = (
        {
            "name": "name",
            "label": "Nama pengguna",
            "required": True,
            "only_new": True,
            "max": 40,
            "plain": True,
            "help": "Untuk masuk; huruf kecil, angka, titik, garis bawah.",
        },
        {"name": "full_name", "label": "Nama lengkap", "required": True, "max": 200},
        {
            "name": "role",
            "label": "Peran",
            "type": "select",
            "options": [[role.value, words.ROLES[role]] for role in Role],
            "value": Role.OPERATOR.value,
            "help": "Inspektur melihat laporan pengawasan; penyelia mengatur petugas; admin "
            "mengelola akun dan isi layanan.",
        },
        {"name": "active", "label": "Akun aktif", "type": "checkbox", "value": True},
    )

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def rows(self) -> list[dict[str, Any]]:
        return [self._row(one) for one in await self._desk.look(list_accounts)]

    async def save(self, told: dict[str, Any]) -> str | tuple[str, str]:
        values, now = told["values"], self._desk.real_time.now()
        role, full_name = Role(values["role"]), str(values["full_name"])
        if told["id"]:
            await self._desk.act(
                change_user,
                UUID(told["id"]),
                full_name=full_name,
                role=role,
                active=bool(values["active"]),
                version=int(told["version"]),
                now=now,
            )
            return "Akun diperbarui."
        token = await self._desk.act(
            hire,
            name=str(values["name"]).strip().lower(),
            full_name=full_name,
            role=role,
            password=secrets.token_urlsafe(24),
            now=now,
        )
        return "Tautan masuk pertama", self._address(token)

    async def act(self, told: dict[str, Any]) -> str | tuple[str, str]:
        user_id, now = UUID(told["id"]), self._desk.real_time.now()
        if told["action"] == "factor":
            await self._desk.act(reset_second_factor, user_id, now=now)
            return "Kode masuk kedua dihapus."
        token = await self._desk.act(new_link, user_id, now=now)
        return "Tautan masuk", self._address(token)

    def _address(self, token: str) -> str:
        return f"{self._desk.base}/masuk/tautan/{token}"

    def _row(self, one: Account) -> dict[str, Any]:
        actions = [{"key": "link", "label": "Tautan masuk", "confirm": _LINK}] if one.active else []
        if one.second_factor:
            actions.append({"key": "factor", "label": "Pasang ulang kode", "confirm": _RESET})
        now, zone = self._desk.real_time.now(), self._desk.office.zone
        state = "Nonaktif" if not one.active else "Bertugas" if one.on_duty else "Aktif"
        return {
            "id": str(one.id),
            "version": one.version,
            "label": one.full_name,
            "cells": {
                "full_name": one.full_name,
                "name": one.name,
                "role": words.ROLES[one.role],
                "state": state,
                "factor": "Terpasang" if one.second_factor else "Belum",
                "seen": present.when(one.last_seen, now, zone) if one.last_seen else "—",
            },
            "tones": {"state": "good" if one.active else ""},
            "values": {
                "name": one.name,
                "full_name": one.full_name,
                "role": one.role.value,
                "active": one.active,
            },
            "actions": actions,
        }
