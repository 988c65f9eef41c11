"""The names an office is known for: its services, villages and neighbours, from `offices/*/`.

The catalogue is read when the model is trained and stored with it, so that the running model needs
no office files.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import yaml

OFFICES = Path(__file__).resolve().parent.parent / "offices"


@dataclass
class Place:
    """`needs_cue`: the bare name is also an everyday word, or the name of something larger."""

    name: str
    spellings: list[str]
    outside: bool = False
    ambiguous: bool = False


@dataclass
class Service:
    """`aliases` are everyday names; `category` is the category of a complaint about it."""

    code: str
    aliases: list[str]
    category: str = ""


@dataclass
class Catalogue:
    """Everything the finders look for; offices share one model, so their names are joined."""

    office_codes: list[str] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)

    @classmethod
    def read(cls, folder: Path = OFFICES) -> Catalogue:
        """Read every office below `folder`; an office without services or villages is fine."""
        catalogue = cls()
        services: dict[str, Service] = {}
        for office in sorted(folder.glob("*/office.yml")):
            profile = _load(office)
            catalogue.office_codes.append(str(profile.get("code", "")))
            catalogue.places += [
                _place(one, outside=False) for one in profile.get("villages") or []
            ]
            catalogue.places += [
                _place(one, outside=True) for one in profile.get("neighbours") or []
            ]
            for path in sorted((office.parent / "services").glob("*.yml")):
                record = _load(path)
                code = str(record.get("code") or path.stem)
                service = services.setdefault(
                    code, Service(code, [], str(record.get("category", "")))
                )
                names = [*(record.get("aliases") or [])]
                service.aliases += [str(n) for n in names if str(n) not in service.aliases]
        catalogue.services = list(services.values())
        return catalogue

    def as_json(self) -> dict[str, Any]:
        """Return plain data for `from_json`."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Catalogue:
        """Undo `as_json`."""
        return cls(
            data["office_codes"],
            [Place(**one) for one in data["places"]],
            [Service(**one) for one in data["services"]],
        )


def fingerprint(folder: Path = OFFICES) -> str:
    """Change when any office file changes: Rasa retrains what depends on it."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*/office.yml")) + sorted(folder.glob("*/services/*.yml")):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _load(path: Path) -> dict[str, Any]:
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(data, dict):
        raise ValueError(f"{path.parent.name}/{path.name} is not a mapping")
    return data


def _place(record: dict[str, Any], *, outside: bool) -> Place:
    name = str(record["name"])
    spellings = [str(s) for s in record.get("spellings") or []]
    ambiguous = bool(record.get("ambiguous"))
    if not (outside and ambiguous):
        spellings = [name, *spellings]
    return Place(name, list(dict.fromkeys(spellings)), outside, ambiguous)
