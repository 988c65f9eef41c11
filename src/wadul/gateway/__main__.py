"""`python -m wadul.gateway`"""

from __future__ import annotations

import sys

import uvicorn

from wadul.bootstrap import bootstrap
from wadul.gateway.app import create_app
from wadul.logs import configure_logs

# The thread that stores and the one that answers take turns; 5 ms, the default, is felt in a rush.
_SWITCH_SECONDS = 0.0005


def main() -> None:
    wadul = bootstrap(first=True)
    sys.setswitchinterval(_SWITCH_SECONDS)
    configure_logs("gateway", wadul.settings.log_format)
    uvicorn.run(
        create_app(wadul),
        host=wadul.settings.gateway_host,
        port=wadul.settings.gateway_port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=5,
    )


if __name__ == "__main__":
    main()
