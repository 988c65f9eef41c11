"""The console's speed with a million messages (`make bench-console`).

Starts a PostgreSQL of its own, seeds it, asks every screen's queries again and again, and then
opens 50 consoles while residents write. Writes `docs/console-figures.md`. `--quick` shrinks data
and load: for trying the benchmark itself, not for quoting.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from integration.postgres import make_database, postgres_programs, private_server

from benchmarks.console import live, report, screens
from benchmarks.console.seed import INBOUND, OUTBOUND, RESIDENTS, TICKETS, seed
from wadul.bootstrap import bootstrap
from wadul.migrations.runner import migrate
from wadul.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
REPORT = ROOT / "docs" / "console-figures.md"
SERVER = ("max_connections=120", "shared_buffers=512MB", "random_page_cost=1.1")
CONSOLES = 50


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="a twentieth of the data; not to quote"
    )
    options = parser.parse_args()
    programs = postgres_programs()
    if programs is None:
        raise SystemExit("PostgreSQL's server programs (initdb, postgres) are missing")
    with (
        private_server(programs, *SERVER) as server,
        tempfile.TemporaryDirectory(prefix="wadul-bench-") as name,
    ):
        folder = Path(name)
        wadul = bootstrap(
            Settings(
                _env_file=None,
                var_dir=folder,
                database_url=make_database(server, "wadul"),
                offices_dir=ROOT / "offices",
            )
        )
        migrate(wadul.database.engine)
        began = time.perf_counter()
        scale = 0.05 if options.quick else 1.0
        seeded = seed(wadul.database, next(iter(wadul.offices.values())), scale=scale)
        print(f"seeded in {time.perf_counter() - began:.0f} s", flush=True)
        sampled = screens.sample(wadul, seeded)
        timed = screens.measure(wadul, sampled, times=5 if options.quick else 40)
        print(report.slowest(timed)[:2000], flush=True)
        seconds = 10.0 if options.quick else 60.0
        load = live.run(wadul, seeded, server, folder, consoles=CONSOLES, seconds=seconds)
        wadul.database.close()
    counted = (
        f"{int((INBOUND + OUTBOUND) * scale):,} messages, {int(TICKETS * scale):,} tickets, "
        f"{int(RESIDENTS * scale):,} residents"
    )
    text = report.table(timed, load, consoles=CONSOLES, counted=counted)
    print(text)
    if not options.quick:
        REPORT.write_text(text)


if __name__ == "__main__":
    main()
