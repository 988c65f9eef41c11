"""`python -m wadul.worker`"""

from __future__ import annotations

import asyncio

from wadul.bootstrap import Wadul, bootstrap
from wadul.logs import configure_logs
from wadul.spool import Spool, SpooledWebhook
from wadul.usecases.webhooks import take_webhooks
from wadul.worker.service import serve


def main() -> None:
    wadul = bootstrap()
    configure_logs("worker", wadul.settings.log_format)
    spool = Spool(wadul.settings.spool_dir)
    try:
        asyncio.run(serve(wadul, lambda: spool.drain(lambda webhook: _take(wadul, webhook))))
    finally:
        wadul.database.close()


def _take(wadul: Wadul, webhook: SpooledWebhook) -> None:
    """A webhook that the gateway could not store, as if it came now."""
    with wadul.database.transaction() as session:
        take_webhooks(session, [webhook], offices=wadul.offices, settings=wadul.settings)


if __name__ == "__main__":
    main()
