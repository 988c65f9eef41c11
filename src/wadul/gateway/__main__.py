"""`python -m wadul.gateway`"""

from __future__ import annotations

import uvicorn

from wadul.bootstrap import bootstrap
from wadul.gateway.app import create_app
from wadul.logs import configure_logs


def main() -> None:
    wadul = bootstrap(first=True)
    configure_logs("gateway", wadul.settings.log_format)
    uvicorn.run(
        create_app(wadul),
        host=wadul.settings.gateway_host,
        port=wadul.settings.gateway_port,
        log_config=None,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=5,
    )


if __name__ == "__main__":
    main()
