"""Where everything is wired. Importing this does nothing; calling it opens what a process needs."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from wadul.clock import Clock, clock_for
from wadul.database import Database
from wadul.office import CurrentOffices, Office
from wadul.sealing import Sealer
from wadul.settings import Settings

# A thread that comes back from the database with the write lock must not wait 5 ms, the default,
# for the thread that answers.
_SWITCH_SECONDS = 0.0005


@dataclass(frozen=True)
class Wadul:
    """What every process of the modern environment shares."""

    settings: Settings
    database: Database
    clock: Clock
    offices: Mapping[str, Office]  # by office id, as the files are now

    @cached_property
    def sealer(self) -> Sealer:
        return Sealer(self.settings.secret_keys.get_secret_value(), self.settings.secret_key_file)


def bootstrap(settings: Settings | None = None, *, first: bool = False) -> Wadul:
    """Raises `OfficeContentError` if an office file is wrong; opens no connection yet.

    `first`: this process writes into the database before the others (`right_of_way`).
    """
    sys.setswitchinterval(_SWITCH_SECONDS)
    settings = settings or Settings()
    return Wadul(
        settings=settings,
        database=Database(settings.sqlalchemy_url, first=first),
        clock=clock_for(settings),
        offices=CurrentOffices(settings.offices_dir),
    )
