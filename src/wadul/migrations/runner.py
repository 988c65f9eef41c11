"""Bring a database to the newest schema, or write the next migration (`make migration`)."""

from __future__ import annotations

import sys
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from wadul.database import create_database_engine
from wadul.settings import Settings


def migrate(engine: Engine) -> None:
    """Upgrade to the newest revision; does nothing if it is there already."""
    with engine.begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def write_revision(engine: Engine, message: str) -> None:
    """Compare the models with the database and write the difference as a new migration."""
    with engine.begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        heads = ScriptDirectory.from_config(config).walk_revisions()
        number = f"{len(list(heads)) + 1:04d}"
        command.revision(config, message=message, autogenerate=True, rev_id=number)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return config


if __name__ == "__main__":
    development = create_database_engine(Settings().sqlalchemy_url)
    migrate(development)
    write_revision(development, " ".join(sys.argv[1:]))
