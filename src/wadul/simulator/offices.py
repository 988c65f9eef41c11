"""What the simulator needs of `offices/*`: names, WhatsApp numbers and approved templates.

Read here without `wadul.office`, so that a mistake in an office's file (which other processes
report) never keeps the phone from opening.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from wadul.simulator.contents import Content, Contents

SANDBOX_NUMBER = "whatsapp:+14155238886"


@dataclass(frozen=True)
class OfficeNumber:
    address: str  # whatsapp:+…
    name: str


def office_numbers(offices_dir: Path) -> list[OfficeNumber]:
    """One entry per WhatsApp number, first office first; never empty."""
    found = [
        OfficeNumber(str(number), str(office.get("name") or file.parent.name))
        for file in sorted(offices_dir.glob("*/office.yml"))
        if isinstance(office := _load(file), dict)
        for number in office.get("whatsapp") or []
    ]
    return found or [OfficeNumber(SANDBOX_NUMBER, "Kantor Kecamatan")]


def register_templates(offices_dir: Path, contents: Contents) -> None:
    """Make the stand-in know every template that an office has a content sid for, as approved."""
    for file in sorted(offices_dir.glob("*/templates.yml")):
        loaded = _load(file)
        rows = loaded.get("templates") if isinstance(loaded, dict) else loaded
        for row in rows if isinstance(rows, list) else []:
            if isinstance(row, dict) and row.get("content_sid"):
                contents.put(
                    Content(
                        sid=str(row["content_sid"]),
                        friendly_name=str(row.get("name") or "template"),
                        language="id",
                        types={"twilio/text": {"body": str(row.get("body") or "")}},
                        approved=True,
                    )
                )


def _load(file: Path) -> Any:
    try:
        return YAML(typ="safe", pure=True).load(file)
    except (OSError, YAMLError, UnicodeDecodeError):
        return None
