"""What the simulator remembers: residents, messages, media, and who is watching the page.

All of it lives in one process on one event loop and is lost with it (only the content templates
are kept on disk, as Twilio keeps them: see `contents.py`).
"""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from wadul.clock import Clock
from wadul.simulator.contents import Contents
from wadul.simulator.faults import Faults, MediaDefect, SendFault

LOG_LENGTH = 200
QUEUE_LENGTH = 2000


class Direction(StrEnum):
    """As Twilio says it, seen from the office."""

    inbound = "inbound"
    outbound = "outbound-api"


class Status(StrEnum):
    """Of both directions; the first three are a resident's own message on its way."""

    sending = "sending"  # the webhook has not been answered yet
    accepted = "accepted_by_office"  # answered 2xx
    rejected = "rejected"  # answered otherwise, or not at all
    queued = "queued"
    sent = "sent"
    delivered = "delivered"
    read = "read"
    undelivered = "undelivered"
    failed = "failed"


@dataclass
class Resident:
    """One person with a phone. `number` is E.164; a hidden number travels as `whatsapp:ID.…`."""

    name: str
    number: str
    user_id: str
    hidden: bool = False
    offline: bool = False
    read_receipts: bool = True
    back_online: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def address(self) -> str:
        return f"whatsapp:{self.user_id if self.hidden else self.number}"

    def as_json(self) -> dict[str, Any]:
        return {
            "address": self.address,
            "name": self.name,
            "number": self.number,
            "hidden": self.hidden,
            "offline": self.offline,
            "read_receipts": self.read_receipts,
        }


@dataclass
class Media:
    sid: str
    message_sid: str
    content_type: str
    filename: str
    data: bytes
    created: datetime
    defect: MediaDefect = MediaDefect.none


@dataclass
class Choice:
    """Something that can be tapped: a typed answer, or a button or list row with its own id."""

    title: str
    value: str
    description: str = ""

    def as_json(self) -> dict[str, str]:
        return {"title": self.title, "value": self.value, "description": self.description}


@dataclass
class Message:
    sid: str
    direction: Direction
    address: str
    office: str
    body: str
    at: datetime
    status: Status
    kind: str = "text"
    media: list[Media] = field(default_factory=list)
    links: list[str] = field(default_factory=list)  # media that the office sent by address
    location: dict[str, Any] | None = None
    choices: list[Choice] = field(default_factory=list)
    choice_style: str = ""  # chips, buttons or list
    choice_label: str = ""  # the word that opens the list
    content_sid: str = ""
    approved: bool = False  # sent as an approved template: its buttons arrive as type "button"
    reply_to: str = ""
    error_code: int | None = None
    error_message: str | None = None
    updated: datetime | None = None
    form: dict[str, str] = field(default_factory=dict)  # the webhook, to send it once more

    def as_json(self) -> dict[str, Any]:
        return {
            "sid": self.sid,
            "direction": "in" if self.direction is Direction.inbound else "out",
            "address": self.address,
            "office": self.office,
            "body": self.body,
            "at": self.at.isoformat(),
            "status": self.status.value,
            "kind": self.kind,
            "media": [
                {"sid": m.sid, "type": m.content_type, "name": m.filename, "size": len(m.data)}
                for m in self.media
            ],
            "links": self.links,
            "location": self.location,
            "choices": [c.as_json() for c in self.choices],
            "choice_style": self.choice_style,
            "choice_label": self.choice_label,
            "template": self.approved,
            "reply_to": self.reply_to,
            "error_code": self.error_code,
            "error_message": self.error_message,
        }


@dataclass
class World:
    clock: Clock
    contents: Contents
    faults: Faults = field(default_factory=Faults)
    residents: dict[str, Resident] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    media: dict[str, Media] = field(default_factory=dict)
    log: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=LOG_LENGTH))
    log_count: int = 0
    watchers: set[asyncio.Queue[dict[str, Any] | None]] = field(default_factory=set)
    jobs: set[asyncio.Task[None]] = field(default_factory=set)
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    def resident(self, address: str) -> Resident:
        """The resident with that address; one who only ever received is made up on the spot."""
        found = self.residents.get(address)
        if found is None:
            tail = address.removeprefix("whatsapp:")
            hidden = not tail.startswith("+")
            found = Resident(
                name=f"Warga {tail[-4:]}",
                number="" if hidden else tail,
                user_id=tail if hidden else new_user_id(),
                hidden=hidden,
            )
            self.add_resident(found)
        return found

    def add_resident(self, resident: Resident) -> None:
        self.residents[resident.address] = resident
        self.publish({"type": "resident", "resident": resident.as_json()})

    def put(self, message: Message) -> None:
        """Store a new or changed message and show it on the page."""
        message.updated = self.clock.now()
        self.messages[message.sid] = message
        self.publish({"type": "message", "message": message.as_json()})

    def last_inbound(self, address: str, office: str) -> datetime | None:
        """When that resident last wrote to that office number: what the 24 hours count from."""
        times = [
            m.at
            for m in self.messages.values()
            if m.direction is Direction.inbound and (m.address, m.office) == (address, office)
        ]
        return max(times, default=None)

    def note(self, who: str, what: str, result: str, ok: bool, milliseconds: float = 0) -> None:
        """One line of the traffic log. Kinds, codes and times only: never what people wrote."""
        self.log_count += 1
        line = {
            "id": self.log_count,
            "at": self.clock.now().isoformat(),
            "who": who,
            "what": what,
            "result": result,
            "ok": ok,
            "ms": round(milliseconds),
        }
        self.log.append(line)
        self.publish({"type": "log", "line": line})

    def next_send_fault(self) -> SendFault:
        fault = self.faults.take_send()
        if fault is not SendFault.none:
            self.publish({"type": "faults", "faults": self.faults.as_json()})
        return fault

    def next_media_defect(self) -> MediaDefect:
        defect = self.faults.take_media()
        if defect is not MediaDefect.none:
            self.publish({"type": "faults", "faults": self.faults.as_json()})
        return defect

    def publish(self, event: dict[str, Any]) -> None:
        for queue in list(self.watchers):
            if queue.full():  # a page that has stopped reading loads everything again
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait({"type": "reload"})
            queue.put_nowait(event)

    def start(self, job: Any) -> asyncio.Task[None]:
        """Run a coroutine in the background and keep it from being collected."""
        task: asyncio.Task[None] = asyncio.create_task(job)
        self.jobs.add(task)
        task.add_done_callback(self.jobs.discard)
        return task

    async def pause(self, seconds: float) -> None:
        """Sleep, unless the simulator stops meanwhile."""
        if seconds > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.closing.wait(), seconds)

    def close(self) -> None:
        """End whatever would hold the server open: event streams and answers that wait."""
        self.closing.set()
        for queue in list(self.watchers):
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(None)


def new_sid(prefix: str) -> str:
    return prefix + uuid.uuid4().hex


def new_user_id() -> str:
    """A business-scoped user id as Meta gives to people who hide their number."""
    return "ID." + str(uuid.uuid4().int)[:16]
