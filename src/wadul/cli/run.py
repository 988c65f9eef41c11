"""`wadul run`, `wadul train`, `wadul migrate`: the system as a whole."""

from __future__ import annotations

import asyncio
import socket

import typer

from wadul.bootstrap import Wadul, bootstrap
from wadul.migrations.runner import migrate
from wadul.supervisor.model import current_model, ensure_model, train
from wadul.supervisor.processes import Process, processes
from wadul.supervisor.run import Supervisor
from wadul.supervisor.saying import say


def run_command() -> None:
    """Start everything on this machine; Ctrl-C stops it."""
    wadul = bootstrap()
    _prepare(wadul)
    model = ensure_model(wadul.settings)
    table = processes(wadul.settings, model)
    _check_ports(table)
    wadul.database.close()
    say("starting " + ", ".join(process.name for process in table) + " …")
    asyncio.run(Supervisor(wadul.settings, table, model).run())
    say("everything has stopped.")


def train_command(
    force: bool = typer.Option(False, help="Train even if there is a model for this data."),
) -> None:
    """Train the model for the current data, unless there is one."""
    settings = bootstrap().settings
    model = current_model(settings)
    if force:
        train(settings, model, again=True)
    else:
        ensure_model(settings)
    say(f"the model is {model}.")


def migrate_command() -> None:
    """Bring the database to the newest schema."""
    _prepare(bootstrap())
    say("the database is up to date.")


def _prepare(wadul: Wadul) -> None:
    wadul.settings.var_dir.mkdir(parents=True, exist_ok=True)
    migrate(wadul.database.engine)


def _check_ports(table: list[Process]) -> None:
    """A taken port is named now, with the setting that changes it."""
    for process in table:
        if process.port is None:
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", process.port))
            except OSError:
                say(
                    f"port {process.port} for {process.name} is taken: end the program that has "
                    f"it, or set WADUL_{process.name.upper()}_PORT to a free one."
                )
                raise typer.Exit(1) from None
