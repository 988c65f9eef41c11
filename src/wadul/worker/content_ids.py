"""The Content resources that were made at the provider, remembered in the database."""

from __future__ import annotations

from wadul.clock import Clock
from wadul.database import Database
from wadul.usecases.contents import content_id, remember_content


class DatabaseContentIds:
    """Also keeps them in memory: the same few sets of choices are sent again and again."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._known: dict[tuple[str, str], str] = {}

    async def get(self, office_id: str, fingerprint: str) -> str | None:
        key = office_id, fingerprint
        if key not in self._known:
            found = await self._database.run(content_id, office_id, fingerprint)
            if found is None:
                return None
            self._known[key] = found
        return self._known[key]

    async def put(self, office_id: str, fingerprint: str, external_id: str) -> None:
        self._known[office_id, fingerprint] = await self._database.run(
            remember_content, office_id, fingerprint, external_id, now=self._clock.now()
        )
