"""`python -m wadul.console`"""

from __future__ import annotations

from wadul.bootstrap import bootstrap
from wadul.console.app import main
from wadul.logs import configure_logs

if __name__ == "__main__":
    wadul = bootstrap()
    configure_logs("console", wadul.settings.log_format)
    main(wadul)
    wadul.database.close()
