"""The console as its own process, on a free port, with an office's day in its database."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
from e2e.console.scene import Scene
from integration.conftest import free_port
from sqlalchemy.orm import Session

from wadul.bootstrap import bootstrap
from wadul.clock import OFFSET_FILE
from wadul.database import Database
from wadul.migrations.runner import migrate
from wadul.office import Office
from wadul.settings import Settings

ROOT = Path(__file__).parents[3]
START_SECONDS = 90
MORNING = datetime(2026, 11, 24, 2, 50, tzinfo=UTC)  # ten to ten in Jakarta: the office is open
NAMES = ("chromium", "chromium-browser", "google-chrome")
SECOND = "sukamaju"
CHROMIUM = next((path for name in NAMES if (path := shutil.which(name))), None)


class RunningConsole:
    """`fill` makes the office's day; `approved`: WhatsApp has approved the templates;
    `second_office`: there is a SECOND one, where nobody works yet."""

    def __init__(
        self,
        folder: Path,
        fill: Callable[[Scene, str], None],
        *,
        approved: bool = False,
        second_office: bool = False,
    ) -> None:
        self.folder = folder
        self.root = ROOT  # the language project that the console works on
        self.more: dict[str, str] = {}  # settings of its process
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        offices = folder / "offices"
        shutil.copytree(ROOT / "offices", offices)
        if second_office:
            _add_second(offices)
        if approved:
            file = offices / "jatibarang" / "templates.yml"
            sid = f"content_sid: HX{'0' * 32}"
            file.write_text(file.read_text().replace("content_sid: null", sid))
        self.settings = Settings(
            _env_file=None,
            var_dir=folder / "var",
            offices_dir=offices,
            console_port=self.port,
            simulator="on",
            burst_seconds=0,
            flood_messages=1000,
        )
        self.settings.var_dir.mkdir()
        seconds = (MORNING - datetime.now(UTC)).total_seconds()
        (self.settings.var_dir / OFFSET_FILE).write_text(str(seconds))
        self.wadul = bootstrap(self.settings)
        migrate(self.wadul.database.engine)
        with self.database.transaction() as session:
            scene = self.scene(session)
            scene.people()
            fill(scene, self.settings.media_store)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def database(self) -> Database:
        return self.wadul.database

    @property
    def office(self) -> Office:
        return self.wadul.offices["jatibarang"]

    @property
    def now(self) -> datetime:
        return self.wadul.clock.now()

    def scene(self, session: Session, office_id: str = "jatibarang") -> Scene:
        return Scene(session, self.wadul.offices[office_id], self.now)

    def start(self) -> None:
        env = {k: v for k, v in os.environ.items() if not k.startswith("WADUL_")}
        env |= {
            "WADUL_VAR_DIR": str(self.settings.var_dir),
            "WADUL_OFFICES_DIR": str(self.settings.offices_dir),
            "WADUL_CONSOLE_PORT": str(self.port),
            "WADUL_SIMULATOR": "on",
            **self.more,
        }
        with (self.folder / "console.log").open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "wadul.console"],
                env=env,
                stdout=log,
                stderr=log,
                cwd=self.root,
            )
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                httpx.get(f"{self.url}/masuk", trust_env=False, timeout=2)
            except httpx.HTTPError:
                assert self.process.poll() is None, self.log()
                assert time.monotonic() < end, self.log()
                time.sleep(0.1)
            else:
                return

    def log(self) -> str:
        return (self.folder / "console.log").read_text()

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(20)
        self.database.close()


def _add_second(offices: Path) -> None:
    shutil.copytree(offices / "jatibarang", offices / SECOND)
    file = offices / SECOND / "office.yml"
    text = file.read_text()
    for was, becomes in (
        ("id: jatibarang", f"id: {SECOND}"),
        ("code: JTB", "code: SKM"),
        ("name: Kecamatan Jatibarang", "name: Kecamatan Sukamaju"),
        ("whatsapp:+14155238886", "whatsapp:+14155238887"),
    ):
        assert was in text
        text = text.replace(was, becomes, 1)
    file.write_text(text)
