"""Webhooks that could not be stored because the database was away: one file each, on disk.

A file is written beside its place, forced to the disk, and then renamed, so that one with its
final name is always whole. Names sort by time.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from uuid_utils.compat import uuid7

_SUFFIX = ".json"
_DAMAGED = ".damaged"


@dataclass(frozen=True)
class SpooledWebhook:
    endpoint: str
    body: bytes
    received_at: datetime


class Spool:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def append(self, webhook: SpooledWebhook) -> None:
        """Returns when the request is safely on the disk. Raises OSError if it cannot be."""
        self._folder.mkdir(parents=True, exist_ok=True)
        record = {
            "endpoint": webhook.endpoint,
            "received_at": webhook.received_at.isoformat(),
            "body": base64.b64encode(webhook.body).decode(),
        }
        name = uuid7().hex
        unfinished = self._folder / f"{name}.tmp"
        with unfinished.open("w") as file:
            json.dump(record, file)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(self._folder / f"{name}{_SUFFIX}")
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def __len__(self) -> int:
        return len(self._files())

    def drain(self, take: Callable[[SpooledWebhook], None]) -> int:
        """Hand over every spooled webhook, oldest first; returns how many were taken.

        A file goes only after `take` returned, so that a crash repeats a webhook rather than
        loses it. An exception of `take` stops here and leaves the rest for later. A file that
        cannot be read is put aside with another ending.
        """
        taken = 0
        for file in self._files():
            try:
                record = json.loads(file.read_text())
                webhook = SpooledWebhook(
                    endpoint=record["endpoint"],
                    body=base64.b64decode(record["body"]),
                    received_at=datetime.fromisoformat(record["received_at"]),
                )
            except (ValueError, KeyError, TypeError):
                file.rename(file.with_suffix(_DAMAGED))
                continue
            take(webhook)
            file.unlink()
            taken += 1
        return taken

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob(f"*{_SUFFIX}")) if self._folder.is_dir() else []
