"""The middle and the right of the inbox: one conversation, its tickets, and answering it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from uuid import UUID

from nicegui import ui

from wadul.console import present, writing
from wadul.console.elements import Composer, Conversation
from wadul.console.pages.frame import attempt, say
from wadul.console.pages.inbox_side import SidePane
from wadul.console.problems import sentence
from wadul.core.actors import Power
from wadul.core.dates import local_date
from wadul.exceptions import NotFound, WadulError
from wadul.queries.reference import list_people, prepared_of
from wadul.queries.suggestions import suggest_answers
from wadul.queries.thread import PAGE, Thread
from wadul.queries.thread_entries import Entry
from wadul.queries.thread_news import Followed, follow_thread
from wadul.usecases.console_sessions import LoginRequired
from wadul.usecases.conversation_notes import add_note, mark_read
from wadul.usecases.identities import open_conversation_identity
from wadul.usecases.message_flags import flag_message, unflag_message
from wadul.usecases.operator_messages import send_template, send_text, try_again
from wadul.usecases.operators import hand_back, return_to_queue, take_over

if TYPE_CHECKING:
    from wadul.console.pages.inbox import InboxPage

_READ_SECONDS = 0.4  # messages that come at once are read at once
_LONGEST_THREAD = 10 * PAGE


class ThreadPane:
    def __init__(self, page: InboxPage) -> None:
        self._page = page
        self._desk = page.desk
        self.selected: UUID | None = None
        self._thread: Thread | None = None
        self._followed: Followed | None = None
        self._limit = PAGE
        self._identity_open = False
        self._suggested_for = ""
        with ui.element("section").classes("middle"):
            self._panel = Conversation()
            self._composer = Composer()
        self._side = SidePane(page)
        self._panel.show(thread=None, others=[])
        self._composer.show(thread=None, now=self._desk.now().isoformat())
        self._panel.listen(
            take=self._on_take,
            back=page.close,
            hand_back=self._on_hand_back,
            release=self._on_release,
            retry=self._on_retry,
            older=self._on_older,
            identity=self._on_identity,
            flag=self._on_flag,
            side=lambda: page.root.classes(toggle="with-side"),
        )
        self._composer.listen(
            send=self._on_send,
            note=self._on_note,
            template=self._on_template,
            typing=lambda: page.door.live.type(page.open),
            begin=self._on_begin,
        )

    async def start(self) -> None:
        people = await self._desk.look(list_people)
        self._composer.show(colleagues=writing.colleagues(people))

    async def select(self, conversation_id: UUID) -> bool:
        """False if there is no such conversation."""
        self.selected, self._thread, self._limit = conversation_id, None, PAGE
        self._identity_open, self._suggested_for = False, ""
        try:
            await self.refresh()
        except NotFound:
            self.selected = None
            say("Percakapan ini tidak ada.", bad=True)
            return False
        return True

    def clear(self) -> None:
        self.selected = self._thread = self._followed = None
        self._panel.show(thread=None)
        self._composer.show(thread=None)
        self._side.show(None, None)

    async def refresh(self) -> None:
        if self.selected is None:
            return
        followed = await self._desk.look(
            follow_thread,
            self.selected,
            self._followed,
            limit=self._limit,
            open_identity=self._identity_open,
        )
        thread = followed.thread
        if thread.id != self.selected:
            return
        self._followed = followed
        news = self._thread is None or thread.last_inbound_at != self._thread.last_inbound_at
        self._thread = thread
        now, office, actor = self._desk.now(), self._desk.office, self._desk.actor
        shown = present.thread(
            thread, now=now, office=office, me=actor.user_id, lead=actor.may(Power.LEAD)
        )
        self._panel.show(thread=shown)
        self.redraw()
        head = {k: v for k, v in shown.items() if k not in ("entries", "tickets", "brief")}
        self._composer.show(
            thread=head,
            now=now.isoformat(),
            canned=writing.prepared(await self._page.door.shared.get(prepared_of, office.id)),
            fill=writing.fillings(thread, office, actor.full_name, now),
            templates=writing.templates(office, thread),
        )
        self._side.show(thread, shown)
        if news:
            self._page.later(lambda: self._read(thread))

    async def _read(self, thread: Thread) -> None:
        """After the words are shown: they are read, and something may be suggested."""
        await asyncio.sleep(_READ_SECONDS)
        if thread.id == self.selected:
            await self._desk.note(mark_read, thread.id)
            await self._suggest(thread)

    def redraw(self) -> None:
        """Who else looks at it."""
        if self._thread is None:
            return
        others = self._page.door.live.others_at(self._page.open, self._thread.id)
        self._panel.show(others=[{"name": o.name, "typing": o.typing} for o in others])

    async def _suggest(self, thread: Thread) -> None:
        """While the resident's words are the last ones."""
        said = [e for e in thread.entries if e.entry in (Entry.IN, Entry.OUT) and not e.hidden]
        last = said[-1] if said else None
        if last is None or last.entry is not Entry.IN or not last.text:
            self._composer.show(suggestions=[])
            return
        if last.id == self._suggested_for:
            return
        self._suggested_for = last.id
        office = self._desk.office
        found = await self._desk.look(
            suggest_answers, office, last.text, today=local_date(self._desk.now(), office.timezone)
        )
        self._composer.show(suggestions=[{"title": s.title, "text": s.text} for s in found])

    async def _on_take(self, event: Any) -> None:
        force = bool(event.args)
        await self._do(take_over, now=self._desk.now(), from_colleague=force)

    async def _on_begin(self) -> None:
        """The first keys of a reply take the conversation over."""
        if self._thread is None or self._thread.owner_id is not None:
            return
        if await self._do(take_over, now=self._desk.now()):
            say("Percakapan Anda ambil alih; bot tidak menjawab lagi.")

    async def _on_hand_back(self, event: Any) -> None:
        if await self._do(hand_back, note=str(event.args or "")[:1000], now=self._desk.now()):
            say("Percakapan dikembalikan ke bot.")

    async def _on_release(self) -> None:
        if await self._do(return_to_queue, now=self._desk.now()):
            say("Percakapan dikembalikan ke antrean.")

    async def _on_retry(self, event: Any) -> None:
        message_id, now = UUID(event.args), self._desk.now()
        await attempt(self._desk, lambda: self._desk.act(try_again, message_id, now=now))
        await self._page.refresh()

    async def _on_flag(self, event: Any) -> None:
        """One click tells the trainers that the bot took this message for something else."""
        message_id, now = UUID(event.args["id"]), self._desk.now()
        if not event.args["on"]:
            await attempt(self._desk, lambda: self._desk.act(unflag_message, message_id))
        elif await attempt(self._desk, lambda: self._desk.act(flag_message, message_id, now=now)):
            say("Ditandai salah paham; pelatih bot akan melihatnya, tanpa nama dan nomor.")
        await self._page.refresh()

    async def _on_older(self) -> None:
        self._limit = min(self._limit + PAGE, _LONGEST_THREAD)
        await self.refresh()

    async def _on_identity(self) -> None:
        if await self._do(open_conversation_identity, now=self._desk.now()):
            self._identity_open = True
            say("Identitas dibuka; tindakan ini tercatat.")
            await self.refresh()

    async def _on_send(self, event: Any) -> None:
        told = event.args
        reply_to = told.get("reply_to")
        await self._write(
            told,
            send_text,
            self._desk.office,
            UUID(told["conversation_id"]),
            str(told.get("text", "")),
            request_id=UUID(told["request_id"]),
            reply_to=UUID(reply_to) if reply_to else None,
            file_token=told.get("file_token") or None,
            file_base=self._file_base(),
            now=self._desk.now(),
        )

    async def _on_template(self, event: Any) -> None:
        told = event.args
        values = {str(name): str(value) for name, value in dict(told["values"]).items()}
        await self._write(
            told,
            send_template,
            self._desk.office,
            UUID(told["conversation_id"]),
            str(told["use"]),
            values,
            request_id=UUID(told["request_id"]),
            now=self._desk.now(),
        )

    async def _on_note(self, event: Any) -> None:
        told = event.args
        named = await self._write(
            told,
            add_note,
            UUID(told["conversation_id"]),
            str(told["text"]),
            now=self._desk.now(),
        )
        if named:
            say("Catatan disimpan; " + ", ".join(named) + " diberi tahu.")

    async def _write(self, told: dict[str, Any], use_case: Any, *args: Any, **keywords: Any) -> Any:
        """The browser keeps the words until it hears that they were taken."""
        request_id, done = str(told["request_id"]), None
        try:
            if str(self.selected) != told["conversation_id"]:
                raise NotFound
            done = await self._desk.act(use_case, *args, **keywords)
        except LoginRequired as error:
            self._composer.run_method("failed", request_id, sentence(error))
            self._page.to_login()
            return None
        except WadulError as error:
            self._composer.run_method("failed", request_id, sentence(error))
        else:
            self._composer.run_method("sent", request_id)
        await self._page.refresh()
        return done

    async def _do(self, use_case: Any, **keywords: Any) -> bool:
        if self.selected is None:
            return False
        selected = self.selected
        worked = await attempt(self._desk, lambda: self._desk.act(use_case, selected, **keywords))
        await self._page.refresh()
        return worked

    def _file_base(self) -> str:
        """Where the provider fetches what we send: through the public door, in front of us."""
        settings = self._desk.wadul.settings
        if settings.simulated:
            return f"http://127.0.0.1:{settings.console_port}/kirim/"
        return f"{settings.signed_url}/kirim/"
