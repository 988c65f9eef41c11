"""The console's own components: Vue files under `static/`, driven by properties.

Whatever residents wrote is put into the page as text by Vue, never as HTML.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
from nicegui import ui


class Panel(ui.element):
    """A component that shows what it is given, and tells what people do with it."""

    def show(self, **properties: Any) -> None:
        """Send only what changed.

        As ready JSON: NiceGUI would wrap every row and look through it again and again, which
        with many pages costs more than asking the database.
        """
        changed = {}
        for name, value in properties.items():
            written = orjson.dumps(value)
            if self._written.get(name) != written:
                self._written[name] = written
                changed[name] = orjson.Fragment(written)
        if changed:
            self._props.update(changed)
            self.update()

    @property
    def _written(self) -> dict[str, bytes]:
        """By property, what the browser was told last."""
        written: dict[str, bytes] = self.__dict__.setdefault("_written_properties", {})
        return written

    def listen(self, **handlers: Callable[..., Any]) -> None:
        """Event names with _ for -."""
        for name, handler in handlers.items():
            self.on(name.replace("_", "-"), handler)


class Announcer(Panel, component="static/announcer.js"):
    pass


class Rail(Panel, component="static/rail.js"):
    pass


class ConversationList(Panel, component="static/conversation_list.js"):
    pass


class Conversation(Panel, component="static/conversation.js"):
    pass


class Composer(Panel, component="static/composer.js"):
    pass


class TicketSide(Panel, component="static/ticket_side.js"):
    pass


class TicketTable(Panel, component="static/ticket_table.js"):
    pass


class TicketDetailPanel(Panel, component="static/ticket_detail.js"):
    pass


class AdminTable(Panel, component="static/admin_table.js"):
    pass


class AccountPanel(Panel, component="static/account.js"):
    pass


class TrainingInboxPanel(Panel, component="static/training_inbox.js"):
    pass


class TrainingDataPanel(Panel, component="static/training_data.js"):
    pass


class TrainingModelPanel(Panel, component="static/training_model.js"):
    pass


class TrainingReportPanel(Panel, component="static/training_report.js"):
    pass
