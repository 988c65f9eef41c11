"""Who may write first, with two open files as two processes would have them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from wadul.right_of_way import PATIENCE_SECONDS, RightOfWay

HELD_SECONDS = PATIENCE_SECONDS / 4


@pytest.fixture
def first(tmp_path: Path) -> Iterator[RightOfWay]:
    way = RightOfWay(tmp_path / "first", first=True)
    yield way
    way.close()


@pytest.fixture
def other(tmp_path: Path) -> Iterator[RightOfWay]:
    way = RightOfWay(tmp_path / "first", first=False)
    yield way
    way.close()


@contextmanager
def held_elsewhere(way: RightOfWay, release: threading.Event) -> Iterator[None]:
    holding = threading.Event()

    def hold() -> None:
        with way.passage():
            holding.set()
            release.wait(5)

    thread = threading.Thread(target=hold)
    thread.start()
    assert holding.wait(5)
    yield
    release.set()
    thread.join()


def seconds_to_pass(way: RightOfWay) -> float:
    started = time.monotonic()
    with way.passage():
        return time.monotonic() - started


def test_the_others_pass_as_soon_as_the_first_is_done(first: RightOfWay, other: RightOfWay) -> None:
    release = threading.Event()
    timer = threading.Timer(HELD_SECONDS, release.set)
    with held_elsewhere(first, release):
        timer.start()
        assert HELD_SECONDS * 0.9 <= seconds_to_pass(other) < PATIENCE_SECONDS
    assert seconds_to_pass(other) < HELD_SECONDS


def test_a_first_one_that_hangs_stops_nobody(first: RightOfWay, other: RightOfWay) -> None:
    with held_elsewhere(first, threading.Event()):
        assert seconds_to_pass(other) >= PATIENCE_SECONDS


def test_the_others_do_not_hold_up_the_first(first: RightOfWay, other: RightOfWay) -> None:
    with other.passage():
        assert seconds_to_pass(first) < HELD_SECONDS


def test_where_no_file_can_be_made_everybody_passes(tmp_path: Path) -> None:
    for is_first in (True, False):
        way = RightOfWay(tmp_path / "missing" / "first", first=is_first)
        assert seconds_to_pass(way) < HELD_SECONDS
