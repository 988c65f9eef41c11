"""Twilio's Content API: templates and interactive messages, their limits and their look.

Kept in a file as Twilio keeps them for ever: a worker may remember a content sid across restarts.
Limits: Twilio's and Meta's pages as of 2026 (quick reply 3 in a session, list 10, body 1,024).
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from wadul.simulator.problems import BAD_CONTENT, POLICY, LaterProblem

BODY_LIMIT = 1024
SESSION_BUTTONS, SESSION_BUTTON_TITLE = 3, 20
TEMPLATE_BUTTONS, TEMPLATE_BUTTON_TITLE = 10, 25
LIST_ROWS, ROW_TITLE, ROW_ID, ROW_DESCRIPTION = 10, 24, 200, 72
# Never part of a template that opens a conversation: Twilio does not submit them to WhatsApp.
SESSION_ONLY = frozenset({"twilio/list-picker", "twilio/location"})


@dataclass
class Content:
    sid: str
    friendly_name: str
    language: str
    types: dict[str, dict[str, Any]]
    variables: dict[str, str] = field(default_factory=dict)
    created: str = ""  # ISO 8601
    approved: bool = False

    @property
    def opens_conversation(self) -> bool:
        return self.approved and not SESSION_ONLY.intersection(self.types)


@dataclass
class Rendered:
    """What the phone shows. A row is (title, id, description)."""

    body: str = ""
    rows: list[tuple[str, str, str]] = field(default_factory=list)
    style: str = ""  # buttons or list
    label: str = ""
    links: list[str] = field(default_factory=list)
    location: dict[str, Any] | None = None


class Contents:
    """All contents by sid; `file` None keeps them in memory only."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._all: dict[str, Content] = {}
        if file is not None and file.exists():
            try:
                rows = json.loads(file.read_text(encoding="utf-8"))
                self._all = {row["sid"]: Content(**row) for row in rows}
            except (ValueError, TypeError, KeyError):
                self._all = {}  # a damaged file of a development tool: start afresh

    def __iter__(self) -> Any:
        return iter(list(self._all.values()))

    def get(self, sid: str) -> Content | None:
        return self._all.get(sid)

    def put(self, content: Content) -> None:
        self._all[content.sid] = content
        self._save()

    def remove(self, sid: str) -> bool:
        found = self._all.pop(sid, None) is not None
        self._save()
        return found

    def _save(self) -> None:
        if self._file is None:
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._file.with_suffix(".new")
        fresh.write_text(json.dumps([asdict(c) for c in self._all.values()]), encoding="utf-8")
        fresh.replace(self._file)


def fill(text: str, variables: dict[str, str]) -> str:
    return re.sub(r"\{\{\s*(\w+)\s*\}\}", lambda m: variables.get(m[1], m[0]), text)


def render(content: Content, given: dict[str, str]) -> Rendered:
    """The richest of the content's types that this phone can show."""
    variables = content.variables | given

    def text(value: Any) -> str:
        return fill(str(value or ""), variables)

    def rows(items: Any, title: str) -> list[tuple[str, str, str]]:
        return [
            (text(i.get(title)), text(i.get("id") or i.get(title)), text(i.get("description")))
            for i in items or []
        ]

    shown = Rendered()
    for name, body in content.types.items():
        shown.body = shown.body or text(body.get("body") or body.get("title"))
        media = body.get("media") or []
        shown.links = shown.links or [
            text(m) for m in ([media] if isinstance(media, str) else media)
        ]
        if name == "twilio/list-picker":
            shown.rows, shown.style = rows(body.get("items"), "item"), "list"
            shown.label = text(body.get("button"))
        elif body.get("actions") and not shown.rows:
            shown.rows, shown.style = rows(body["actions"], "title"), "buttons"
        elif name == "twilio/location":
            shown.location = {
                "lat": float(body["latitude"]),
                "lon": float(body["longitude"]),
                "label": text(body.get("label")),
                "address": text(body.get("address")),
            }
    return shown


def problem_with(content: Content, shown: Rendered, given: dict[str, str]) -> LaterProblem | None:
    """What WhatsApp would refuse, reported after Twilio has taken the message."""
    if content.approved:
        for value in given.values():
            if not value.strip() or "\n" in value or "     " in value:
                return POLICY
    if len(shown.body) > BODY_LIMIT and set(content.types) != {"twilio/text"}:
        return BAD_CONTENT
    if shown.style == "buttons":
        limit = TEMPLATE_BUTTONS if content.approved else SESSION_BUTTONS
        width = TEMPLATE_BUTTON_TITLE if content.approved else SESSION_BUTTON_TITLE
        if len(shown.rows) > limit or any(not 0 < len(r[0]) <= width for r in shown.rows):
            return BAD_CONTENT
    if shown.style == "list":
        if not 0 < len(shown.rows) <= LIST_ROWS or not 0 < len(shown.label) <= 20:
            return BAD_CONTENT
        for title, row_id, description in shown.rows:
            fits = 0 < len(title) <= ROW_TITLE and len(row_id) <= ROW_ID
            if not fits or len(description) > ROW_DESCRIPTION:
                return BAD_CONTENT
    return None
