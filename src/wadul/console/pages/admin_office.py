"""Administration: what an office says about itself, and whom to call; one row for each thing."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from wadul.console import content
from wadul.console.desk import Desk
from wadul.console.office_rows import (
    CONTACT,
    EMERGENCY,
    LABELS,
    LIMITS,
    OPTIONAL,
    PLAIN,
    PROFILE,
    rows_of,
)
from wadul.core.actors import Power
from wadul.core.dates import local_date
from wadul.core.deadlines import Limits
from wadul.exceptions import InvalidInput, NotFound
from wadul.usecases.office_content import FileChanged
from wadul.usecases.office_yaml import (
    Change,
    Way,
    add_item,
    remove_item,
    set_in,
    set_values,
    value_at,
)

_FILE = "office.yml"
_LISTS: Mapping[str, tuple[Way, str]] = {
    "number": (("emergency_numbers",), "number"),
    "outside": (("escalation", "outside"), "name"),
    "village": (("villages",), "name"),
}
"""Where each list is in the file, and by what its entries are told apart."""


class UnfitPlace(InvalidInput):
    """A place is two numbers, or nothing."""

    code = "unfit_place"
    sentence = (
        "Garis lintang dan garis bujur harus angka, misalnya -6,474 dan 108,308; kosongkan "
        "keduanya bila belum diketahui."
    )


class UnfitLimit(InvalidInput):
    """An office may be quicker than the law, never slower."""

    code = "unfit_limit"

    def __init__(self, label: str, most: int) -> None:
        super().__init__()
        self.sentence = f"{label}: isi angka bulat dari 1 sampai {most} (hari kerja)."


class OfficeSection:
    title = "Kantor"
    intro = (
        "Yang disebut bot tentang kantor, nomor dan batas waktunya, ke mana laporan diteruskan, "
        "dan ejaan nama desa. Konfirmasikan sesudah diperiksa."
    )
    add_label = ""
    adds: Sequence[Mapping[str, Any]] = (
        {"key": "number", "label": "Tambah nomor darurat", "fields": EMERGENCY},
        {"key": "outside", "label": "Tambah lembaga rujukan", "fields": CONTACT},
    )
    columns = (
        {"key": "thing", "label": "Hal"},
        {"key": "value", "label": "Isi"},
        {"key": "state", "label": "Konfirmasi", "kind": "pill"},
    )
    fields: Sequence[Mapping[str, Any]] = ()  # each row has its own

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._version = ""

    async def rows(self) -> list[dict[str, Any]]:
        self._version = content.shown_version(self._desk, _FILE)
        rows = rows_of(self._desk.office, self._today())
        return [row | {"version": self._version} for row in rows]

    async def save(self, told: dict[str, Any]) -> str:
        key, add = str(told["id"]), str(told.get("add") or "")
        values = {name: str(value or "").strip() for name, value in dict(told["values"]).items()}
        empty = {name: value or None for name, value in values.items()}
        content.check_confirmation(empty, self._today())
        await self._edit(_added(add, values) if add else _changed(key, values), told)
        return "Ditambahkan." if add else "Disimpan."

    async def act(self, told: dict[str, Any]) -> str:
        if told["action"] != "delete" or str(told["id"]).startswith("village:"):
            raise InvalidInput("there is nothing else to do with it")
        await self._edit(_of_item(str(told["id"]), remove_item), told)
        return "Dihapus."

    def _today(self) -> date:
        return local_date(self._desk.now(), self._desk.office.timezone)

    async def _edit(self, change: Change, told: dict[str, Any]) -> None:
        await content.edit(
            self._desk,
            _FILE,
            change,
            version=str(told["version"] or self._version),
            power=Power.ADMINISTER,
            labels=LABELS,
        )


def _changed(key: str, values: dict[str, str]) -> Change:
    if key in PLAIN:
        return set_values(_picked(values, PLAIN[key]))
    if key == "place":
        return set_values({"place": _place(values)})
    if key == "profile":
        return set_values(_picked(values, PROFILE))
    if key in ("inspector", "supervisor"):
        return set_in(("escalation", key), _picked(values, CONTACT))
    if key == "whatsapp":
        return set_values({"whatsapp": list(map(_address, _listed(values, "whatsapp")))})
    if key == "limits":
        return _limits(values)
    if key.startswith("village:"):
        entry: dict[str, Any] = {"spellings": _listed(values, "spellings"), "place": _place(values)}
    else:
        entry = _picked(values, EMERGENCY if key.startswith("number:") else CONTACT)
    return _of_item(key, lambda way, index: set_in((*way, index), entry))


def _added(kind: str, values: dict[str, str]) -> Change:
    if kind == "number":
        return add_item(_LISTS[kind][0], _picked(values, EMERGENCY))
    if kind == "outside":
        picked = _picked(values, CONTACT)
        given = {name: value for name, value in picked.items() if value is not None}
        return add_item(_LISTS[kind][0], given)
    raise NotFound("there is no such list")


def _of_item(key: str, make: Callable[[Way, int], Change]) -> Change:
    """A change of one entry of a list, if the entry in that place is still the one shown."""
    kind, _, rest = key.partition(":")
    index, _, was = rest.partition(":")
    if kind not in _LISTS or not index.isdigit():
        raise NotFound("there is no such thing of an office")
    way, name = _LISTS[kind]

    def change(text: str) -> str:
        if value_at(text, (*way, int(index), name)) != was:
            raise FileChanged
        return make(way, int(index))(text)

    return change


def _picked(values: dict[str, str], fields: Sequence[Mapping[str, Any]]) -> dict[str, str | None]:
    """The form's own fields only; what may be missing and is empty becomes None."""

    def value(name: str) -> str:
        text = values.get(name, "")
        return text if name == "notice" else " ".join(text.split())

    return {
        name: value(name) or (None if name in OPTIONAL else "")
        for name in (str(field["name"]) for field in fields)
    }


def _place(values: dict[str, str]) -> dict[str, float] | None:
    lat, lon = values.get("lat", ""), values.get("lon", "")
    if not lat and not lon:
        return None
    try:
        return {"lat": float(lat.replace(",", ".")), "lon": float(lon.replace(",", "."))}
    except ValueError:
        raise UnfitPlace from None


def _listed(values: dict[str, str], name: str) -> list[str]:
    """What is separated by commas or lines, once each."""
    parts = (" ".join(part.split()) for part in re.split(r"[,\n]", values.get(name, "")))
    return list(dict.fromkeys(filter(None, parts)))


def _address(number: str) -> str:
    """A number as people write it → as Twilio has it; what is none is refused with the file."""
    digits = re.sub(r"[ ().-]", "", number.removeprefix("whatsapp:"))
    return "whatsapp:" + re.sub(r"^0(?=8)", "+62", digits)


def _limits(values: dict[str, str]) -> Change:
    days = {}
    for field in LIMITS:
        name, most = str(field["name"]), int(getattr(Limits(), field["name"]))
        given = values.get(name, "")
        if not (given.isdecimal() and 1 <= int(given) <= most):
            raise UnfitLimit(str(field["label"]), most)
        days[name] = int(given)

    def change(text: str) -> str:
        known = "limits" in value_at(text, ())
        return (set_in(("limits",), days) if known else set_values({"limits": days}))(text)

    return change
