"""Can the whole system answer a resident? Each part is asked, and the answer kept for a moment."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wadul.bootstrap import Wadul
from wadul.exceptions import WadulError
from wadul.models import Heartbeat

_KEEP_SECONDS = 1.0
_ASK_SECONDS = 2.0
HEARTBEAT_LIMIT = timedelta(seconds=15)


@dataclass(frozen=True)
class HealthReport:
    """`parts` maps database, rasa, actions and worker to "ok" or what is wrong."""

    parts: dict[str, str]

    @property
    def ready(self) -> bool:
        return all(state == "ok" for state in self.parts.values())


class Health:
    def __init__(self, wadul: Wadul) -> None:
        self._wadul = wadul
        self._client = httpx.AsyncClient(timeout=_ASK_SECONDS, trust_env=False)
        self._kept: tuple[float, HealthReport] | None = None

    async def report(self) -> HealthReport:
        if self._kept and time.monotonic() - self._kept[0] < _KEEP_SECONDS:
            return self._kept[1]
        settings = self._wadul.settings
        store, rasa, actions = await asyncio.gather(
            self._database_and_worker(),
            self._answers(f"{settings.rasa_url}/webhooks/wadul/"),
            self._answers(f"{settings.actions_url}/health"),
        )
        report = HealthReport({**store, "rasa": rasa, "actions": actions})
        self._kept = (time.monotonic(), report)
        return report

    async def close(self) -> None:
        await self._client.aclose()

    async def _database_and_worker(self) -> dict[str, str]:
        try:
            at = await self._wadul.database.run(_last_heartbeat, "worker")
        except WadulError as error:
            return {"database": str(error), "worker": "unknown"}
        alive = at is not None and self._wadul.clock.now() - at < HEARTBEAT_LIMIT
        return {"database": "ok", "worker": "ok" if alive else "no sign of life"}

    async def _answers(self, url: str) -> str:
        try:
            answer = await self._client.get(url)
        except httpx.HTTPError:
            return "does not answer"
        return "ok" if answer.status_code == httpx.codes.OK else f"answers {answer.status_code}"


def _last_heartbeat(session: Session, process: str) -> datetime | None:
    return session.scalar(select(func.max(Heartbeat.at)).where(Heartbeat.process == process))
