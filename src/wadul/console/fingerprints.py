"""What a photo looks like, as 64 bits: the same after another size, quality or brightness.

The signs of the lowest frequencies of a small grey copy, against their median (a "pHash").
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import IO

from PIL import Image, ImageOps

_SIDE, _LOW = 32, 8
_MOST_PIXELS = 50_000_000


def fingerprint(file: IO[bytes]) -> str | None:
    """16 hex digits; None for what is no picture, or one too large to look at."""
    try:
        with Image.open(file) as image:
            if image.width * image.height > _MOST_PIXELS:
                return None
            image.draft("L", (_SIDE * 4, _SIDE * 4))
            upright = ImageOps.exif_transpose(image)
            grey = upright.convert("L").resize((_SIDE, _SIDE), Image.Resampling.BOX)
    except Exception:  # a broken or hostile file makes Pillow raise anything
        return None
    rows = [grey.tobytes()[i * _SIDE : (i + 1) * _SIDE] for i in range(_SIDE)]
    frequencies = _lowest(rows)
    middle = sorted(frequencies[1:])[len(frequencies) // 2]
    bits = "".join("1" if value > middle else "0" for value in frequencies)
    return f"{int(bits, 2):016x}"


def _lowest(rows: list[bytes]) -> list[float]:
    """The first 8 x 8 coefficients of the cosine transform."""
    table = _cosines()
    across = [
        [sum(c * v for c, v in zip(wave, row, strict=True)) for wave in table] for row in rows
    ]
    return [
        sum(wave[y] * across[y][u] for y in range(_SIDE)) for wave in table for u in range(_LOW)
    ]


@lru_cache(maxsize=1)
def _cosines() -> list[list[float]]:
    return [
        [math.cos(math.pi * k * (2 * n + 1) / (2 * _SIDE)) for n in range(_SIDE)]
        for k in range(_LOW)
    ]
