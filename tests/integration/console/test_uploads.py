"""A proof through its own address: what is refused is not kept."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx
import pytest
from PIL import Image
from starlette.applications import Starlette

from integration.console.support import NOW, Desk, logged_in
from integration.console.test_ticket_work import Bench
from wadul.bootstrap import Wadul
from wadul.clock import FixedClock
from wadul.console.door import COOKIE, Door
from wadul.console.files import Files
from wadul.console.live import Live
from wadul.console.reader import Reader
from wadul.console.shared import Shared

pytestmark = pytest.mark.integration

Upload = Callable[..., Awaitable[httpx.Response]]
WEB_PAGE = b"<html><script>alert(1)</script></html>"


def photo() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 48), "green").save(file, "JPEG")
    return file.getvalue()


@pytest.fixture
async def upload(desk: Desk, tmp_path: Path) -> AsyncIterator[Upload]:
    """`upload("sari", number, content)` as the ticket's page does it."""
    settings = desk.settings.model_copy(update={"var_dir": tmp_path})
    clock = FixedClock(NOW)
    wadul = Wadul(settings, desk.database, clock, {desk.office.id: desk.office})
    reader, live = Reader(desk.database), Live()
    door = Door(wadul, reader, clock, live, Shared(reader, live))
    transport = httpx.ASGITransport(Starlette(routes=Files(wadul, door).routes()))

    async def upload(who: str, number: str, content: bytes, version: int) -> httpx.Response:
        cookies = {COOKIE: logged_in(desk, who)}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://localhost", cookies=cookies
        ) as client:
            return await client.post(
                f"/laporan/{number}/bukti",
                files={"berkas": ("bukti.jpg", content)},
                data={"versi": str(version)},
            )

    yield upload
    reader.close()


def kept(folder: Path) -> int:
    return sum(path.is_file() for path in (folder / "media").rglob("*"))


@pytest.mark.parametrize(
    ("who", "content", "versions_ago", "keeps"),
    [
        ("sari", photo(), 0, 1),
        ("pelatih", photo(), 0, 0),
        ("sari", WEB_PAGE, 0, 0),
        ("sari", photo(), 1, 0),
    ],
    ids=["right", "trainer", "no photo", "stale"],
)
async def test_what_is_refused_is_not_kept(
    desk: Desk,
    upload: Upload,
    tmp_path: Path,
    who: str,
    content: bytes,
    versions_ago: int,
    keeps: int,
) -> None:
    bench = Bench(desk)
    number = bench.files()
    version = bench.ticket(number).version - versions_ago
    answer = await upload(who, number, content, version)
    assert (answer.status_code, kept(tmp_path)) == (200 if keeps else 422, keeps)
