from __future__ import annotations

from collections.abc import Iterator

import pytest
from e2e.running import PUBLIC, System, TwilioThread
from integration.conftest import (  # noqa: F401 - fixtures
    database_url,
    postgres_server,
    postgres_url,
    sqlite_template,
    sqlite_url,
)
from integration.worker.fakes import ACCOUNT_SID, AUTH_TOKEN, FakeTwilio


@pytest.fixture
def twilio_thread() -> Iterator[TwilioThread]:
    thread = TwilioThread()
    thread.start()
    yield thread
    thread.stop()


@pytest.fixture
def twilio(twilio_thread: TwilioThread) -> FakeTwilio:
    return twilio_thread.twilio


@pytest.fixture
def system(
    twilio_thread: TwilioThread,
    database_url: str,  # noqa: F811
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[System]:
    """The whole system, ready, on each database, with Twilio's REST API played by `twilio`."""
    url = f"http://127.0.0.1:{twilio_thread.port}"
    system = System(
        tmp_path_factory.mktemp("system"),
        WADUL_DATABASE_URL=database_url,
        WADUL_SIMULATOR="off",
        WADUL_PUBLIC_URL=PUBLIC,
        WADUL_TWILIO_ACCOUNT_SID=ACCOUNT_SID,
        WADUL_TWILIO_AUTH_TOKEN=AUTH_TOKEN,
        WADUL_TWILIO_API_URL=url,
        WADUL_TWILIO_CONTENT_URL=url,
    )
    with system:
        yield system
