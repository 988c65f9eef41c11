"""What operators write to residents: text, templates outside the window, files, another try."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from wadul.core.actors import Actor, Power
from wadul.core.composing import clean_text, compose
from wadul.core.states import Author, DeliveryState, HandledBy
from wadul.core.window import is_open
from wadul.database import ring
from wadul.exceptions import Conflict, InvalidInput, NotFound
from wadul.models import (
    Contact,
    Conversation,
    InboundMessage,
    OperatorMessage,
    OutboundMessage,
    OutgoingFile,
    new_id,
)
from wadul.office import MessageTemplate, Office
from wadul.queries.discretion import hidden_from
from wadul.usecases.bots_words import want_all_the_same
from wadul.usecases.operators import locked, take_over

LONGEST = 8000  # characters of one reply, before it is split
_QUOTED = 200  # characters of the message that is answered
_TRY_AGAIN = (DeliveryState.FAILED, DeliveryState.CANCELLED, DeliveryState.ERRORED)


class WindowShut(InvalidInput):
    """The 24-hour window is closed: only a message template can go out."""

    code = "window_shut"


def send_text(
    session: Session,
    actor: Actor,
    office: Office,
    conversation_id: UUID,
    text: str,
    *,
    request_id: UUID,
    now: datetime,
    reply_to: UUID | None = None,
    file_token: str | None = None,
    file_base: str = "",
) -> None:
    """Take the conversation over if it is free, and queue the words (and file) in order.

    `file_token` names an uploaded file; the provider fetches it at `file_base` + token.
    The same `request_id` again changes nothing. With the window closed, words go only where the
    office has no template at all: they are held then, and shown as held. Raises `WindowShut`,
    `HeldByColleague`, `InvalidInput`.
    """
    actor.require(Power.ANSWER)
    words = clean_text(text)
    if not words and file_token is None:
        raise InvalidInput("there is nothing to send")
    if len(words) > LONGEST:
        raise InvalidInput(f"a reply has at most {LONGEST} characters")
    conversation = take_over(session, actor, conversation_id, now=now)
    if _sent_before(session, actor, request_id):
        return
    if not is_open(conversation.last_inbound_at, now) and templates_at_hand(office):
        raise WindowShut
    if reply_to is not None:
        words = _quote(session, actor, conversation, reply_to) + words
    file = _file(session, actor, file_token)
    parts = [part.text for part in compose([words], [])] or [""]
    for position, part in enumerate(parts):
        first = position == 0
        message = _queue(session, conversation, part, now)
        if first and file is not None:
            message.media_url = f"{file_base}{file_token}"
        _by(
            session,
            actor,
            message,
            uuid5(request_id, str(position)) if position else request_id,
            file.id if first and file is not None else None,
        )
    ring(session)


def send_template(
    session: Session,
    actor: Actor,
    office: Office,
    conversation_id: UUID,
    use: str,
    values: Mapping[str, str],
    *,
    request_id: UUID,
    now: datetime,
) -> None:
    """Send an approved message template with its variables filled in (by name).

    Raises `InvalidInput` for one that is not approved or a variable that is missing.
    """
    actor.require(Power.ANSWER)
    template = next((t for t in templates_at_hand(office) if t.used_for == use), None)
    if template is None:
        raise InvalidInput(f"the office has no approved template for {use}")
    missing = [v.name for v in template.variables if not values.get(v.name, "").strip()]
    if missing:
        raise InvalidInput("fill in: " + ", ".join(missing))
    conversation = take_over(session, actor, conversation_id, now=now)
    if _sent_before(session, actor, request_id):
        return
    contact = session.get_one(Contact, (conversation.office_id, conversation.contact_id))
    if contact.stopped_at is not None:
        raise InvalidInput("this resident wrote BERHENTI: nothing unasked may be sent")
    message = _queue(session, conversation, template.render(values), now)
    message.template = template.used_for
    message.template_variables = template.content_variables(values)
    _by(session, actor, message, request_id, None)
    ring(session)


def try_again(session: Session, actor: Actor, message_id: UUID, *, now: datetime) -> None:
    """Queue a message that failed or was withdrawn once more. Raises `Conflict` if it did not."""
    actor.require(Power.ANSWER)
    message = session.get(OutboundMessage, (actor.office_id, message_id))
    if message is None:
        raise NotFound("there is no such message")
    conversation = locked(session, actor, message.conversation_id)  # before its messages, always
    session.refresh(message, with_for_update=True)
    if conversation.handled_by is HandledBy.OPERATOR and conversation.owner_id != actor.user_id:
        take_over(session, actor, conversation.id, now=now)  # raises: a colleague holds it
    if message.state not in _TRY_AGAIN:
        raise Conflict("this message is on its way already")
    message.state = DeliveryState.QUEUED
    message.next_attempt_at = now
    message.attempts = 0
    message.external_id = message.error_code = message.leased_until = None
    want_all_the_same(session, actor, message)
    ring(session)


def templates_at_hand(office: Office) -> list[MessageTemplate]:
    """Those that WhatsApp approved."""
    return [template for template in office.templates if template.content_sid]


def _queue(
    session: Session, conversation: Conversation, text: str, now: datetime
) -> OutboundMessage:
    message = OutboundMessage(
        office_id=conversation.office_id,
        id=new_id(),
        conversation_id=conversation.id,
        author=Author.OPERATOR,
        text=text,
        state=DeliveryState.QUEUED,
        next_attempt_at=now,
        created_at=now,
    )
    session.add(message)
    session.flush()
    return message


def _by(
    session: Session, actor: Actor, message: OutboundMessage, request_id: UUID, file: UUID | None
) -> None:
    session.add(
        OperatorMessage(
            office_id=actor.office_id,
            message_id=message.id,
            user_id=actor.user_id,
            request_id=request_id,
            file_id=file,
        )
    )


def _sent_before(session: Session, actor: Actor, request_id: UUID) -> bool:
    known = select(OperatorMessage.message_id).where(
        OperatorMessage.office_id == actor.office_id, OperatorMessage.request_id == request_id
    )
    return session.execute(known).first() is not None


def _quote(session: Session, actor: Actor, conversation: Conversation, message_id: UUID) -> str:
    """The resident's words as WhatsApp shows a quotation; Twilio cannot answer one message."""
    message = session.get(InboundMessage, (conversation.office_id, message_id))
    if (
        message is None
        or message.conversation_id != conversation.id
        or hidden_from(session, actor, [message]).inbound(message)
    ):
        raise NotFound("there is no such message in this conversation")
    line = " ".join(message.text.split())
    if not line:
        return ""
    return f"> {line[:_QUOTED]}{'…' if len(line) > _QUOTED else ''}\n"


def _file(session: Session, actor: Actor, token: str | None) -> OutgoingFile | None:
    if token is None:
        return None
    file = session.scalars(
        select(OutgoingFile).where(
            OutgoingFile.office_id == actor.office_id,
            OutgoingFile.user_id == actor.user_id,
            OutgoingFile.token_hash == hashlib.sha256(token.encode()).hexdigest(),
        )
    ).one_or_none()
    if file is None:
        raise NotFound("there is no such file")
    return file
