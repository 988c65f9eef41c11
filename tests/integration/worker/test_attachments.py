"""Residents' files: fetched, or given up with one sentence, and the conversation goes on."""

from __future__ import annotations

import asyncio
import hashlib
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from wadul.channels.incoming import IncomingFile
from wadul.core.states import AttachmentState, Author, DeliveryState, HandledBy, MessageKind
from wadul.media import MediaStore
from wadul.models import Attachment

from .conftest import Desk, until
from .fakes import PNG

pytestmark = pytest.mark.integration

BUDI = "whatsapp:+628120000001"
PATH = "/2010-04-01/Accounts/AC/Messages/MM1/Media/ME1"
LIMIT = 100_000


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What a file is does not depend on the database."""
    return sqlite_url


def docx() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document/>")
    return buffer.getvalue()


def archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as opened:
        opened.writestr("virus.exe", "MZ")
    return buffer.getvalue()


def settled(desk: Desk) -> list[Attachment]:
    rows = desk.rows(Attachment)
    ends = (AttachmentState.STORED, AttachmentState.FAILED)
    return rows if rows and all(row.state in ends for row in rows) else []


def stored_files(desk: Desk) -> list[Path]:
    return [path for path in Path(desk.settings.media_store).rglob("*") if path.is_file()]


async def test_a_photo_is_stored_by_its_hash(desk: Desk) -> None:
    desk.twilio.media[PATH] = PNG
    desk.sends_file(BUDI, PATH)
    async with desk.working():
        (row,) = await until(lambda: settled(desk))
    digest = hashlib.sha256(PNG).hexdigest()
    assert (row.state, row.sha256, row.size) == (AttachmentState.STORED, digest, len(PNG))
    assert row.content_type == "image/png"
    with MediaStore(desk.settings.media_store).open(digest) as file:
        assert file.read() == PNG
    assert desk.twilio.media_auth[0] is not None
    assert desk.rasa.turns[0]["attachments"] == [{"id": str(row.id), "kind": "image"}]
    assert [path.name for path in stored_files(desk)] == [digest]


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"%PDF-1.7\n" + b"x" * 200, "application/pdf"),
        (b"\xff\xd8\xff\xe0" + b"x" * 200, "image/jpeg"),
        (b"OggS" + b"\x00" * 30 + b"OpusHead" + b"x" * 50, "audio/ogg"),
        (b"#!AMR\n" + b"x" * 50, "audio/amr"),
        (b"BEGIN:VCARD\r\nVERSION:3.0\r\nEND:VCARD\r\n", "text/vcard"),
        (docx(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ],
)
async def test_what_a_file_is_says_its_content(
    desk: Desk, content: bytes, content_type: str
) -> None:
    desk.twilio.media[PATH] = content
    desk.sends_file(BUDI, PATH)
    async with desk.working():
        (row,) = await until(lambda: settled(desk))
    assert (row.state, row.content_type) == (AttachmentState.STORED, content_type)


async def never_ends(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b"x")
        await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    ("media", "code", "words"),
    [
        (404, "gone", "tidak dapat kami buka"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * LIMIT, "too_big", "terlalu besar"),
        (b"MZ" + b"\x00" * 100, "wrong_type", "jenis"),
        (archive(), "wrong_type", "jenis"),
        (b"", "wrong_type", "jenis"),
        (b"<html>hello</html>", "wrong_type", "jenis"),
        (never_ends, "unreachable", "belum berhasil kami unduh"),
    ],
)
async def test_a_bad_file_is_told_in_one_sentence_and_the_turn_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, media: Any, code: str, words: str
) -> None:
    monkeypatch.setattr("wadul.worker.media._FIRST_PAUSE", 0.05)
    desk.twilio.media[PATH] = media
    desk.sends_file(BUDI, PATH)
    async with desk.working(media_limit_bytes=LIMIT, media_timeout_seconds=0.4):
        (row,) = await until(lambda: settled(desk))
        await until(lambda: len(desk.twilio.bodies(BUDI)) == 2)
    assert (row.state, row.error_code) == (AttachmentState.FAILED, code)
    (told,) = [each for each in desk.outbound if each.author is Author.SYSTEM]
    assert words in told.text
    assert told.text.count(".") == 1
    assert any("Jawaban untuk" in body for body in desk.twilio.bodies(BUDI))


async def test_a_hiccup_is_not_the_end(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wadul.worker.media._FIRST_PAUSE", 0.05)
    answers: list[Any] = [500, 404, PNG]

    async def hiccup(_request: web.Request) -> web.Response:
        answer = answers.pop(0)
        return web.Response(status=answer) if isinstance(answer, int) else web.Response(body=answer)

    desk.twilio.media[PATH] = hiccup
    desk.sends_file(BUDI, PATH)
    async with desk.working():
        (row,) = await until(lambda: settled(desk))
    assert (row.state, row.attempts) == (AttachmentState.STORED, 3)


async def test_one_sentence_for_one_message(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wadul.worker.media.ATTEMPTS", {"gone": 1})
    url = desk.settings.api_url
    files = tuple(IncomingFile(f"{url}/{n}", "image/png", MessageKind.IMAGE) for n in range(3))
    desk.says(BUDI, kind=MessageKind.IMAGE, files=files)
    async with desk.working():
        await until(lambda: settled(desk))
    assert len([each for each in desk.outbound if each.author is Author.SYSTEM]) == 1


async def test_with_an_operator_the_system_says_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wadul.worker.media.ATTEMPTS", {"gone": 1})
    desk.sends_file(BUDI, "/missing")
    desk.change(BUDI, handled_by=HandledBy.OPERATOR)
    async with desk.working():
        await until(lambda: settled(desk))
        await asyncio.sleep(0.1)
    assert desk.outbound == []
    assert desk.rasa.turns == []


async def test_credentials_do_not_follow_a_redirect(desk: Desk) -> None:
    async def redirect(_request: web.Request) -> web.Response:
        raise web.HTTPTemporaryRedirect("http://localhost.example.invalid/cdn")

    desk.twilio.media[PATH] = redirect
    desk.sends_file(BUDI, PATH)
    async with desk.working():
        (row,) = await until(lambda: settled(desk))
    assert (row.state, row.error_code) == (AttachmentState.FAILED, "gone")


async def test_files_that_are_not_the_providers_are_not_fetched(desk: Desk) -> None:
    file = IncomingFile("http://169.254.169.254/latest", "image/png", MessageKind.IMAGE)
    desk.says(BUDI, kind=MessageKind.IMAGE, files=(file,))
    async with desk.working():
        (row,) = await until(lambda: settled(desk))
        await until(lambda: [o for o in desk.outbound if o.state is DeliveryState.ACCEPTED])
    assert (row.state, row.error_code) == (AttachmentState.FAILED, "gone")
