"""`python -m actions`: the SDK's server on loopback, one process."""

from __future__ import annotations

from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor
from sanic import Sanic

from actions import wiring
from wadul.bootstrap import bootstrap
from wadul.logs import configure_logs

HOST = "127.0.0.1"


def main() -> None:
    wadul = bootstrap()
    configure_logs("actions", wadul.settings.log_format)
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
