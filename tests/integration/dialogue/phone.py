"""A resident's phone without gateway, worker and Twilio: the same use cases, called one by one."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from wadul.channels.incoming import IncomingFile, IncomingMessage
from wadul.core.states import Author, MessageKind, TicketEventType
from wadul.database import Database
from wadul.models import Attachment, Contact, Conversation, OutboundMessage, Ticket, TicketEvent
from wadul.office import load_offices
from wadul.settings import Settings
from wadul.usecases.inbox import store_incoming
from wadul.usecases.turns import finish_turns, lease_turns
from wadul.worker.rasa import RasaClient

OFFICE = "jatibarang"
OFFICE_ADDRESS = "whatsapp:+14155238886"
NUMBER = re.compile(r"\bJTB-\d{6}-[0-9A-HJKMNP-TV-Z]{4}\b")


class Desk:
    """The office's side: settings, database and content."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.database = Database(settings.sqlalchemy_url)
        self.office = load_offices(settings.offices_dir)[OFFICE]

    def close(self) -> None:
        self.database.close()

    def rows(self, query: Any) -> list[Any]:
        with self.database.transaction() as session:
            return list(session.scalars(query))


@dataclass
class Phone:
    """Says something and hears the whole answer to it, as one text."""

    desk: Desk
    address: str
    later: timedelta = timedelta()
    last_intent: str = ""

    def say(self, text: str = "", **extra: Any) -> str:
        self.send(text, **extra)
        return self.hear()

    def send(
        self,
        text: str = "",
        *,
        files: tuple[MessageKind, ...] = (),
        pin: tuple[float, float] | None = None,
    ) -> None:
        """Without waiting: several of these before `hear` are one turn."""
        kind = files[0] if files else MessageKind.LOCATION if pin else MessageKind.TEXT
        message = IncomingMessage(
            channel="whatsapp",
            external_id="SM" + uuid4().hex,
            address=self.address,
            office_address=OFFICE_ADDRESS,
            kind=kind,
            text=text,
            files=tuple(IncomingFile("http://127.0.0.1:9/x", "image/jpeg", k) for k in files),
            latitude=pin and pin[0],
            longitude=pin and pin[1],
        )
        with self.desk.database.transaction() as session:
            store_incoming(session, OFFICE, message, now=self._now(), settings=self.desk.settings)

    def hear(self) -> str:
        before = set(self._said())
        with self.desk.database.transaction() as session:
            batch = lease_turns(session, worker="test", now=self._now(), lease_seconds=60, limit=50)
        if batch.turns:
            asyncio.run(self._answer(batch.turns))
        rows = [row for key, row in self._said().items() if key not in before]
        return "\n\n".join(row.text for row in rows if row.author is Author.BOT)

    async def _answer(self, turns: Any) -> None:
        client = RasaClient(self.desk.settings.rasa_url, 20, 2)
        try:
            answers = [(turn, await client.ask(turn)) for turn in turns]
        finally:
            await client.close()
        self.last_intent = f"{answers[0][1].intent} {answers[0][1].confidence:.2f}"
        await self.desk.database.run(
            finish_turns, answers, worker="test", now=self._now(), notices={}
        )

    def tickets(self) -> list[Ticket]:
        query = (
            select(Ticket)
            .join(Contact, Contact.id == Ticket.contact_id)
            .where(Contact.address == self.address)
            .order_by(Ticket.id)
        )
        return self.desk.rows(query)

    def attachments(self, ticket: Ticket) -> list[Attachment]:
        return self.desk.rows(select(Attachment).where(Attachment.ticket_id == ticket.id))

    def additions(self, ticket: Ticket) -> list[TicketEvent]:
        query = select(TicketEvent).where(
            TicketEvent.ticket_id == ticket.id, TicketEvent.type == TicketEventType.FACT_ADDED
        )
        return self.desk.rows(query.order_by(TicketEvent.id))

    def conversation(self) -> Conversation:
        query = (
            select(Conversation)
            .join(Contact, Contact.id == Conversation.contact_id)
            .where(Contact.address == self.address)
        )
        [conversation] = self.desk.rows(query)
        assert isinstance(conversation, Conversation)
        return conversation

    def _said(self) -> dict[Any, OutboundMessage]:
        query = (
            select(OutboundMessage)
            .join(Conversation, Conversation.id == OutboundMessage.conversation_id)
            .join(Contact, Contact.id == Conversation.contact_id)
            .where(Contact.address == self.address)
            .order_by(OutboundMessage.id)
        )
        return {row.id: row for row in self.desk.rows(query)}

    def _now(self) -> datetime:
        return datetime.now(UTC) + self.later
