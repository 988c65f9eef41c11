"""Chromium for the browser tests: Debian's where we may install it, else Playwright's own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome")


def main() -> None:
    if any(shutil.which(name) for name in NAMES):
        return
    print("wadul: getting Chromium for the browser tests …", flush=True)
    if shutil.which("apt-get") and os.geteuid() == 0:
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        install = ["install", "-y", "-qq", "--no-install-recommends", "chromium"]
        for step in (["update", "-qq"], install):
            command = ["apt-get", *step]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
        return
    if subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"]).returncode:
        raise SystemExit("wadul: no Chromium: install it (the package is called chromium).")


if __name__ == "__main__":
    main()
