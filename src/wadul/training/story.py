"""A real conversation becomes a test: masked, led through the dialogue again, and kept as a story.

The conversation runs in a sandbox of its own (an empty database, an action server, Rasa in
memory), so that no ticket is filed and nobody is written to. The story says which action followed
which intent; the residents' words stand above each step as a comment, masked. Words of reports
about misconduct are left out.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import select
from sqlalchemy.orm import Session

from wadul.channels.incoming import IncomingFile, IncomingMessage
from wadul.clock import OFFSET_FILE
from wadul.core.actors import Actor
from wadul.core.deadlines import SUPERVISORY_CATEGORIES
from wadul.core.said import category_of
from wadul.core.states import MessageKind
from wadul.database import Database
from wadul.exceptions import InvalidInput, NotFound
from wadul.models import Attachment, Base, Conversation, InboundMessage
from wadul.queries.conversations import conversation_with
from wadul.queries.discretion import hidden_in
from wadul.settings import Settings
from wadul.training import files
from wadul.training.evaluation import run_stories
from wadul.training.exceptions import ModelUnusable
from wadul.training.gate import Stories
from wadul.training.inbox import get_item
from wadul.training.markup import one_line
from wadul.training.masking import masked
from wadul.training.nlu_file import compose, pairs
from wadul.training.project import Project
from wadul.training.rasa import RasaPrograms
from wadul.usecases.inbox import store_incoming
from wadul.usecases.turn_asking import answer_of, request_of
from wadul.usecases.turns import finish_turns, lease_turns

_START_SECONDS = 60.0
_LEASE_SECONDS = 600.0
_RESIDENT = "whatsapp:+6280000000000"
_HEADER = """\
# Percakapan nyata yang disimpan pelatih (`wadul nlu save-story`). Kata warga disamarkan dan hanya
# keterangan; yang diuji: tindakan mana mengikuti maksud mana.
stories:
"""
_FILE = "test_saved.yml"
_OCCASION = timedelta(hours=2)
_MOST_TURNS = 20


@dataclass(frozen=True)
class SaidMessage:
    """What a resident sent; the text is masked."""

    kind: MessageKind
    text: str
    files: tuple[MessageKind, ...]
    latitude: float | None
    longitude: float | None
    payload: str | None


@dataclass(frozen=True)
class SaidTurn:
    at: datetime
    messages: tuple[SaidMessage, ...]
    turn_id: UUID | None = None


@dataclass(frozen=True)
class Conversed:
    office_id: str
    office_address: str
    channel: str
    turns: tuple[SaidTurn, ...]


@dataclass(frozen=True)
class Told:
    """A story as text of a stories file, indented as an item of `stories:`."""

    name: str
    text: str
    turns: int


def said_in(session: Session, address: str, *, last: int) -> Conversed:
    """The last turns with a resident, masked. Raises `NotFound`."""
    conversation = conversation_with(session, address)
    if conversation is None:
        raise NotFound(f"tidak ada percakapan dengan {address}.")
    said = _turns_of(session, conversation)
    if not said:
        raise NotFound(f"bot belum pernah menjawab {address}.")
    return _conversed(conversation, said[-last:])


def said_around(session: Session, actor: Actor, turn_id: UUID) -> Conversed:
    """The turns before and after one that a trainer looks at, of the same occasion, masked.

    Raises `NotFound`; `InvalidInput` where misconduct is told among them.
    """
    item = get_item(session, actor, turn_id)
    conversation = session.get_one(Conversation, (actor.office_id, item.conversation_id))
    said = _turns_of(session, conversation)
    here = [each for each in said if abs(each.at - item.at) <= _OCCASION]
    concealed = hidden_in(session, actor.office_id, [conversation.id]).get(conversation.id)
    if concealed and any(each.turn_id in concealed.turns for each in here):
        raise InvalidInput("di percakapan ini ada laporan pengawasan; tidak dapat dijadikan tes.")
    if not here:
        raise NotFound("bot belum menjawab percakapan ini.")
    return _conversed(conversation, here[-_MOST_TURNS:])


def _conversed(conversation: Conversation, said: Sequence[SaidTurn]) -> Conversed:
    return Conversed(
        conversation.office_id, conversation.office_address, conversation.channel, tuple(said)
    )


def _turns_of(session: Session, conversation: Conversation) -> list[SaidTurn]:
    office_id = conversation.office_id
    rows = session.scalars(
        select(InboundMessage)
        .where(
            InboundMessage.office_id == office_id,
            InboundMessage.conversation_id == conversation.id,
            InboundMessage.turn_id.is_not(None),
        )
        .order_by(InboundMessage.id)
    ).all()
    kinds: dict[Any, list[MessageKind]] = {}
    for message_id, kind in session.execute(
        select(Attachment.message_id, Attachment.kind)
        .where(Attachment.office_id == office_id, Attachment.conversation_id == conversation.id)
        .order_by(Attachment.message_id, Attachment.position)
    ):
        kinds.setdefault(message_id, []).append(kind)
    turns: dict[Any, list[InboundMessage]] = {}
    for row in rows:
        turns.setdefault(row.turn_id, []).append(row)
    return [
        SaidTurn(
            group[0].received_at,
            tuple(_said(row, kinds.get(row.id, [])) for row in group),
            turn_id,
        )
        for turn_id, group in turns.items()
    ]


def tell(settings: Settings, model: Path, conversed: Conversed, *, name: str = "") -> Told:
    """Lead the conversation again. Raises `ModelUnusable`, `InvalidInput` if it does not repeat."""
    with _sandbox(settings, conversed) as sandbox:
        steps = _led(sandbox, RasaPrograms.of(sandbox), model, conversed)
    story_name = one_line(name) or _default_name(conversed)
    text = _written(story_name, steps, conversed)
    _require_repeats(settings, model, text)
    return Told(story_name, text, len(conversed.turns))


def save(project: Project, told: Told) -> Path:
    """Add the story to the saved ones. Raises `InvalidInput` for a name that is taken."""
    path = project.conversations / _FILE
    with files.locked(project.var / "language-data.lock"):
        before = files.read(path)
        stories = pairs(compose(before)).get("stories", (None, None))[1]
        taken = {str(pairs(item)["story"][1].value) for item in (stories.value if stories else ())}
        if told.name in taken:
            raise InvalidInput(f"sudah ada cerita “{told.name}”; beri nama lain dengan --name.")
        text = (before.text or _HEADER).rstrip("\n") + "\n" + ("\n" if taken else "") + told.text
        files.replace(path, text, expected=before.digest)
    return path


def _said(row: InboundMessage, kinds: list[MessageKind]) -> SaidMessage:
    # a place to about a kilometre: a story needs a pin, not the resident's house
    latitude = None if row.latitude is None else round(row.latitude, 2)
    longitude = None if row.longitude is None else round(row.longitude, 2)
    return SaidMessage(row.kind, masked(row.text), tuple(kinds), latitude, longitude, row.payload)


@contextmanager
def _sandbox(settings: Settings, conversed: Conversed) -> Iterator[Settings]:
    """Settings of an empty database with an action server, at the time of the conversation."""
    with tempfile.TemporaryDirectory(prefix="wadul-story-") as name:
        folder = Path(name)
        port = _free_port()
        environment = os.environ | {
            "WADUL_VAR_DIR": name,
            "WADUL_DATABASE_URL": f"sqlite:///{folder / 'wadul.db'}",
            "WADUL_OFFICES_DIR": str(settings.offices_dir.resolve()),
            "WADUL_SIMULATOR": "on",
            "WADUL_ACTIONS_PORT": str(port),
        }
        sandbox = settings.model_copy(
            update={
                "var_dir": folder,
                "database_url": environment["WADUL_DATABASE_URL"],
                "simulator": "on",
                "actions_port": port,
            }
        )
        offset = (conversed.turns[0].at - datetime.now(UTC)).total_seconds()
        (folder / OFFSET_FILE).write_text(str(offset))
        database = Database(sandbox.sqlalchemy_url)
        Base.metadata.create_all(database.engine)
        database.close()
        with subprocess.Popen(
            [sys.executable, "-m", "actions"], env=environment, stdout=subprocess.DEVNULL
        ) as actions:
            try:
                _wait(f"{sandbox.actions_url}/health", actions)
                yield sandbox
            finally:
                actions.terminate()


def _led(
    sandbox: Settings, rasa: RasaPrograms, model: Path, conversed: Conversed
) -> list[dict[str, Any]]:
    """The steps of the dialogue; each turn is stored, asked and answered as the worker does it."""
    database = Database(sandbox.sqlalchemy_url)
    arguments = ("--model", str(model), "--actions", f"{sandbox.actions_url}/webhook")
    with rasa.start("components.story", *arguments, stdin=subprocess.PIPE) as program:
        try:
            if program.stdin is None or program.stdout is None or not program.stdout.readline():
                raise ModelUnusable
            for number, turn in enumerate(conversed.turns):
                _store(database, sandbox, conversed, turn, number)
                with database.transaction() as session:
                    leased = lease_turns(
                        session,
                        worker="story",
                        now=turn.at,
                        lease_seconds=_LEASE_SECONDS,
                        limit=1,
                    ).turns
                for each in leased:
                    program.stdin.write(json.dumps(request_of(each)) + "\n")
                    program.stdin.flush()
                    line = program.stdout.readline()
                    if not line:
                        raise ModelUnusable("percakapan ini tidak dapat diulang; lihat di atas.")
                    answered = [(each, answer_of(json.loads(line)))]
                    with database.transaction() as session:
                        finish_turns(session, answered, worker="story", now=turn.at, notices={})
            program.stdin.close()
            steps: list[dict[str, Any]] = json.loads(program.stdout.readline())["steps"]
            return steps
        finally:
            database.close()
            if program.stdin is not None and not program.stdin.closed:
                program.kill()


def _store(
    database: Database, sandbox: Settings, conversed: Conversed, turn: SaidTurn, number: int
) -> None:
    quick = sandbox.model_copy(update={"burst_seconds": 0.0, "flood_messages": 10_000})
    for position, message in enumerate(turn.messages):
        incoming = IncomingMessage(
            channel=conversed.channel,
            external_id=f"story-{number}-{position}",
            address=_RESIDENT,
            office_address=conversed.office_address,
            kind=message.kind,
            text=message.text,
            files=tuple(IncomingFile("", "", kind) for kind in message.files),
            latitude=message.latitude,
            longitude=message.longitude,
            payload=message.payload,
        )
        with database.transaction() as session:
            store_incoming(session, conversed.office_id, incoming, now=turn.at, settings=quick)


def _written(name: str, steps: list[dict[str, Any]], conversed: Conversed) -> str:
    words = iter(conversed.turns)
    lines = [f"  - story: {json.dumps(name, ensure_ascii=False)}", "    steps:"]
    for step in steps:
        if "intent" in step:
            turn = next(words, None)
            if turn is not None:
                lines.append(f"      # {_comment(turn, step.get('label') or '')}")
            lines.append(f"      - intent: {step['intent']}")
        elif "action" in step:
            lines.append(f"      - action: {step['action']}")
        elif "active_loop" in step:
            lines.append(f"      - active_loop: {step['active_loop'] or 'null'}")
        else:
            lines.append("      - slot_was_set:")
            lines.append(f"          - {step['slot']}: {json.dumps(step['value'])}")
    return "\n".join(lines) + "\n"


def _comment(turn: SaidTurn, label: str) -> str:
    if category_of(label) in SUPERVISORY_CATEGORIES:
        return f"({label}: isi laporan pengawasan tidak disimpan)"
    parts = [one_line(message.text) for message in turn.messages if message.text]
    parts += [f"({kind.value})" for message in turn.messages for kind in message.files]
    return (" / ".join(parts) or "(tanpa kata)")[:200] + f"  [{label}]"


def _require_repeats(settings: Settings, model: Path, text: str) -> None:
    """A story that fails at once would only teach people to ignore failing stories."""
    with tempfile.TemporaryDirectory(prefix="wadul-story-") as name:
        project = Project(Path(name), Path(name), Path(name), Path(name))
        project.conversations.mkdir(parents=True)
        (project.conversations / _FILE).write_text(_HEADER + text, encoding="utf-8")
        result = run_stories(project, RasaPrograms.of(settings), model)
    if result != Stories(1, 0):
        raise InvalidInput(
            "percakapan ini tidak terulang sama sebagai cerita; coba dengan --last yang lebih "
            "pendek, atau mulai dari awal percakapan."
        )


def _default_name(conversed: Conversed) -> str:
    first = conversed.turns[0].at
    return f"Percakapan {first:%Y-%m-%d %H.%M}, {len(conversed.turns)} giliran"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(url: str, program: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _START_SECONDS
    while program.poll() is None and time.monotonic() < end:
        try:
            if httpx.get(url, trust_env=False, timeout=2).status_code == httpx.codes.OK:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise ModelUnusable("server tindakan tidak dapat dijalankan; baris di atas menjelaskan.")
