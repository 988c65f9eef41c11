"""What the bot answers: its fixed sentences in `domain.yml`, and the office's services."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from nicegui import Client

from wadul.console import training_words
from wadul.console.desk import Desk
from wadul.console.pages.admin import AdminPage, Section
from wadul.console.pages.admin_services import ServicesSection
from wadul.console.training_desk import TrainingDesk
from wadul.core.actors import Power
from wadul.exceptions import InvalidInput, WadulError
from wadul.training import responses
from wadul.training.responses import Variant
from wadul.usecases.training_log import note_training, require_trainer

_CONFIRMATION = ("confirmed_by", "confirmed_on", "valid_until")
_WORDS_ONLY = ("aliases", *_CONFIRMATION)


async def build_responses(
    desk: Desk, training: TrainingDesk, tabs: list[dict[str, str]], client: Client
) -> None:
    section = ResponsesSection(desk, training)
    await AdminPage(desk, "responses", section, tabs, "/latihan/jawaban").refresh()


async def build_services(
    desk: Desk, training: TrainingDesk, tabs: list[dict[str, str]], client: Client
) -> None:
    section: Section = TrainersServices(desk)
    await AdminPage(desk, "services", section, tabs, "/latihan/layanan").refresh()


class Refused(InvalidInput):
    """An error of the training room, told as it is."""

    def __init__(self, error: WadulError) -> None:
        super().__init__(str(error))
        self.code = error.code
        self.sentence = training_words.told(error)


class ResponsesSection:
    title = "Jawaban bot"
    intro = (
        "Kalimat tetap di domain.yml. Isian seperti {office} diganti otomatis; tombol dan "
        "syaratnya tetap. Beberapa bunyi untuk satu jawaban dipakai bergantian. Berlaku sesudah "
        "bot dilatih dan dipasang."
    )
    add_label = ""
    columns = (
        {"key": "name", "label": "Jawaban", "kind": "code"},
        {"key": "text", "label": "Bunyi"},
        {"key": "extra", "label": "Tombol"},
    )
    fields = (
        {
            "name": "text",
            "label": "Bunyi",
            "type": "textarea",
            "rows": 6,
            "required": True,
            "max": responses.LONGEST,
            "help": "Isian { } yang ada di kalimat lama tetap harus ditulis.",
        },
        {
            "name": "another",
            "label": "Simpan sebagai bunyi tambahan, yang lama tetap dipakai",
            "type": "checkbox",
        },
    )

    def __init__(self, desk: Desk, training: TrainingDesk) -> None:
        self._desk = desk
        self._training = training

    async def rows(self) -> list[dict[str, Any]]:
        try:
            read = await asyncio.to_thread(responses.load, self._training.project)
        except WadulError as error:
            problem = {"name": "domain.yml", "text": training_words.told(error), "extra": ""}
            return [{"id": "", "fixed": True, "label": "", "cells": problem, "values": {}}]
        return [self._row(variant, read.digest) for variant in read.variants]

    async def save(self, told: dict[str, Any]) -> str:
        name, number = _variant(told)
        text, project = str(told["values"]["text"]), self._training.project
        seen = str(told["version"])
        if told["values"].get("another"):
            await self._change(name, lambda: responses.add(project, name, text, seen=seen))
            return "Bunyi tambahan disimpan."
        await self._change(name, lambda: responses.edit(project, name, number, text, seen=seen))
        return "Jawaban disimpan."

    async def act(self, told: dict[str, Any]) -> str:
        name, number = _variant(told)
        project, seen = self._training.project, str(told["version"])
        await self._change(name, lambda: responses.remove(project, name, number, seen=seen))
        return "Bunyi dihapus."

    async def _change(self, name: str, change: Callable[[], None]) -> None:
        desk = self._desk
        await desk.act(require_trainer)
        try:
            async with self._training.writing:
                await asyncio.to_thread(change)
        except WadulError as error:
            raise Refused(error) from error
        await desk.act(note_training, "response_changed", name, now=desk.now())

    @staticmethod
    def _row(variant: Variant, digest: str) -> dict[str, Any]:
        several = variant.of > 1
        extra = ", ".join(variant.buttons)
        return {
            "id": f"{variant.response}#{variant.number}",
            "version": digest,
            "label": f"{variant.response}{f' ({variant.number + 1})' if several else ''}",
            "cells": {
                "name": variant.response,
                "text": variant.text,
                "extra": f"{extra} — hanya bila {variant.when}" if variant.when else extra,
            },
            "values": {"text": variant.text, "another": False},
            "actions": [
                {
                    "key": "delete",
                    "label": "Hapus",
                    "danger": True,
                    "confirm": "Bunyi lain untuk jawaban ini tetap dipakai.",
                }
            ]
            if several
            else [],
        }


class TrainersServices(ServicesSection):
    """As administrators edit them, but whoever is no administrator does not confirm for the
    office: what trainers change has to be confirmed again, except how residents call it."""

    power = Power.TRAIN
    intro = (
        "Yang dijawab bot tentang layanan, dan sebutan warga untuknya. Perubahan isi perlu "
        "dikonfirmasi kantor lagi; sebutan warga tidak."
    )
    fields = tuple(field for field in ServicesSection.fields if field["name"] not in _CONFIRMATION)

    async def save(self, told: dict[str, Any]) -> str:
        code = str(told["id"])
        before = next(row for row in await self.rows() if row["id"] == code)["values"]
        values = dict(told["values"])
        changed = [
            str(field["name"])
            for field in self.fields
            if field["name"] not in _WORDS_ONLY
            and _lines(values.get(str(field["name"]))) != _lines(before.get(str(field["name"])))
        ]
        names = {str(field["name"]) for field in self.fields}
        values |= dict.fromkeys(_CONFIRMATION, "")
        if changed:
            names |= {"confirmed_by", "confirmed_on"}
        await self._write({**told, "values": values}, names)
        return (
            "Isi layanan disimpan; kantor perlu mengonfirmasi lagi."
            if changed and before.get("confirmed_by")
            else "Isi layanan disimpan."
        )


def _lines(value: Any) -> list[str]:
    return [line.strip() for line in str(value or "").splitlines() if line.strip()]


def _variant(told: dict[str, Any]) -> tuple[str, int]:
    name, _, number = str(told["id"]).rpartition("#")
    if not name or not number.isdigit():
        raise InvalidInput("this is no response")
    return name, int(number)
