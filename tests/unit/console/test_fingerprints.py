"""Two photos look alike after what happens to photos on their way, and only then."""

from __future__ import annotations

import io
import random
import struct
from collections.abc import Callable

import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from wadul.console.fingerprints import fingerprint
from wadul.usecases.proofs import ALIKE

Change = Callable[[Image.Image], Image.Image]


def scene(seed: int) -> Image.Image:
    """Sky, ground and things that stand about, as on a photo of a street."""
    chance = random.Random(seed)
    image = Image.new("RGB", (640, 480), (chance.randrange(120, 220), 190, 220))
    draw = ImageDraw.Draw(image)
    horizon = chance.randrange(150, 330)
    draw.rectangle((0, horizon, 640, 480), fill=(chance.randrange(70, 140), 110, 80))
    for _ in range(14):
        x, y = chance.randrange(640), chance.randrange(480)
        wide, high = chance.randrange(30, 220), chance.randrange(30, 200)
        colour = tuple(chance.randrange(256) for _ in range(3))
        draw.rectangle((x, y, x + wide, y + high), fill=colour)
    return image.filter(ImageFilter.GaussianBlur(2))


def print_of(image: Image.Image, *, quality: int = 90) -> int:
    file = io.BytesIO()
    image.convert("RGB").save(file, "JPEG", quality=quality)
    file.seek(0)
    found = fingerprint(file)
    assert found is not None
    assert len(found) == 16
    return int(found, 16)


def apart(one: int, other: int) -> int:
    return (one ^ other).bit_count()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda i: i.resize((1600, 1200)), id="enlarged"),
        pytest.param(lambda i: i.resize((200, 150)), id="thumbnail"),
        pytest.param(lambda i: ImageEnhance.Brightness(i).enhance(1.25), id="brighter"),
        pytest.param(lambda i: ImageEnhance.Contrast(i).enhance(0.8), id="paler"),
        pytest.param(lambda i: i.convert("L"), id="grey"),
        pytest.param(lambda i: i.crop((8, 6, 632, 474)), id="cropped a little"),
    ],
)
def test_the_same_photo_sent_again_is_recognised(change: Change) -> None:
    distances = [
        apart(print_of(scene(seed)), print_of(change(scene(seed)), quality=40))
        for seed in range(10)
    ]
    assert max(distances) <= ALIKE, distances


def test_different_photos_do_not_warn() -> None:
    prints = [print_of(scene(seed)) for seed in range(40)]
    closest = min(apart(a, b) for at, a in enumerate(prints) for b in prints[at + 1 :])
    assert closest > ALIKE, closest


@pytest.mark.parametrize(
    "content", [b"", b"MZ\x90\x00" + bytes(500), b"\xff\xd8\xff\xe0" + bytes(40), b"<svg/>"]
)
def test_what_is_no_photo_has_no_fingerprint(content: bytes) -> None:
    assert fingerprint(io.BytesIO(content)) is None


def test_a_picture_that_would_fill_the_memory_is_not_opened() -> None:
    file = io.BytesIO()
    Image.new("1", (9000, 6000)).save(file, "PNG")  # 54 million pixels, a few kilobytes
    file.seek(0)
    assert fingerprint(file) is None


def test_nor_one_that_pillow_itself_refuses() -> None:
    file = io.BytesIO()
    Image.new("1", (1, 1)).save(file, "BMP")
    claims = bytearray(file.getvalue())
    claims[18:26] = struct.pack("<ii", 20_000, 20_000)  # its width and height
    with pytest.raises(Image.DecompressionBombError):
        Image.open(io.BytesIO(claims))
    assert fingerprint(io.BytesIO(claims)) is None
