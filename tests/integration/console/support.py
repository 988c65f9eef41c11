"""An office's people and residents at one database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from uuid import UUID, uuid4

from argon2 import PasswordHasher
from cryptography.fernet import Fernet
from sqlalchemy import update
from sqlalchemy.orm import Session

from wadul.channels.incoming import IncomingMessage
from wadul.core.actors import Actor
from wadul.core.states import DeliveryState, MessageKind, Role
from wadul.database import Database
from wadul.models import (
    ConsoleSession,
    Contact,
    Conversation,
    InboundMessage,
    OutboundMessage,
    User,
    new_id,
)
from wadul.office import Office
from wadul.sealing import Sealer
from wadul.settings import Settings
from wadul.usecases.console_sessions import begin_login, finish_login
from wadul.usecases.inbox import store_incoming
from wadul.usecases.outbox import lease_deliveries
from wadul.usecases.turns import Answer, OpenTurn, Reply, finish_turns, lease_turns

SEALER = Sealer(Fernet.generate_key().decode(), Path("no-such-file"))
NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
PASSWORD = "rahasia-sekali"
PEOPLE = {
    "sari": Role.OPERATOR,
    "dedi": Role.OPERATOR,
    "ningsih": Role.SUPERVISOR,
    "rina": Role.INSPECTOR,
    "admin": Role.ADMIN,
    "pelatih": Role.TRAINER,
}


@lru_cache(maxsize=1)
def password_hash() -> str:
    """Of PASSWORD: hashing is slow on purpose, once is enough."""
    return PasswordHasher().hash(PASSWORD)


class Desk:
    """The people of an office at one database."""

    def __init__(self, database: Database, office: Office) -> None:
        self.database = database
        self.office = office
        self.settings = Settings(_env_file=None, burst_seconds=0, flood_messages=1000)
        self._numbers = 0
        self._actors: dict[str, Actor] = {}

    def hire(self) -> None:
        with self.database.transaction() as session:
            for name, role in PEOPLE.items():
                user = User(
                    office_id=self.office.id,
                    id=new_id(),
                    name=name,
                    full_name=name.title(),
                    role=role,
                    password_hash=password_hash(),
                    created_at=NOW,
                )
                session.add(user)
                self._actors[name] = Actor(user.id, self.office.id, name, user.full_name, role)

    def actor(self, name: str) -> Actor:
        return self._actors[name]

    def says(self, text: str, *, to: UUID | None = None, at: datetime = NOW) -> InboundMessage:
        """A resident writes: a new one, or the one of a conversation."""
        with self.database.transaction() as session:
            address = self._address(session, to)
            incoming = IncomingMessage(
                channel="whatsapp",
                external_id=f"SM{uuid4().hex}",
                address=address,
                office_address=self.office.whatsapp[0],
                kind=MessageKind.TEXT,
                text=text,
                profile_name="Ibu Casmini",
            )
            stored = store_incoming(
                session, self.office.id, incoming, now=at, settings=self.settings
            )
            return session.get_one(InboundMessage, (self.office.id, stored.message_id))

    def bot(self, *texts: str, intent: str = "greet", at: datetime = NOW) -> OpenTurn:
        """The bot answers what waits; there is one turn."""
        with self.database.transaction() as session:
            batch = lease_turns(session, worker="w", now=at, lease_seconds=60, limit=10)
            (turn,) = batch.turns
            answer = Answer(tuple(Reply(text) for text in texts), intent, 0.9)
            finish_turns(session, [(turn, answer)], worker="w", now=at, notices={})
            return turn

    def sends(self, at: datetime = NOW) -> None:
        """All that waits goes out."""
        with self.database.transaction() as session:
            while lease_deliveries(
                session, now=at, lease_seconds=60, limit=100, template_id=lambda *_: None
            ):
                session.execute(
                    update(OutboundMessage)
                    .where(OutboundMessage.state == DeliveryState.SENDING)
                    .values(state=DeliveryState.ACCEPTED)
                )

    def conversation(self, conversation_id: UUID) -> Conversation:
        with self.database.transaction() as session:
            return session.get_one(Conversation, (self.office.id, conversation_id))

    def with_approved_templates(self) -> Office:
        """The office as it will be when WhatsApp has approved its templates."""
        templates = tuple(
            replace(template, content_sid=f"HX{'0' * 32}") for template in self.office.templates
        )
        return replace(self.office, templates=templates)

    def _address(self, session: Session, conversation_id: UUID | None) -> str:
        if conversation_id is None:
            self._numbers += 1
            return f"whatsapp:+62812{self._numbers:08d}"
        conversation = session.get_one(Conversation, (self.office.id, conversation_id))
        return session.get_one(Contact, (self.office.id, conversation.contact_id)).address


def logged_in(desk: Desk, who: str) -> str:
    """The token of a browser, second factor and all."""
    with desk.database.transaction() as session:
        check = begin_login(session, desk.office.id, name=who, source="x", now=NOW)
        token = finish_login(session, desk.office.id, check, right=True, browser="b", now=NOW)
        session.execute(update(ConsoleSession).values(verified_at=NOW))
    assert token is not None
    return token
