"""Files of residents, kept by the hash of their content under one fsspec folder."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

import filetype
import fsspec
from fsspec.implementations.local import LocalFileSystem

# What WhatsApp carries and what an office can open.
ALLOWED_TYPES = frozenset(
    {
        "image/jpeg",
        "image/png",
        "image/webp",
        "audio/aac",
        "audio/amr",
        "audio/mp4",
        "audio/mpeg",
        "audio/ogg",
        "video/3gpp",
        "video/mp4",
        "application/pdf",
        "application/msword",
        "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "text/vcard",
    }
)
_OPENXML = {
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_SAME = {"video/x-m4v": "video/mp4", "audio/x-m4a": "audio/mp4", "image/apng": "image/png"}
_HEAD_BYTES = 8192


def content_type_of(file: Path) -> str | None:
    """By content, never by name or claim; None for what is not on the list."""
    with file.open("rb") as opened:
        head = opened.read(_HEAD_BYTES)
    if head.lstrip(b"\xef\xbb\xbf \r\n\t")[:11].upper() == b"BEGIN:VCARD":
        return "text/vcard"
    guessed = filetype.guess_mime(head)
    if guessed == "application/zip" or (guessed and "openxml" in guessed):
        guessed = _openxml_type(file)
    guessed = _SAME.get(guessed or "", guessed)
    return guessed if guessed in ALLOWED_TYPES else None


def _openxml_type(file: Path) -> str | None:
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError):
        return None
    if "[Content_Types].xml" not in names:
        return None
    folders = (
        kind for folder, kind in _OPENXML.items() if any(n.startswith(folder) for n in names)
    )
    return next(folders, None)


class MediaStore:
    """`url` is a folder or any fsspec URL, e.g. s3://bucket/prefix. Its methods block."""

    def __init__(self, url: str) -> None:
        self._filesystem, self._root = fsspec.core.url_to_fs(url)

    def save(self, file: Path, sha256: str) -> None:
        """The final name appears only when the file is whole; an existing one is left alone."""
        final = self._path(sha256)
        if self._filesystem.exists(final):
            return
        self._filesystem.makedirs(final.rpartition("/")[0], exist_ok=True)
        unfinished = f"{final}.{uuid4().hex}.part"
        self._filesystem.put_file(str(file), unfinished)
        if isinstance(self._filesystem, LocalFileSystem):
            _sync(unfinished)
        self._filesystem.mv(unfinished, final)

    def open(self, sha256: str) -> IO[bytes]:
        """Raises FileNotFoundError."""
        opened: Any = self._filesystem.open(self._path(sha256), "rb")
        return opened  # type: ignore[no-any-return]

    def delete(self, sha256: str) -> None:
        """No error if it is gone already."""
        if self._filesystem.exists(self._path(sha256)):
            self._filesystem.rm_file(self._path(sha256))

    def _path(self, sha256: str) -> str:
        return f"{self._root}/{sha256[:2]}/{sha256}"


def _sync(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
