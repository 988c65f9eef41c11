"""Secrets at rest: unreadable without a key that is not kept in the database.

SecretUnreadable        the key that sealed it is missing; nothing is changed, nobody gets in
└── SecretKeyUnfit      what should be keys are none

Fernet (AES-128-CBC with HMAC-SHA256). The first key seals, all of them open, so that a key is
changed by putting a new one before it. Without a setting the key is a file, made at the first use.
"""

from __future__ import annotations

import os
import tempfile
from functools import cached_property
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from wadul.exceptions import WadulError

MARK = "gAAAAA"  # how Fernet's tokens begin; no TOTP secret has small letters


class SecretUnreadable(WadulError):
    """The key that sealed a second factor is missing: put WADUL_SECRET_KEYS or the file secret.key
    back and restart the console, or reset the factor: wadul users reset-factor OFFICE/NAME."""

    code = "secret_unreadable"
    sentence = (
        "Kode kedua akun ini tidak dapat diperiksa karena kunci penyimpanannya tidak ada atau "
        "berganti. Hubungi pengelola server: kunci dikembalikan, atau kode kedua dipasang ulang "
        "dengan perintah wadul users reset-factor."
    )


class SecretKeyUnfit(SecretUnreadable):
    """WADUL_SECRET_KEYS, or the file secret.key, holds something that is no key."""


class Sealer:
    """Reads and makes nothing before it is used."""

    def __init__(self, keys: str, file: Path) -> None:
        self._told = keys
        self._file = file

    @property
    def keyless(self) -> bool:
        """Whether sealing would make the very first key."""
        return not self._told and "_keys" not in self.__dict__ and not self._file.exists()

    def seal(self, secret: str) -> str:
        if self.keyless:
            _make_key(self._file)
        return self._keys[0].encrypt(secret.encode()).decode()

    def open(self, stored: str) -> str:
        """What was stored before there were keys stays as it is. Raises `SecretUnreadable`."""
        if not stored.startswith(MARK):
            return stored
        if self.keyless:
            raise SecretUnreadable
        for key in self._keys:
            try:
                return key.decrypt(stored).decode()
            except InvalidToken:
                continue
        raise SecretUnreadable

    def is_current(self, stored: str) -> bool:
        """Whether it was sealed, and with the newest key."""
        if not stored.startswith(MARK):
            return False
        try:
            self._keys[0].decrypt(stored)
        except InvalidToken:
            return False
        return True

    @cached_property
    def _keys(self) -> list[Fernet]:
        try:
            told = self._told or self._file.read_text()
            keys = [Fernet(key) for key in told.replace(",", " ").split()]
        except (OSError, ValueError) as error:
            raise SecretKeyUnfit from error
        if not keys:
            raise SecretKeyUnfit
        return keys


def _make_key(file: Path) -> None:
    """Whole or not at all, for its owner only; of several processes the first one's stays."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")  # mode 0600
    try:
        with os.fdopen(handle, "wb") as written:
            written.write(Fernet.generate_key() + b"\n")
            written.flush()
            os.fsync(written.fileno())
        try:
            os.link(name, file)
        except FileExistsError:
            return
    finally:
        Path(name).unlink()
