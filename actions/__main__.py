"""`python -m actions`: the SDK's server on loopback, one process."""

from __future__ import annotations

import logging

from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor
from sanic import Sanic

from actions import wiring
from wadul.bootstrap import bootstrap

HOST = "127.0.0.1"


def main() -> None:
    wadul = bootstrap()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    wiring.use(wadul)
    executor = ActionExecutor()
    executor.register_package("actions")
    app = create_app(executor)
    app.prepare(
        host=HOST,
        port=wadul.settings.actions_port,
        single_process=True,
        motd=False,
        access_log=False,
    )
    Sanic.serve_single(primary=app)


if __name__ == "__main__":
    main()
