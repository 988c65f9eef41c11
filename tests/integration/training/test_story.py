"""A real conversation becomes a story that Rasa's own test repeats."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from sqlalchemy import select
from typer.testing import CliRunner

from integration.dialogue.conftest import REPOSITORY, _model
from wadul.channels.incoming import IncomingFile, IncomingMessage
from wadul.cli.main import app
from wadul.core.states import MessageKind
from wadul.database import Database
from wadul.exceptions import InvalidInput, NotFound
from wadul.models import Ticket
from wadul.settings import Settings
from wadul.training import story
from wadul.training.project import Project
from wadul.usecases.inbox import store_incoming
from wadul.usecases.turns import Answer, Reply, finish_turns, lease_turns

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

ADDRESS = "whatsapp:+6281200000077"
MORNING = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(REPOSITORY)
    return Settings(
        _env_file=None,
        var_dir=tmp_path,
        database_url=sqlite_url,
        simulator="on",
        offices_dir=REPOSITORY / "offices",
        model_dir=REPOSITORY / "models",
        burst_seconds=0,
    )


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    database = Database(settings.sqlalchemy_url)
    yield database
    database.close()


def _converse(database: Database, settings: Settings, *messages: str) -> None:
    """Each is a turn of its own; a lone "photo" is a picture without words."""
    for number, text in enumerate(messages):
        now = MORNING + timedelta(minutes=number)
        photo = text == "photo"
        incoming = IncomingMessage(
            channel="whatsapp",
            external_id=f"SM{number}",
            address=ADDRESS,
            office_address="whatsapp:+14155238886",
            kind=MessageKind.IMAGE if photo else MessageKind.TEXT,
            text="" if photo else text,
            files=(IncomingFile("x", "image/jpeg", MessageKind.IMAGE),) if photo else (),
        )
        with database.transaction() as session:
            store_incoming(session, "jatibarang", incoming, now=now, settings=settings)
            turns = lease_turns(session, worker="w", now=now, lease_seconds=60, limit=9).turns
            answered = [(turn, Answer((Reply("baik"),), "greet", 1.0)) for turn in turns]
            finish_turns(session, answered, worker="w", now=now, notices={})


def test_a_conversation_becomes_a_story(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    model = _model(settings)
    if not model.is_file():
        pytest.skip("there is no trained model; `make train` makes one")
    _converse(
        database,
        settings,
        "halo min",
        "nama saya Budi Santoso nik 3212130101900001, mau lapor jalan berlubang di krasak",
        "photo",
        "ya",
        "makasih",
    )
    with database.transaction() as session:
        said = story.said_in(session, ADDRESS, last=10)
    told = story.tell(settings, model, said, name="Jalan berlubang")
    project = Project(tmp_path / "p", tmp_path, tmp_path, tmp_path / "var")
    path = story.save(project, told)

    text = path.read_text()
    assert "Budi" not in text
    assert "3212130101900001" not in text
    assert "nama saya ⟨nama⟩" in text
    (saved,) = YAML(typ="safe").load(text)["stories"]
    intents = [step["intent"] for step in saved["steps"] if "intent" in step]
    assert intents == ["greet", "complaint", "attachment", "affirm", "thanks"]
    assert {"action": "action_submit_report"} in saved["steps"]
    with database.transaction() as session:
        assert session.scalars(select(Ticket)).all() == []  # it ran elsewhere

    with pytest.raises(InvalidInput, match="beri nama lain"):
        story.save(project, told)


def test_the_command(
    database: Database, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = _model(settings)
    if not model.is_file():
        pytest.skip("there is no trained model; `make train` makes one")
    _converse(database, settings, "halo min", "saya Budi Santoso", "makasih")
    for name, value in {
        "DATABASE_URL": settings.database_url,
        "VAR_DIR": tmp_path,
        "MODEL_FILE": model,
    }.items():
        monkeypatch.setenv(f"WADUL_{name}", str(value))

    told = CliRunner().invoke(
        app, ["nlu", "save-story", ADDRESS, "--last", "2", "--name", "Uji", "--dry-run"]
    )

    assert told.exit_code == 0, (told.output, told.exception)
    assert 'story: "Uji"' in told.stdout
    assert "saya ⟨nama⟩" in told.stdout
    assert "Budi" not in told.stdout
    assert "halo min" not in told.stdout  # before the last two
    assert not (REPOSITORY / "tests/conversations/test_saved.yml").exists()
    unknown = CliRunner().invoke(app, ["nlu", "save-story", "whatsapp:+620"])
    assert unknown.exit_code == 1
    assert "wadul:" in unknown.stderr


def test_only_known_conversations_can_be_saved(database: Database) -> None:
    with database.transaction() as session, pytest.raises(NotFound):
        story.said_in(session, "whatsapp:+620", last=5)
