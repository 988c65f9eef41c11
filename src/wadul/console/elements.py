"""The console's own components: Vue files under `static/`, driven by properties.

Whatever residents wrote is put into the page as text by Vue, never as HTML.
"""

from __future__ import annotations

from typing import Any

from nicegui import ui


class Panel(ui.element):
    """A component that shows what it is given, and tells what people do with it."""

    def show(self, **properties: Any) -> None:
        """Send only what changed."""
        changed = {
            name: value for name, value in properties.items() if self._props.get(name) != value
        }
        if changed:
            self._props.update(changed)
            self.update()


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
